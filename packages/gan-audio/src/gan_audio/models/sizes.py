"""The sizes of the published SEGAN networks, by name. Importing this module loads no TensorFlow."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from gan_audio.errors import AudioConfigError
from gan_core.errors import did_you_mean

CHOICES = {
    "skip": ("none", "alpha", "constant", "conv"),
    "skip_from": ("pre", "post"),
    "upsample": ("transpose", "nearest"),
    "norm": ("batch", "virtual", "spectral", "none"),
    "activation": ("prelu", "leaky_relu"),
    "head": ("dense", "conv1x1", "gmax", "gavg"),
}


@dataclass(frozen=True)
class NetworkSize:
    """Everything that shapes a generator and its discriminator.

    Attributes:
        filters: channels of the encoder's layers.
        stride: int, of every layer.
        latent_channels: int, channels of z.
        window: int, samples; the discriminator's fixed length.
        kernel: int, taps of every convolution.
        skip: "none" | "alpha" | "constant" | "conv", see `gan_audio.layers.apply_skip`.
        skip_from: "pre" | "post": before the PReLU (both author releases) or after it (Valle's book, see `segan.py`).
        upsample: "transpose" | "nearest" (no comb artefacts, same number of weights).
        norm: of the discriminator: "batch" | "virtual" | "spectral" | "none".
        reference: int, examples of the reference batch of virtual batch normalisation.
        activation: of the discriminator: "prelu" | "leaky_relu" (slope 0.3).
        head: of the discriminator: "dense" (256, 128, 1), "conv1x1" (one channel, then a dense layer), "gmax", "gavg".
        phase_shift: int, samples; 0 switches it off, SEGAN+ has 5.
    """

    filters: tuple[int, ...]
    stride: int
    latent_channels: int = 1024
    window: int = 16_384
    kernel: int = 31
    skip: str = "alpha"
    skip_from: str = "pre"
    upsample: str = "transpose"
    norm: str = "batch"
    reference: int = 32
    activation: str = "prelu"
    head: str = "dense"
    phase_shift: int = 0

    def __post_init__(self):
        for name, choices in CHOICES.items():
            if getattr(self, name) not in choices:
                raise AudioConfigError(f"`{name}` must be one of {', '.join(choices)}. "
                                       f"Received: {name}={getattr(self, name)!r}.")
        for name, least in (("stride", 1), ("latent_channels", 1), ("kernel", 1), ("reference", 1), ("phase_shift", 0)):
            if getattr(self, name) < least:
                raise AudioConfigError(f"`{name}` must be at least {least}. Received: {name}={getattr(self, name)}.")
        if not self.filters or self.window < 1 or self.window % self.multiple:
            raise AudioConfigError(f"`window` must be a multiple of {self.multiple}, the product of the strides of "
                                   f"{len(self.filters)} layers. Received: window={self.window}.")

    @property
    def multiple(self) -> int:
        """S, the product of all strides: a generator's input must be a multiple of it."""
        return math.prod([self.stride] * len(self.filters))

    @property
    def latent_shape(self) -> tuple[int, int]:
        """(time, channels) of z for one window."""
        return self.window // self.multiple, self.latent_channels


NETWORK_SIZES = {
    # the paper: Pascual, Bonafonte and Serrà 2017
    "segan": NetworkSize((16, 32, 32, 64, 64, 128, 128, 256, 256, 512, 1024), 2, skip="none", norm="virtual",
                    activation="leaky_relu", head="conv1x1"),
    # the authors' second release (SEGAN+), which is the network of Valle's book
    "segan-compact": NetworkSize((64, 128, 256, 512, 1024), 4),
    # for tests and demonstrations on a CPU
    "segan-tiny": NetworkSize((8, 12, 16, 24, 32), 4, latent_channels=32),
}


def network_size(name: str, **overrides) -> NetworkSize:
    """A size by name, with fields replaced.

    Raises:
        AudioConfigError: the name, a field or a value is unknown.

    Example:
        >>> network_size("segan-compact", phase_shift=5, upsample="nearest").multiple
        1024
    """
    if name not in NETWORK_SIZES:
        raise AudioConfigError(f"unknown network size. Received: {name!r}. {did_you_mean(name, NETWORK_SIZES)}")
    wrong = sorted(set(overrides) - set(NetworkSize.__dataclass_fields__))
    if wrong:
        raise AudioConfigError(f"unknown option of a network size. Received: {wrong[0]!r}. "
                               f"{did_you_mean(wrong[0], NetworkSize.__dataclass_fields__)}")
    return replace(NETWORK_SIZES[name], **overrides)
