"""What the contracts share: example inputs, comparisons, and a failure with a message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from gan_core.random import Stream

Shape = tuple[int, ...]
Inputs = Mapping[str, Shape | Callable[[int], Any]]


def require(condition: bool, message: str) -> None:
    """Raise `AssertionError(message)` unless `condition` holds; unlike `assert` it survives `python -O`."""
    if not condition:
        raise AssertionError(message)


def examples(network: keras.Model, inputs: Inputs, count: int) -> dict[str, tf.Tensor]:
    """`count` examples of every input: the same ones at every call."""
    types = {tensor.name: tensor.dtype for tensor in getattr(network, "inputs", None) or ()}
    random = np.random.default_rng(count)
    batch = {}
    for name, source in inputs.items():
        kind = types.get(name, "float32")
        if callable(source):
            values = source(count)
        elif "int" in kind:
            values = random.integers(0, 2, (count, *source))
        else:
            values = random.normal(size=(count, *source))
        batch[name] = tf.cast(tf.convert_to_tensor(values), kind)
    return batch


def arrays(answer) -> list[np.ndarray]:
    """All outputs of a network, in a fixed order."""
    return [np.asarray(tf.cast(part, tf.float32)) for part in keras.tree.flatten(answer)]


def require_equal_outputs(found: list[np.ndarray], expected: list[np.ndarray], event: str) -> None:
    """Require equal outputs within 1e-5; `event` is what should not have changed them."""
    require([a.shape for a in found] == [b.shape for b in expected], f"{event} changes the shapes of the outputs")
    for a, b in zip(found, expected, strict=True):
        require(np.allclose(a, b, rtol=1e-5, atol=1e-6),
                f"{event} changes the outputs, by up to {np.abs(a - b).max():.3g}")


def random_projection(answer) -> tf.Tensor:
    """A scalar that depends on every element of every output; a plain sum is constant after a normalisation."""
    stream = Stream(0, 0)
    return tf.add_n([tf.reduce_sum(tf.cast(part, tf.float32) * stream.normal(tf.shape(part), f"output {index}"))
                     for index, part in enumerate(keras.tree.flatten(answer))])


def dense(gradient) -> np.ndarray:
    """A gradient as numbers; gradients of embeddings come as slices."""
    return np.asarray(tf.cast(tf.convert_to_tensor(gradient), tf.float32))


def as_json(config: dict, what: str) -> dict:
    """`config` as it comes back from a file.

    Raises:
        AssertionError: it holds something that JSON cannot.
    """
    try:
        return json.loads(json.dumps(config))
    except (TypeError, ValueError) as error:
        raise AssertionError(f"{what} is not JSON: {error}") from error
