"""The averaged generator: samples, metrics and exports come from it."""

from __future__ import annotations

from collections.abc import Iterable

import keras
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import call_network
from gan_core.game.schedules import Scheduled, check_scheduled, value_at
from gan_core.layers.normalization import is_normalization, layers_of


class ExponentialMovingAverage:
    """θ_ema ← β θ_ema + (1 - β) θ after every generator update.

    Args:
        decay: β in (0, 1): 0.99 forgets half in 69 updates, 0.999 in 693.
        warmup: start faster by β_t = min(β, (1 + t) / (10 + t)).
        half_life_kimg: instead of `decay`: β = 0.5^(batch / (1000·half_life_kimg)), the StyleGAN form; with
            `warmup` the half-life is at most 5 % of the images seen so far. A number, or a function of the generator's
            step, which may be 0: the average is then the generator itself.
        statistics: "average" (batch-norm statistics are averaged like weights) or "copy".

    Raises:
        ConfigError: a decay outside (0, 1), a half-life that is not positive, or unknown `statistics`.
    """

    def __init__(self, decay: float = 0.999, *, warmup: bool = False, half_life_kimg: Scheduled | None = None,
                 statistics: str = "average"):
        if not isinstance(decay, float | int) or not 0 < decay < 1:
            raise ConfigError(f"`decay` must lie in (0, 1). Received: decay={decay!r}. A usual value is 0.999.")
        if half_life_kimg is not None:
            check_scheduled("half_life_kimg", half_life_kimg, remedy="A usual value is 10.")
        if statistics not in ("average", "copy"):
            raise ConfigError(f"`statistics` must be 'average' or 'copy'. Received: statistics={statistics!r}.")
        self.decay, self.warmup, self.half_life_kimg, self.statistics = decay, warmup, half_life_kimg, statistics

    def copy(self, generator: keras.Model) -> keras.Model:
        """A second generator with the same weights (`clone_model` alone would draw new ones)."""
        if getattr(generator, "inputs", None):
            average = keras.models.clone_model(generator)
        else:  # a subclassed network: it must build itself from its config
            average = generator.__class__.from_config(generator.get_config())
        if len(average.weights) != len(generator.weights):
            raise ConfigError(f"generator {generator.name!r} cannot be copied: its `from_config` gives "
                              f"{len(average.weights)} weights. Expected: {len(generator.weights)}. "
                              "Create all variables in the constructor.")
        average.name = f"averaged_{generator.name}"
        average.set_weights(generator.get_weights())
        return average

    def beta(self, step, batch_size) -> tf.Tensor:
        """β of update number `step` (0-based), float32."""
        half_life_kimg = None if self.half_life_kimg is None else value_at(self.half_life_kimg, step)
        step = tf.cast(step, tf.float32)
        if half_life_kimg is None:
            return tf.minimum(self.decay, (1 + step) / (10 + step)) if self.warmup else tf.constant(self.decay)
        batch = tf.cast(batch_size, tf.float32)
        half_life = tf.convert_to_tensor(1000.0 * half_life_kimg)
        if self.warmup:
            half_life = tf.minimum(half_life, 0.05 * batch * tf.maximum(step, 1e-3))
        return 0.5 ** (batch / half_life)

    def update(self, average: keras.Model, generator: keras.Model, step, batch_size):
        """Move `average` towards `generator`.

        Trainable weights are averaged, and statistics of normalisation layers unless they are to be copied. Everything
        else is copied (counters, levels, fades, singular vectors): a fade that is over must be over in the average.
        """
        beta = self.beta(step, batch_size)
        averaged = {id(variable) for variable in generator.trainable_variables}
        if self.statistics == "average":
            averaged |= {id(variable) for layer in layers_of(generator) if is_normalization(layer)
                         for variable in layer.non_trainable_variables if is_floating(variable)}
        for ours, theirs in zip(average.weights, generator.weights, strict=True):
            ours.assign(ours + (1 - tf.cast(beta, ours.dtype)) * (theirs - ours) if id(theirs) in averaged else theirs)


def is_floating(variable: keras.Variable) -> bool:
    """Whether it holds real numbers, not counts."""
    return variable.dtype.startswith(("float", "bfloat"))


def recalibrate_batch_norm(generator: keras.Model, batches: Iterable[dict]) -> None:
    """Replace batch-norm statistics by the cumulative mean over `batches` ("standing statistics").

    Averaged statistics are exact for no set of weights; do this before final metrics.

    Args:
        generator: changed in place.
        batches: named inputs of the generator, fresh noise each.
    """
    layers = [layer for layer in generator._flatten_layers() if isinstance(layer, keras.layers.BatchNormalization)]
    momenta = [layer.momentum for layer in layers]
    try:
        for number, batch in enumerate(batches, start=1):
            for layer in layers:
                layer.momentum = 1 - 1 / number  # after k batches: the mean of k statistics
            call_network(generator, batch, training=True)
    finally:
        for layer, momentum in zip(layers, momenta, strict=True):
            layer.momentum = momentum
