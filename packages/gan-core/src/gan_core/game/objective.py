"""What both players minimise, as pure functions of one `ForwardPass`: no optimizer, no variables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.losses.base import AdversarialLoss
from gan_core.random import Stream

RESERVED = {"adversarial", "loss", "gradient_norm"}
Discriminate = Callable[[tf.Tensor, Mapping[str, tf.Tensor]], DiscriminatorOutput]


class ForwardPass:
    """One pass of the networks: samples, their condition and, asked at most once each, the answers.

    A term asks for what it needs, and nothing else is computed: generator losses that never look at real
    logits cost no forward pass of real samples.

    Args:
        discriminators: the networks as callables (samples as seen, condition) -> `DiscriminatorOutput`.
        real: float32 (batch, ...), real samples in the generator's range.
        fake: float32 (batch, ...), generated from `condition`, sample i being the partner of real sample i.
        condition: named tensors (batch, ...).
        stream: the random numbers of this step.
        augment: (samples, stream) -> samples, or None. Every question to a discriminator passes through it.
        mismatched: (samples, condition) that must be rejected though the samples are real, or None.
    """

    def __init__(self, discriminators: Sequence[Discriminate], real, fake, condition, stream: Stream,
                 augment=None, mismatched: tuple[tf.Tensor, Mapping] | None = None):
        self.discriminators, self.condition, self.stream = discriminators, condition, stream
        self.real, self.fake, self.mismatched = real, fake, mismatched
        self._augment = augment

    def augment(self, samples: tf.Tensor, role: str) -> tf.Tensor:
        """`samples` as a discriminator sees them. Equal roles get equal draws within the round."""
        return samples if self._augment is None else self._augment(samples, self.stream.scoped(f"augment/{role}"))

    def ask(self, samples: tf.Tensor, condition=None, role: str = "real") -> list[DiscriminatorOutput]:
        """Every discriminator's answer to `samples`, augmented: differentiable in `samples`."""
        seen = self.augment(samples, role)
        return [discriminate(seen, self.condition if condition is None else condition)
                for discriminate in self.discriminators]

    @cached_property
    def seen_real(self) -> tf.Tensor:
        """The real samples after augmentation."""
        return self.augment(self.real, "real")

    @cached_property
    def seen_fake(self) -> tf.Tensor:
        """The generated samples after augmentation."""
        return self.augment(self.fake, "fake")

    @cached_property
    def real_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the real samples."""
        return [discriminate(self.seen_real, self.condition) for discriminate in self.discriminators]

    @cached_property
    def fake_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the generated samples."""
        return [discriminate(self.seen_fake, self.condition) for discriminate in self.discriminators]

    @cached_property
    def mismatched_outputs(self) -> list[DiscriminatorOutput]:
        """One answer per discriminator to the mismatched pairs."""
        if self.mismatched is None:
            raise ConfigError("`mismatched` is needed for answers to mismatched pairs. Received: mismatched=None. "
                              "Give the objective `mismatched=`.")
        return self.ask(*self.mismatched, role="mismatched")


class Regularizer(Protocol):
    """A term added to the discriminator's loss, already multiplied by its weight."""

    name: str

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """Scalar float32."""
        ...


class AuxiliaryLoss(Protocol):
    """A term added to the generator's loss; `weight` times what `__call__` returns."""

    name: str
    weight: float | Callable[[tf.Tensor], tf.Tensor | float]  # a number, or a function of the step (a schedule)

    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """Scalar float32, not yet weighted."""
        ...


class MismatchedPairs(Protocol):
    """GAN-CLS: real samples beside a condition that is not theirs."""

    def __call__(self, real: tf.Tensor, condition: Mapping, stream: Stream) -> tuple[tf.Tensor, Mapping]:
        """A further pair (samples, wrong condition) that the discriminator must reject."""
        ...


@dataclass(frozen=True)
class Objective:
    """What both players minimise.

    Args:
        adversarial: the game's loss.
        regularizers: terms of the discriminator's loss (and constraints such as `WeightClipping`).
        auxiliary: terms of the generator's loss beside the adversarial one.
        mismatched: makes a second kind of negative; then each kind has weight 1/2 (Reed et al. 2016, GAN-CLS).

    Several discriminators: the loss is computed for each and summed, mean inside each (pix2pixHD).

    Example:
        >>> Objective(NonSaturating(), auxiliary=(Reconstruction(100),))
    """

    adversarial: AdversarialLoss
    regularizers: tuple[Regularizer, ...] = ()
    auxiliary: tuple[AuxiliaryLoss, ...] = ()
    mismatched: MismatchedPairs | None = None

    def __post_init__(self):
        for field, value in (("regularizers", self.regularizers), ("auxiliary", self.auxiliary)):
            if not isinstance(value, tuple | list):
                raise ConfigError(f"`{field}` must be a tuple. Received: {field}={value!r}. Write `{field}=(term,)`.")
            names = [term.name for term in value]
            if taken := sorted(RESERVED & set(names)):
                raise ConfigError(f"a term may not be called {taken[0]!r}, which the game itself records. "
                                  f"Received: {field}={value!r}. Give it another `name`.")
            if len(set(names)) < len(names):  # one report key each: a second term of that name would replace the first
                raise ConfigError(f"`{field}` must have different names. Received: {', '.join(names)}. Give one "
                                  "of them another `name`.")

    def report_names(self) -> list[str]:
        """The keys of both reports, known before the first step."""
        return ["d_adversarial", *(f"d_{term.name}" for term in self.regularizers if not hasattr(term, "constrain")),
                "g_adversarial", *(f"g_{term.name}" for term in self.auxiliary)]

    def discriminator_loss(self, forward: ForwardPass) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """The scalar that the discriminators minimise, and its parts by name."""
        adversarial = tf.add_n([
            self.adversarial.discriminator(real.logits, fake.logits, stream=forward.stream.scoped(f"targets/{index}"))
            for index, (real, fake) in enumerate(zip(forward.real_outputs, forward.fake_outputs, strict=True))
        ])
        if forward.mismatched is not None:
            # Each negative counts one half: the mean of the losses against either is the published sum.
            adversarial = 0.5 * (adversarial + tf.add_n([
                self.adversarial.discriminator(real.logits, wrong.logits,
                                               stream=forward.stream.scoped(f"mismatched-targets/{index}"))
                for index, (real, wrong) in enumerate(
                    zip(forward.real_outputs, forward.mismatched_outputs, strict=True))
            ]))
        report = {"d_adversarial": adversarial}
        for regularizer in self.regularizers:
            term = regularizer(forward)
            if term is not None:
                report[f"d_{regularizer.name}"] = term
        return tf.add_n(list(report.values())), report

    def generator_loss(self, forward: ForwardPass) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """The scalar that the generator minimises, and its parts by name (auxiliary ones unweighted)."""
        adversarial = []
        for index, fake in enumerate(forward.fake_outputs):
            real = forward.real_outputs[index].logits if self.adversarial.relativistic else None
            adversarial.append(self.adversarial.generator(fake.logits, real))
        loss = tf.add_n(adversarial)
        report = {"g_adversarial": loss}
        for term in self.auxiliary:
            value = report[f"g_{term.name}"] = term(forward)
            weight = term.weight(forward.stream.step) if callable(term.weight) else term.weight
            loss += weight * value
        return loss, report
