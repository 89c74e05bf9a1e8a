"""Checks on logits before any arithmetic: a wrong shape broadcasts without a word and gives another loss."""

from __future__ import annotations

import tensorflow as tf

from gan_core.errors import ConfigError


def as_logits(logits, name: str) -> tf.Tensor:
    """`logits` in float32, with at least a batch axis.

    Raises:
        ConfigError: a scalar, an empty tensor, or integers.
    """
    logits = tf.convert_to_tensor(logits)
    if not logits.dtype.is_floating:
        raise ConfigError(
            f"`{name}` must hold floating-point logits. Received: dtype={logits.dtype.name}. Cast them, or pass the "
            "discriminator's raw output."
        )
    if logits.shape.rank == 0 or 0 in (logits.shape.as_list() if logits.shape.rank else ()):
        raise ConfigError(
            f"`{name}` must have the shape (batch, ...) with at least one element. Received: shape={logits.shape}. "
            "Do not reduce the discriminator's output, and drop empty batches."
        )
    return tf.cast(logits, tf.float32)


def as_logit_pair(real, fake, *, paired: bool = False) -> tuple[tf.Tensor, tf.Tensor]:
    """Both sides in float32, of the same shape apart from the batch size; of equal batch size too if `paired`.

    Raises:
        ConfigError: shapes differ: (batch, 1) against (batch,) would compare every real with every fake sample.
    """
    real, fake = as_logits(real, "real"), as_logits(fake, "fake")
    first = 0 if paired else 1
    same_rank = None in (real.shape.rank, fake.shape.rank) or real.shape.rank == fake.shape.rank
    if not same_rank or not real.shape[first:].is_compatible_with(fake.shape[first:]):
        rule = "have equal shapes (element i is compared with element i)" if paired else "differ in batch size only"
        raise ConfigError(
            f"`real` and `fake` logits must {rule}. Received: real.shape={real.shape}, fake.shape={fake.shape}. "
            "Ask the same discriminator about both" + (", with equal batch sizes." if paired else ".")
        )
    if paired and not real.shape.is_fully_defined():
        with tf.control_dependencies([tf.debugging.assert_equal(
                tf.shape(real), tf.shape(fake), "`real` and `fake` logits must have equal shapes: they are paired")]):
            real = tf.identity(real)
    return real, fake
