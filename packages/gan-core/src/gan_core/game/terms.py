"""The kinds of parts that an `Objective` is made of beside the adversarial loss."""

from __future__ import annotations

import abc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import keras
import tensorflow as tf

from gan_core.game.schedules import Scheduled
from gan_core.random import Stream

if TYPE_CHECKING:
    from gan_core.game.forward_pass import ForwardPass


class Regularizer(abc.ABC):
    """A term of the discriminators' loss, already multiplied by its weight.

    Attributes:
        name: str, under which the weighted value is recorded.
        also_reports: names of further scalars for the record, which `__call__` puts into `forward.measured`.
    """

    name: str
    also_reports: tuple[str, ...] = ()

    @abc.abstractmethod
    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """Scalar float32."""

    def check(self, discriminators: Sequence[keras.Model]) -> None:  # noqa: B027 (most have nothing to say)
        """Warn of, or refuse, discriminators that this term does not go with; called once, by the GAN."""


class AuxiliaryLoss(abc.ABC):
    """A term of the generator's loss: `weight` times what `__call__` returns.

    Attributes:
        name: str, under which the unweighted value is recorded.
        weight: a number, or a function of the step.
    """

    name: str
    weight: Scheduled

    @abc.abstractmethod
    def __call__(self, forward: ForwardPass) -> tf.Tensor:
        """Scalar float32, not yet weighted."""


class Constraint(abc.ABC):
    """What holds of the discriminators' weights after each of their updates.

    Attributes:
        name: str, for descriptions.
        reports: names of what `__call__` returns.
    """

    name: str
    reports: tuple[str, ...] = ()

    @abc.abstractmethod
    def __call__(self, discriminators: Sequence[keras.Model]) -> dict[str, tf.Tensor] | None:
        """Change the weights in place; scalars for the record by the names in `reports`, or None."""


class MismatchedPairs(abc.ABC):
    """Real samples beside a condition that is not theirs (GAN-CLS)."""

    @abc.abstractmethod
    def __call__(self, real: tf.Tensor, condition: Mapping[str, tf.Tensor], stream: Stream) -> tuple[
            tf.Tensor, Mapping[str, tf.Tensor]]:
        """A further pair (samples, wrong condition) that the discriminators must reject."""
