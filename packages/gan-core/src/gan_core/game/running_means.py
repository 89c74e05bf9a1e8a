"""The mean of every reported quantity, since the last record and since the epoch began, kept in two small matrices."""

from __future__ import annotations

import keras
import tensorflow as tf

RECORD, EPOCH = 0, 1  # rows


class RunningMeans(keras.metrics.Metric):
    """Means by name; a quantity that is not reported in a step does not count in it.

    One matrix instead of a Keras metric per name: a handful of assignments a step rather than dozens, and the
    state is saved with the model, so that a resumed run also logs the same numbers.

    Args:
        names: of the quantities.
    """

    def __init__(self, names, name="running_means"):
        super().__init__(name=name)
        self.names = list(dict.fromkeys(names))
        self.total = self.add_weight(shape=(2, len(self.names)), initializer="zeros", name="total")
        self.count = self.add_weight(shape=(2, len(self.names)), initializer="zeros", name="count")

    def update_state(self, values):
        """Add one observation: name -> scalar."""
        unknown = set(values) - set(self.names)
        if unknown:
            raise KeyError(f"unannounced quantities {sorted(unknown)}; known: {self.names}")
        row = tf.stack([tf.cast(values.get(name, 0.0), tf.float32) for name in self.names])
        self.total.assign_add(tf.stack([row, row]))
        self.count.assign_add(tf.constant([[float(name in values) for name in self.names]] * 2))

    def result(self):
        """Name -> mean since the epoch began, as tensors; 0 where nothing was reported."""
        means = tf.math.divide_no_nan(self.total.value[EPOCH], self.count.value[EPOCH])
        return dict(zip(self.names, tf.unstack(means), strict=True))

    def reported(self, row: int = RECORD) -> dict[str, float]:
        """Name -> mean as floats, of what was reported since the last reset of that row."""
        total, count = self.total.numpy()[row], self.count.numpy()[row]
        return {name: float(t / c) for name, t, c in zip(self.names, total, count, strict=True) if c}

    def reset_row(self, row: int) -> None:
        """Begin a new mean for the record, or for the epoch."""
        keep = tf.constant([[float(number != row)] for number in (RECORD, EPOCH)])
        for variable in (self.total, self.count):  # selected, not multiplied: NaN must go too
            variable.assign(tf.where(keep > 0, variable.value, tf.zeros_like(variable.value)))
