"""An optimizer of its own for each player, and Adam with a schedule for its second momentum."""

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


@keras.saving.register_keras_serializable("gan_core")
class ScheduledAdam(keras.optimizers.Adam):
    """Adam whose beta_2 may follow a schedule of its own updates (Huang et al. 2024, arXiv:2501.05441).

    With β the value at update t = 1, 2, ...: v ← β v + (1 - β) g², and the correction of the start is 1 - β^t. The
    schedule is looked up inside the traced step and depends on the optimizer's saved counter alone: nothing is traced
    anew, and a resumed run goes on exactly.

    Args:
        learning_rate: float or Keras schedule.
        beta_1: float in [0, 1).
        beta_2: float in [0, 1), or a schedule such as `Cosine(0.9, 0.99, updates)`.
        **options: those of `keras.optimizers.Adam`.

    Example:
        >>> ScheduledAdam(Cosine(2e-4, 5e-5, 1000), 0.0, Cosine(0.9, 0.99, 1000))
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, **options):
        if isinstance(beta_2, dict):  # of a saved schedule
            beta_2 = keras.saving.deserialize_keras_object(beta_2)
        super().__init__(learning_rate, beta_1, beta_2, **options)

    def update_step(self, gradient, variable, learning_rate):
        """One update of one variable, with beta_2 as it is by now."""
        schedule = self.beta_2
        self.beta_2 = schedule(self.iterations) if callable(schedule) else schedule
        try:
            super().update_step(gradient, variable, learning_rate)
        finally:
            self.beta_2 = schedule

    def get_config(self):
        """All arguments."""
        beta_2 = keras.saving.serialize_keras_object(self.beta_2) if callable(self.beta_2) else self.beta_2
        return {**super().get_config(), "beta_2": beta_2}
