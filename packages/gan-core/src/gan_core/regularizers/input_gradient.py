"""The gradient of a discriminator's score in its input: what every gradient penalty is made of."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.schedules import Scheduled, check_scheduled

Ask = Callable[[tf.Tensor], Sequence[DiscriminatorOutput]]


def input_gradients(ask: Ask, samples: tf.Tensor, inner_scale: float = 1.0) -> list[tf.Tensor]:
    """The derivative of every discriminator's scores in `samples`, itself differentiable in the weights.

    A sample's score is the mean of its logits, so that a map of logits and a single one have the same scale.

    Args:
        ask: samples -> one answer per discriminator.
        samples: floating (batch, ...), any rank.
        inner_scale: power of two by which the score is multiplied on its way back through a float16 network, where
            small gradients vanish; undone in float32, before anything is squared.

    Returns:
        float32 tensors of the shape of `samples`; zeros where a discriminator does not depend on them.

    Raises:
        ConfigError: samples that have no gradient (integers).
    """
    if not samples.dtype.is_floating:
        raise ConfigError(
            f"a gradient penalty differentiates by `real`, which must be floating. Received: dtype="
            f"{samples.dtype.name}. Turn ids into vectors first, e.g. `prepare=OneHot(depth)`."
        )
    with tf.GradientTape(persistent=True) as tape:
        tape.watch(samples)
        # The sum over the batch: a sample's gradient is then its own score's, not divided by the batch size.
        scores = [tf.reduce_sum(_mean_per_sample(answer.logits)) * inner_scale for answer in ask(samples)]
    gradients = [tape.gradient(score, samples, unconnected_gradients="zero") for score in scores]
    return [tf.cast(tf.convert_to_tensor(gradient), tf.float32) / inner_scale for gradient in gradients]


def squared_norms(gradient: tf.Tensor) -> tf.Tensor:
    """(batch, ...) -> (batch,): the sum of squares over all axes but the batch's."""
    return tf.reduce_sum(_flat(gradient) ** 2, axis=1)


def norms(gradient: tf.Tensor) -> tf.Tensor:
    """(batch, ...) -> (batch,): L2 norms; a tiny constant under the root keeps the derivative finite at zero."""
    return tf.sqrt(squared_norms(gradient) + 1e-12)


def check_inner_scale(inner_scale: float) -> float:
    """`inner_scale`, if dividing by it is exact.

    Raises:
        ConfigError: not a positive power of two.
    """
    if not (inner_scale > 0 and math.isfinite(inner_scale) and math.frexp(inner_scale)[0] == 0.5):
        raise ConfigError(f"`inner_scale` must be a positive power of two, or scaling would round. Received: "
                          f"inner_scale={inner_scale!r}. Use 1 in float32 and e.g. 256 in float16.")
    return float(inner_scale)


def check_strength(name: str, value: Scheduled) -> Scheduled:
    """`value`, the weight or target of a penalty: a positive number or a function of the step.

    Raises:
        ConfigError: another number.
    """
    return check_scheduled(name, value, remedy="Leave the regularizer out instead of giving it no weight.")


def _flat(tensor: tf.Tensor) -> tf.Tensor:
    return tf.reshape(tensor, (tf.shape(tensor)[0], -1))


def _mean_per_sample(logits: tf.Tensor) -> tf.Tensor:
    return tf.reduce_mean(_flat(tf.cast(logits, tf.float32)), axis=1)
