"""Weight clipping (Arjovsky et al. 2017, arXiv:1701.07875)."""

from __future__ import annotations

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

    def __init__(self, limit: float = 0.01):
        if not 0 < limit < float("inf"):
            raise ConfigError(f"`limit` must be positive and finite. Received: limit={limit!r}. The usual value is "
                              "0.01.")
        self.limit = float(limit)

    def __call__(self, discriminators: Sequence[keras.Model]) -> None:
        """Clip the weights in place."""
        for network in discriminators:
            for variable in clippable_variables(network):
                variable.assign(tf.clip_by_value(tf.convert_to_tensor(variable.value), -self.limit, self.limit))

    def __repr__(self):
        return f"WeightClipping(limit={self.limit:g})"


def clippable_variables(network: keras.Model) -> list[keras.Variable]:
    """The trainable variables of `network` that belong to no normalisation layer."""
    spared = {id(variable) for layer in layers_of(network) if is_normalization(layer)
              for variable in layer.trainable_variables}
    return [variable for variable in network.trainable_variables if id(variable) not in spared]
