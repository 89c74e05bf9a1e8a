"""Whether a gradient penalty can teach every kernel of a network."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import call_discriminator
from gan_core.regularizers.input_gradient import input_gradients, norms


def unreached_kernels(discriminator: keras.Model, inputs) -> list[str]:
    """The kernels on which a gradient penalty depends but to which its gradient does not get.

    A penalty needs second derivatives. Some operations have none and say nothing: behind a bilinear resize
    (`UpSampling2D(interpolation="bilinear")`, `Resizing`, `tf.image.resize`) every kernel silently gets None.
    A kernel is reported if automatic differentiation yields None although the penalty changes when the kernel does
    (central difference); kernels that rightly have no influence, such as a last additive branch of a condition,
    are not. Weights are moved and put back exactly; the network is called with `training=False`.

    Args:
        discriminator: a Keras model with named inputs "sample" and conditions.
        inputs: an example batch: samples (batch, ...), or a dict with "sample" and the conditions.

    Returns:
        Paths of the unreached kernels (trainable, rank 2 or more); empty if all is well.

    Raises:
        ConfigError: a dict without "sample", or an input that the network declares and the dict lacks.

    Example:
        >>> unreached_kernels(critic, tf.random.normal((2, 32, 32, 3)))
        []
    """
    condition = dict(inputs) if isinstance(inputs, Mapping) else {"sample": inputs}
    if "sample" not in condition:
        raise ConfigError(f"`inputs` needs the key `sample`. Received: keys={sorted(condition)}. Pass "
                          "{'sample': samples, ...} or the samples alone.")
    sample = tf.convert_to_tensor(condition.pop("sample"))

    def penalty() -> tf.Tensor:
        gradient, = input_gradients(
            lambda asked: [call_discriminator(discriminator, asked, condition, training=False)], sample)
        return tf.reduce_mean((norms(gradient) - 1) ** 2)

    kernels = [variable for variable in discriminator.trainable_variables if len(variable.shape) >= 2]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch([kernel.value for kernel in kernels])
        value = penalty()
    gradients = tape.gradient(value, [kernel.value for kernel in kernels])
    return [kernel.path for kernel, gradient in zip(kernels, gradients, strict=True)
            if gradient is None and _matters(kernel, penalty)]


def _matters(kernel: keras.Variable, penalty) -> bool:
    """Whether moving `kernel` by a tenth of its size changes the penalty beyond rounding."""
    before = kernel.numpy()
    direction = np.random.default_rng(0).standard_normal(before.shape).astype(before.dtype)
    step = 0.1 * (before.std() + 1e-3) * direction
    try:
        values = []
        for sign in (1, -1):
            kernel.assign(before + sign * step)
            values.append(float(penalty()))
    finally:
        kernel.assign(before)
    return abs(values[0] - values[1]) > 1e-5 * max(abs(values[0]), abs(values[1]), 1e-6)
