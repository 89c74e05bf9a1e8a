"""One pass of a game's networks over real and generated samples: what losses and regularisers are functions of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.random import Stream

Condition = Mapping[str, tf.Tensor]
Discriminate = Callable[[tf.Tensor, Condition], DiscriminatorOutput]


class Seen(NamedTuple):
    """What a discriminator is shown.

    Args:
        samples: float32 (batch, ...), augmented.
        condition: named tensors (batch, ...); pictures among them moved together with the samples.
    """

    samples: tf.Tensor
    condition: Condition


class ForwardPass:
    """Samples, their condition and, asked at most once each, the discriminators' answers.

    A term asks for what it needs, and nothing else is computed: generator losses that never look at real
    logits cost no forward pass of real samples.

    Args:
        discriminators: the networks as callables (samples as seen, condition as seen) -> `DiscriminatorOutput`.
        real: float32 (batch, ...), real samples in the generator's range.
        fake: float32 (batch, ...), generated from `condition`, sample i being the partner of real sample i.
        condition: named tensors (batch, ...).
        stream: the random numbers of this step.
        augment: (samples, condition, stream) -> (samples, condition), or None. Every question to a discriminator
            passes through it.
        mismatched: (samples, condition) that must be rejected though the samples are real, or None.
        generate: (condition, stream) -> samples of the generator, for terms that want more of them; or None.
    """

    def __init__(self, discriminators: Sequence[Discriminate], real, fake, condition: Condition, stream: Stream,
                 augment: Callable | None = None, mismatched: tuple[tf.Tensor, Condition] | None = None,
                 generate: Callable[[Condition, Stream], tf.Tensor] | None = None):
        self.discriminators, self.condition, self.stream = discriminators, condition, stream
        self.real, self.fake, self.mismatched = real, fake, mismatched
        self._augment, self._generate = augment, generate
        self.measured: dict[str, tf.Tensor] = {}  # by terms, for the record: see `Regularizer.also_reports`

    def shown(self, samples: tf.Tensor, condition: Condition | None = None, role: str = "real") -> Seen:
        """Samples and condition as a discriminator sees them. Equal roles get equal draws within the pass."""
        condition = {**(self.condition if condition is None else condition), "real": self.real}
        if self._augment is None:
            return Seen(samples, condition)
        return Seen(*self._augment(samples, condition, self.stream.scoped(f"augment/{role}")))

    def ask(self, samples: tf.Tensor, condition: Condition | None = None, role: str = "real") -> list[
            DiscriminatorOutput]:
        """Every discriminator's answer to `samples`, augmented: differentiable in `samples`."""
        return self._answers(self.shown(samples, condition, role))

    def generate(self, condition: Condition, role: str) -> tf.Tensor:
        """Further samples of the generator, float32 (n, ...) for a condition of n rows; equal roles draw equal noise.

        A term of the generator's loss learns through them (GAN-INT: Reed et al. 2016, arXiv:1605.05396).

        Raises:
            ConfigError: this pass has no generator.
        """
        if self._generate is None:
            raise ConfigError("`generate` is needed for further samples. Received: generate=None. Let the GAN make "
                              "the forward pass.")
        return self._generate(condition, self.stream.scoped(f"generate/{role}"))

    @cached_property
    def seen_real(self) -> Seen:
        """The real samples and their condition after augmentation."""
        return self.shown(self.real, role="real")

    @cached_property
    def seen_fake(self) -> Seen:
        """The generated samples and their condition after augmentation."""
        return self.shown(self.fake, role="fake")

    @cached_property
    def real_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the real samples."""
        return self._answers(self.seen_real)

    @cached_property
    def fake_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the generated samples."""
        return self._answers(self.seen_fake)

    @cached_property
    def mismatched_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the mismatched pairs."""
        if self.mismatched is None:
            raise ConfigError("`mismatched` is needed for answers to mismatched pairs. Received: mismatched=None. "
                              "Give the objective `mismatched=`.")
        return self.ask(*self.mismatched, role="mismatched")

    def _answers(self, seen: Seen) -> list[DiscriminatorOutput]:
        return [discriminate(*seen) for discriminate in self.discriminators]
