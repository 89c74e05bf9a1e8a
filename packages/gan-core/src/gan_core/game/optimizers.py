"""An optimizer of its own for each player."""

from __future__ import annotations

from collections.abc import Sequence

import keras
import tensorflow as tf

from gan_core.errors import ConfigError


def unshared_optimizer(optimizer, networks: Sequence[keras.Model]) -> keras.optimizers.Optimizer:
    """The optimizer of one player, not yet built: what was given, or a copy if it is in use already.

    An optimizer belongs to the variables it was built for, and recompiling starts fresh moments; a copy by config would
    lose what configs do not hold, such as exclusions from weight decay. Under a distribution strategy it is always
    copied: its own variables must be born in the scope of `compile`. With layers that compute in float16 it is wrapped
    in a `LossScaleOptimizer`.

    Args:
        optimizer: a Keras optimizer, config or name.
        networks: of the player.

    Raises:
        ConfigError: something else, or an optimizer in use that cannot be copied.
    """
    optimizer = keras.optimizers.get(optimizer)
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise ConfigError(f"an optimizer must be a Keras optimizer, its config or its name. Received: {optimizer!r}.")
    if optimizer.built or tf.distribute.has_strategy():
        try:
            optimizer = optimizer.__class__.from_config(optimizer.get_config())
        except (TypeError, ValueError, NotImplementedError) as error:
            raise ConfigError(f"`{type(optimizer).__name__}` cannot be copied by its config: {error}. Give each "
                              "player, and each `compile`, an optimizer of its own.") from error
    half = any(layer.compute_dtype == "float16" for network in networks for layer in network._flatten_layers())
    if half and not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    return optimizer
