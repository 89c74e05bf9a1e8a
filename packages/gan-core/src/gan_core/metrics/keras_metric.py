"""Kernel distance while `fit` validates, and a callback that keeps the best generator by it."""

from __future__ import annotations

import warnings
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError, DataError, did_you_mean
from gan_core.files import whole_path
from gan_core.metrics.extractors.base import Extractor, over_white
from gan_core.metrics.functional.kid import squared_discrepancy


class KernelDistanceMetric(keras.metrics.Metric):
    """KID as `fit` reports it: the mean over validation batches of the unbiased kernel distance of each batch.

    The estimator "per_batch" of `kernel_distance`, weighted by the size of the batch; batches of one image have no
    pairs and are left out. Without any batch the result is NaN. Images pass through 8 bits on both sides, since float
    against 8-bit differences would otherwise enter the score.

    The extractor is held outside the tracked state: Keras writes every model that a metric holds as an attribute into
    each checkpoint (85 MB for InceptionV3).

    Args:
        extractor: `Extractor`.
        value_range: (low, high) of the generator's output and of the real samples beside it.
        name: str; `fit` reports "val_" + name.

    Raises:
        ConfigError: `value_range` is no range.

    Example:
        >>> gan.compile(validation_metrics=[KernelDistanceMetric(RandomConvolution(), value_range=(-1, 1))])
        >>> gan.fit(train, validation_data=held_out, callbacks=[KeepBest("best.keras")])
    """

    def __init__(self, extractor: Extractor, *, value_range: tuple[float, float], name: str = "kid"):
        super().__init__(name=name, dtype="float32")
        low, high = value_range
        if not low < high:
            raise ConfigError("`value_range` must be (low, high) with low < high. "
                              f"Received: value_range={value_range}.")
        self.identity = f"KID[{extractor.identity}/per_batch]"
        self.total = self.add_weight(shape=(), initializer="zeros", name="total")
        self.images = self.add_weight(shape=(), initializer="zeros", name="images")

        def measure(real, fake):  # a closure: nothing that Keras or TensorFlow would follow into a checkpoint
            features = [extractor.batch(over_white(_as_bytes(samples, low, high))).astype(np.float64)
                        for samples in (real, fake)]
            return np.float32(squared_discrepancy(*features))

        self._measure = measure

    def update_state(self, real, fake, sample_weight=None):
        """Take in a batch.

        Args:
            real: float (n, height, width, 1, 3 or 4) in `value_range`; with opacity they are laid over white.
            fake: likewise, generated.
            sample_weight: not supported.
        """
        if sample_weight is not None:
            raise ConfigError("`sample_weight` has no meaning for a distance of two sets. Leave it out.")
        count = tf.minimum(tf.shape(real)[0], tf.shape(fake)[0])
        distance = tf.cond(count > 1, lambda: self._distance(real, fake), lambda: tf.zeros(()))
        weight = tf.cast(tf.where(count > 1, count, 0), tf.float32)
        self.total.assign_add(distance * weight)
        self.images.assign_add(weight)

    def result(self):
        """The mean so far."""
        return self.total / self.images

    def _distance(self, real, fake):
        # The extractor may be any Python function, so it runs outside the graph.
        distance = tf.py_function(lambda x, y: self._measure(x.numpy(), y.numpy()), [real, fake], tf.float32)
        return tf.ensure_shape(distance, ())


class KeepBest(keras.callbacks.Callback):
    """Write the generator that samples are made with (the averaged one) whenever a validation value improves.

    Args:
        path: `.keras` file; replaced only once the new one is complete.
        monitor: str, the name in `fit`'s logs; validation values start with "val_".
        mode: "min" or "max", which direction is better.

    Attributes:
        best: float or None, the best value so far.
        best_epoch: int or None, its epoch, from 0.

    Raises:
        ConfigError: another suffix or mode; or, at the end of the first validated epoch, no such value in the logs.

    Example:
        >>> gan.fit(train, validation_data=held_out, epochs=20, callbacks=[KeepBest("best.keras", monitor="val_kid")])
    """

    def __init__(self, path: Path | str, *, monitor: str = "val_kid", mode: str = "min"):
        super().__init__()
        self.path, self.monitor, self.mode = Path(path), monitor, mode
        if self.path.suffix != ".keras":
            raise ConfigError(f"`path` must end in .keras. Received: path={str(path)!r}.")
        if mode not in ("min", "max"):
            raise ConfigError(f"`mode` must be 'min' or 'max'. Received: mode={mode!r}.")
        self.best: float | None = None
        self.best_epoch: int | None = None
        self._seen = False

    def on_epoch_end(self, epoch, logs=None):
        """Look at the value; keep the generator if it is the best so far."""
        logs = logs or {}
        if self.monitor not in logs:
            if any(name.startswith("val_") for name in logs):
                raise ConfigError(f"`monitor` is not among the values that `fit` reports. Received: "
                                  f"monitor={self.monitor!r}. {did_you_mean(self.monitor, logs)}")
            return  # an epoch without validation
        self._seen = True
        value = float(np.asarray(logs[self.monitor]))
        if not np.isfinite(value) or not self._better(value):
            return
        with whole_path(self.path) as temporary:
            self.model.standalone_generator().save(temporary)
        self.best, self.best_epoch = value, epoch

    def on_train_end(self, logs=None):
        """Say it if there was nothing to judge by."""
        if not self._seen:
            warnings.warn(f"KeepBest wrote nothing: `fit` never reported {self.monitor!r}. Pass `validation_data` to "
                          "fit and `validation_metrics` to compile.", stacklevel=2)

    def _better(self, value: float) -> bool:
        return self.best is None or (value < self.best if self.mode == "min" else value > self.best)


def _as_bytes(samples: np.ndarray, low: float, high: float) -> np.ndarray:
    if not np.isfinite(samples).all():
        raise DataError("samples must be finite. Found: NaN or infinite values. The generator has diverged.")
    scaled = (samples.astype(np.float64) - low) * (255.0 / (high - low))
    return np.clip(np.rint(scaled), 0, 255).astype(np.uint8)
