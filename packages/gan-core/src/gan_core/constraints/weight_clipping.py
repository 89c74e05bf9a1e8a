"""Weight clipping (Arjovsky et al. 2017, arXiv:1701.07875)."""

from __future__ import annotations

import math
from collections.abc import Sequence

import keras
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.terms import Constraint
from gan_core.layers.normalization import is_normalization, layers_of


class WeightClipping(Constraint):
    """w ← clip(w, -c, c) after each discriminator update.

    Arjovsky et al. 2017, arXiv:1701.07875. Trainable variables only, and none of normalisation layers: clipping a
    scale of 1 to 0.01 would silence the layer, clipping moving statistics would falsify them.

    Args:
        limit: float > 0, c.

    Raises:
        ConfigError: `limit` is not positive.

    Example:
        >>> Objective(Wasserstein(), constraints=(WeightClipping(0.01),))
    """

    name = "weight_clipping"
    reports = ("clipped_share",)

    def __init__(self, limit: float = 0.01):
        if not 0 < limit < float("inf"):
            raise ConfigError(f"`limit` must be positive and finite. Received: limit={limit!r}. The usual value is "
                              "0.01.")
        self.limit = float(limit)

    def __call__(self, discriminators: Sequence[keras.Model]) -> dict[str, tf.Tensor]:
        """Clip the weights in place; {"clipped_share": how many of them lay at or beyond a limit, 0..1}."""
        clipped, count = [], 0
        for network in discriminators:
            for variable in clippable_variables(network):
                weights = tf.convert_to_tensor(variable.value)
                clipped.append(tf.math.count_nonzero(tf.abs(weights) >= self.limit, dtype=tf.int32))
                count += math.prod(variable.shape)
                variable.assign(tf.clip_by_value(weights, -self.limit, self.limit))
        share = tf.cast(tf.add_n(clipped), tf.float32) / count if clipped else tf.constant(0.0)
        return {"clipped_share": share}

    def __repr__(self):
        return f"WeightClipping(limit={self.limit:g})"


def clippable_variables(network: keras.Model) -> list[keras.Variable]:
    """The trainable variables of `network` that belong to no normalisation layer."""
    spared = {id(variable) for layer in layers_of(network) if is_normalization(layer)
              for variable in layer.trainable_variables}
    return [variable for variable in network.trainable_variables if id(variable) not in spared]
