"""What both players minimise, as pure functions of one `ForwardPass`: no optimizer, no variables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.forward_pass import ForwardPass
from gan_core.game.schedules import Scheduled, check_scheduled, value_at
from gan_core.game.terms import AuxiliaryLoss, Constraint, MismatchedPairs, Regularizer
from gan_core.losses.base import AdversarialLoss
from gan_core.random import Stream

RESERVED = {"adversarial", "loss", "gradient_norm"}
FIELDS = {"regularizers": (Regularizer, "a term of the discriminators' loss such as R1(10)"),
          "auxiliary": (AuxiliaryLoss, "a term of the generator's loss such as Reconstruction(100)"),
          "constraints": (Constraint, "a constraint on the discriminators' weights such as WeightClipping(0.01)")}


@dataclass(frozen=True)
class Objective:
    """What both players minimise.

    Args:
        adversarial: the game's loss.
        regularizers: terms of the discriminators' loss.
        auxiliary: terms of the generator's loss beside the adversarial one.
        mismatched: makes a second kind of negative, real samples beside a wrong condition (Reed et al. 2016, GAN-CLS).
        mismatched_weight: in [0, 1], what the loss against those counts; that against generated samples counts the
            rest, so that both kinds together weigh as much as the real samples.
        constraints: on the discriminators' weights, applied after each of their updates.
        discriminator_weight: what multiplies the adversarial loss of the discriminators: 1/2 in pix2pix, whose
            discriminator shall learn at half the pace.
        generator_weight: what multiplies that of the generator, a number or a function of the step; 0 trains it without
            an adversary, on the auxiliary terms alone.

    Several discriminators: the loss is computed for each and summed, mean inside each (pix2pixHD).

    Raises:
        ConfigError: a part of another kind, or names that clash in the record.

    Example:
        >>> Objective(NonSaturating(), auxiliary=(Reconstruction(100),))
    """

    adversarial: AdversarialLoss
    regularizers: tuple[Regularizer, ...] = ()
    auxiliary: tuple[AuxiliaryLoss, ...] = ()
    mismatched: MismatchedPairs | None = None
    mismatched_weight: float = 0.5
    constraints: tuple[Constraint, ...] = ()
    discriminator_weight: float = 1.0
    generator_weight: Scheduled = 1.0

    def __post_init__(self):
        if not isinstance(self.adversarial, AdversarialLoss):
            raise ConfigError("`adversarial` must be a loss such as NonSaturating(). "
                              f"Received: adversarial={self.adversarial!r}. For a name use loss_by_name('hinge').")
        check_scheduled("discriminator_weight", self.discriminator_weight)
        check_scheduled("generator_weight", self.generator_weight, zero=True)
        if not 0 <= self.mismatched_weight <= 1:
            raise ConfigError("`mismatched_weight` must be in [0, 1]. "
                              f"Received: mismatched_weight={self.mismatched_weight!r}.")
        for field in FIELDS:
            self._check_field(field, getattr(self, field))

    def _check_field(self, field: str, value) -> None:
        if not isinstance(value, tuple | list):
            raise ConfigError(f"`{field}` must be a tuple. Received: {field}={value!r}. Write `{field}=(term,)`.")
        kind, described = FIELDS[field]
        for term in value:
            if not isinstance(term, kind):
                home = next((name for name, (other, _) in FIELDS.items() if isinstance(term, other)), None)
                remedy = f"Pass it as `{home}=`." if home else f"Derive it from gan_core.{kind.__name__}."
                raise ConfigError(f"`{field}` takes {described}. Received: {term!r}. {remedy}")
        names = [term.name for term in value]
        if taken := sorted(RESERVED & set(names)):
            raise ConfigError(f"a term may not be called {taken[0]!r}, which the game itself records. "
                              f"Received: {field}={value!r}. Give it another `name`.")
        if len(set(names)) < len(names):  # one report key each: a second term of that name would replace the first
            raise ConfigError(f"`{field}` must have different names. Received: {', '.join(names)}. Give one "
                              "of them another `name`.")

    def report_names(self) -> list[str]:
        """The keys of both reports, known before the first step."""
        further = [name for term in self.regularizers for name in term.also_reports]
        further += [name for constraint in self.constraints for name in constraint.reports]
        return ["d_adversarial", *(f"d_{term.name}" for term in self.regularizers), *(f"d_{name}" for name in further),
                "g_adversarial", *(f"g_{term.name}" for term in self.auxiliary)]

    @property
    def matching_score_names(self) -> tuple[str, ...]:
        """The keys of `matching_scores`."""
        return () if self.mismatched is None else ("real_score", "wrong_score", "fake_score")

    def matching_scores(self, forward: ForwardPass) -> dict[str, tf.Tensor]:
        """With mismatched pairs, the mean sigmoid of the logits of real samples, of wrong pairs and of generated ones.

        Reed et al. 2016, arXiv:1605.05396, algorithm 1, call them s_r, s_w and s_f: a game in which the condition
        counts keeps the wrong pairs well below the real ones.
        """
        if self.mismatched is None:
            return {}
        return {name: tf.reduce_mean([tf.reduce_mean(tf.sigmoid(output.logits)) for output in outputs])
                for name, outputs in zip(self.matching_score_names, (
                    forward.real_outputs, forward.mismatched_outputs, forward.fake_outputs), strict=True)}

    def discriminator_loss(self, forward: ForwardPass) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """The scalar that the discriminators minimise, and its parts by name."""
        # Real samples are asked about first: layers that draw or count (dropout, batch normalisation) see an order.
        real = forward.real_outputs
        adversarial = self._against(real, forward.fake_outputs, forward.stream, "targets")
        if forward.mismatched is not None:
            # The real samples are in both losses: whatever the weight, they count once in the sum.
            wrong = self._against(real, forward.mismatched_outputs, forward.stream, "mismatched-targets")
            adversarial = (1 - self.mismatched_weight) * adversarial + self.mismatched_weight * wrong
        terms = {"d_adversarial": _weighted(self.discriminator_weight, adversarial)}
        for regularizer in self.regularizers:
            terms[f"d_{regularizer.name}"] = regularizer(forward)
        further = {f"d_{name}": forward.measured[name] for regularizer in self.regularizers
                   for name in regularizer.also_reports if name in forward.measured}
        return tf.add_n(list(terms.values())), {**terms, **further}

    def _against(self, accepted: Sequence[DiscriminatorOutput], rejected: Sequence[DiscriminatorOutput], stream: Stream,
                 purpose: str) -> tf.Tensor:
        """The adversarial loss of the samples to accept against those to reject, summed over the discriminators."""
        return tf.add_n([
            self.adversarial.discriminator(real.logits, fake.logits, stream=stream.scoped(f"{purpose}/{index}"))
            for index, (real, fake) in enumerate(zip(accepted, rejected, strict=True))])

    def generator_loss(self, forward: ForwardPass) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
        """The scalar that the generator minimises, and its parts by name (auxiliary ones unweighted)."""
        adversarial = []
        for index, fake in enumerate(forward.fake_outputs):
            real = forward.real_outputs[index].logits if self.adversarial.relativistic else None
            adversarial.append(self.adversarial.generator(fake.logits, real))
        loss = _weighted(value_at(self.generator_weight, forward.stream.step), tf.add_n(adversarial))
        report = {"g_adversarial": loss}
        for term in self.auxiliary:
            value = report[f"g_{term.name}"] = term(forward)
            loss += value_at(term.weight, forward.stream.step) * value
        return loss, report


def _weighted(weight, loss: tf.Tensor) -> tf.Tensor:
    return loss if isinstance(weight, float | int) and weight == 1 else weight * loss
