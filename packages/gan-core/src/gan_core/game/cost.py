"""What one pass through a network costs, before anything is trained."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.game.batch import call_network, input_specs


def operations(network: keras.Model) -> int | None:
    """Floating-point operations of one forward pass for one sample, as TensorFlow's profiler counts them.

    A multiplication and an addition are two. A training step costs about three times as much per pass that has a
    gradient. The body of a loop (recurrent layers) counts once.

    Args:
        network: with functional inputs, or a subclassed model that has `input_specs`.

    Returns:
        The number; None for inputs of unknown shape, or with a free axis beside the batch.

    Example:
        >>> operations(keras.Sequential([keras.Input((100,), name="latent"), keras.layers.Dense(10, use_bias=False)]))
        2000
    """
    specs = input_specs(network)
    if not specs or any(None in spec.shape[1:] for spec in specs.values()):
        return None
    specs = {name: tf.TensorSpec((1, *spec.shape[1:]), spec.dtype) for name, spec in specs.items()}
    graph = tf.function(lambda **inputs: call_network(network, inputs, training=False)).get_concrete_function(**specs)
    profiler = tf.compat.v1.profiler
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output().build()
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # the profiler calls a function that it calls deprecated
    try:
        return profiler.profile(graph=graph.graph, options=options).total_float_ops
    finally:
        logger.setLevel(level)
