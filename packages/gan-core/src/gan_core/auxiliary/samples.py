"""What auxiliary losses share: finding the target of a generated sample, and distances that cannot broadcast."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.forward_pass import ForwardPass


def check_order(order: int) -> int:
    """`order`, 1 or 2.

    Raises:
        ConfigError: otherwise.
    """
    if order not in (1, 2):
        raise ConfigError(f"`order` must be 1 (absolute differences) or 2 (squared ones). Received: order={order!r}.")
    return order


def target_of(forward: ForwardPass, target: str) -> tf.Tensor:
    """The real samples for "real", otherwise the condition of that name.

    Raises:
        ConfigError: no such condition; the message lists the names there are.
    """
    if target == "real":
        return forward.real
    if target not in forward.condition:
        raise ConfigError(f"`target` must be 'real' or a key of the batch. Received: target={target!r}. "
                          f"This batch has: {', '.join(['real', *sorted(forward.condition)])}.")
    return forward.condition[target]


def mean_distance(target: tf.Tensor, fake: tf.Tensor, order: int, what: str) -> tf.Tensor:
    """E|target - fake|^order over all elements, in float32; no gradient reaches the target.

    Raises:
        ConfigError: shapes differ.
    """
    if not target.shape.is_compatible_with(fake.shape):
        raise ConfigError(f"{what} must have equal shapes. Received: {target.shape} for the target, {fake.shape} "
                          "for the generated sample. Let the generator's output have the target's shape.")
    difference = tf.stop_gradient(tf.cast(target, tf.float32)) - tf.cast(fake, tf.float32)
    return tf.reduce_mean(tf.abs(difference) if order == 1 else difference**2)
