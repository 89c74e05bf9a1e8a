"""The sizes of the networks by name.

Of the code of Gulrajani et al. 2017, arXiv:1704.00028, and of Rafael Valle, "Hands-On Generative Adversarial Networks
with Keras" (Packt 2019), chapter 8. Known differences between the two: the original code has kernels of 5 tokens, the
book of 3; the receptive field of the generator's stack is 1 + 2 n (k - 1) tokens: 41 for k = 5, the whole sequence, but
21 for k = 3.
"""

from __future__ import annotations

from dataclasses import dataclass

from gan_core.errors import choose


@dataclass(frozen=True)
class Preset:
    """Sizes of a generator and its critic.

    Args:
        length: int, tokens of a sequence.
        kernel_size: int, tokens that one convolution sees.
        vocabulary_size: int, the usual number of ids; a corpus decides.
        filters: int, channels.
        blocks: int, residual blocks in either network.
        latent: int, dimension of the noise.
    """

    length: int
    kernel_size: int
    vocabulary_size: int
    filters: int = 512
    blocks: int = 5
    latent: int = 128

    @property
    def receptive_field(self) -> int:
        """How many tokens one output position sees through the stack of convolutions."""
        return 1 + 2 * self.blocks * (self.kernel_size - 1)


PRESETS: dict[str, Preset] = {
    "char": Preset(length=32, kernel_size=5, vocabulary_size=97),
    "word": Preset(length=32, kernel_size=3, vocabulary_size=2048),
    "word-short": Preset(length=8, kernel_size=3, vocabulary_size=2048),
    "char-book": Preset(length=32, kernel_size=3, vocabulary_size=96),
    "tiny": Preset(length=7, kernel_size=5, vocabulary_size=9, filters=64, blocks=2, latent=64),
}


def preset(name: str) -> Preset:
    """The sizes of that name.

    Raises:
        ConfigError: no such preset; the message lists them.
    """
    return choose("preset", name, PRESETS)
