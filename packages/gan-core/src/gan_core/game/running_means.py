"""The mean of every reported quantity since the last reset, kept in two vectors."""

from __future__ import annotations

import keras
import tensorflow as tf


class RunningMeans(keras.metrics.Metric):
    """Means by name; a quantity that is not reported in a step does not count in it.

    One vector instead of a Keras metric per name: a handful of assignments a step rather than dozens, and the
    state is saved with the model, so that a resumed run also logs the same numbers.
    """

    def __init__(self, names, name="running_means"):
        super().__init__(name=name)
        self.names = list(dict.fromkeys(names))
        self.total = self.add_weight(shape=(len(self.names),), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(len(self.names),), initializer="zeros", name="count")

    def update_state(self, values):
        """Add one observation: name -> scalar."""
        unknown = set(values) - set(self.names)
        if unknown:
            raise KeyError(f"unannounced quantities {sorted(unknown)}; known: {self.names}")
        self.total.assign_add(tf.stack([tf.cast(values.get(name, 0.0), tf.float32) for name in self.names]))
        self.count.assign_add(tf.constant([float(name in values) for name in self.names]))

    def result(self):
        """Name -> mean; 0 where nothing was reported."""
        means = tf.math.divide_no_nan(self.total.value, self.count.value)
        return dict(zip(self.names, tf.unstack(means), strict=True))

    def reported(self) -> dict[str, float]:
        """Name -> mean as floats, of what was reported since the last reset."""
        total, count = self.total.numpy(), self.count.numpy()
        return {name: float(t / c) for name, t, c in zip(self.names, total, count, strict=True) if c}
