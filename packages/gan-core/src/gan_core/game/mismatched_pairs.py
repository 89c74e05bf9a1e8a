"""Real samples beside a condition that is not theirs, which the discriminator must reject (GAN-CLS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.terms import MismatchedPairs
from gan_core.random import Stream


class ShuffledCondition(MismatchedPairs):
    """Pairs the real sample i with the condition of sample i + s, s ~ U{1, ..., batch - 1} drawn for each step.

    Reed et al. 2016, arXiv:1605.05396 (GAN-CLS). No sample keeps its own condition, but two samples of a batch may
    share one: where conditions are few (class labels), let the loader supply other samples (`SuppliedSamples`).
    In a batch of one, which Keras may form from the rest of an epoch, the sample keeps its condition.

    Args:
        names: the conditions to exchange; None: all of them.

    Raises:
        ConfigError: when called, no condition to exchange; the message lists the names there are.

    Example:
        >>> Objective(NonSaturating(), mismatched=ShuffledCondition(["text"]))
    """

    def __init__(self, names: Sequence[str] | None = None):
        self.names = None if names is None else tuple(names)

    def __call__(self, real: tf.Tensor, condition: Mapping, stream: Stream) -> tuple[tf.Tensor, dict]:
        """(real, the conditions rolled along the batch)."""
        names = tuple(condition) if self.names is None else self.names
        missing = [name for name in names if name not in condition]
        if missing or not names:
            wanted = f"the condition {missing[0]!r}" if missing else "a condition to exchange"
            raise ConfigError(f"mismatched pairs need {wanted}. Received: {', '.join(sorted(condition)) or 'none'}. "
                              "Add the key to the data.")
        others = tf.cast(tf.shape(real)[0] - 1, tf.float32)
        shift = 1 + tf.cast(stream.uniform((), "shift") * others, tf.int32)
        return real, {**condition, **{name: tf.roll(condition[name], shift, axis=0) for name in names}}

    def __repr__(self):
        return f"ShuffledCondition({'' if self.names is None else list(self.names)})"


class SuppliedSamples(MismatchedPairs):
    """Pairs each condition with the sample of another kind that the data bring along.

    Args:
        name: the key of the batch that holds these samples, of the shape of the real ones.

    Raises:
        ConfigError: when called, the batch has no such key.

    Example:
        >>> Objective(NonSaturating(), mismatched=SuppliedSamples("mismatched"))
    """

    def __init__(self, name: str = "mismatched"):
        self.name = name

    def __call__(self, real: tf.Tensor, condition: Mapping, stream: Stream) -> tuple[tf.Tensor, dict]:
        """(the supplied samples, the conditions of the real ones)."""
        if self.name not in condition:
            raise ConfigError(f"mismatched pairs need the key {self.name!r} in every batch. Received: "
                              f"{', '.join(['real', *sorted(condition)])}. Yield it from the data, or use "
                              "ShuffledCondition().")
        return condition[self.name], {key: value for key, value in condition.items() if key != self.name}

    def __repr__(self):
        return f"SuppliedSamples({self.name!r})"
