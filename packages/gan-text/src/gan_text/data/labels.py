"""Class ids of rows that need no annotation: how long a sentence is, whether it asks a question."""

from __future__ import annotations

import numpy as np

from gan_core.errors import choose
from gan_text.data.vocabulary import PAD, Vocabulary
from gan_text.errors import TextConfigError

LENGTH_CLASSES = 4
CONDITIONS = {"length": LENGTH_CLASSES, "question": 2}


class Labels:
    """Adds "label" to a batch of ids: a `transform` of a loader.

    "length": floor(4 (n - 1) / length) for a row of n tokens, the quarter of the row that it fills, 0..3.
    "question": 1 where the row holds a question mark, else 0. A row cut before its question mark counts as 0.

    Args:
        condition: "length" or "question".
        vocabulary: of the ids.

    Raises:
        ConfigError: another condition, or a vocabulary without a question mark.

    Example:
        >>> Labels("length", vocabulary).of(np.array([[5, 0, 0, 0], [5, 5, 5, 5]]))
        array([0, 3], dtype=int32)
    """

    def __init__(self, condition: str, vocabulary: Vocabulary):
        self.classes = choose("condition", condition, CONDITIONS)
        self.condition, self.mark = condition, None
        if condition == "question":
            if "?" not in vocabulary.tokens:
                raise TextConfigError("`condition='question'` needs a question mark among the tokens. Received: a "
                                      "vocabulary without one. Use a text with questions, or condition='length'.")
            self.mark = vocabulary.tokens.index("?")

    def of(self, rows: np.ndarray) -> np.ndarray:
        """int32 (count,) of unsigned int (count, length)."""
        if self.mark is not None:
            return (rows == self.mark).any(1).astype(np.int32)
        tokens = np.maximum((rows != PAD).sum(1), 1)
        return (self.classes * (tokens - 1) // rows.shape[1]).astype(np.int32)

    def __call__(self, batch: dict, seeds) -> dict:
        """The batch with its labels, inside a tf.data graph."""
        import tensorflow as tf

        labels = tf.numpy_function(self.of, [batch["real"]], tf.int32, stateful=False)
        labels.set_shape(batch["real"].shape[:1])
        return {**batch, "label": labels}

    def for_samples(self, count: int) -> dict[str, np.ndarray]:
        """The classes in turn, for `count` samples."""
        return {"label": np.arange(count, dtype=np.int32) % self.classes}
