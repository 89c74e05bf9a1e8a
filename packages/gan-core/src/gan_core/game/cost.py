"""What one pass through a network costs, before anything is trained."""

from __future__ import annotations

import keras
import tensorflow as tf

from gan_core.game.batch import call_network


def operations(network: keras.Model) -> int | None:
    """Floating-point operations of one forward pass for one sample, as TensorFlow's profiler counts them.

    A multiplication and an addition are two. A training step costs about three times as much per pass that has a
    gradient. The body of a loop (recurrent layers) counts once.

    Args:
        network: with functional inputs.

    Returns:
        The number; None for a subclassed model, whose inputs have no shapes, or a free axis beside the batch.

    Example:
        >>> operations(keras.Sequential([keras.Input((100,), name="latent"), keras.layers.Dense(10, use_bias=False)]))
        2000
    """
    shapes = {tensor.name: tensor.shape[1:] for tensor in getattr(network, "inputs", None) or ()}
    if not shapes or any(None in shape for shape in shapes.values()):
        return None
    specs = {tensor.name: tf.TensorSpec((1, *tensor.shape[1:]), tensor.dtype) for tensor in network.inputs}
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
