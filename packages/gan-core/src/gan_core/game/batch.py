"""The contract between data and networks: a flat dict with "real" and any number of named conditions.

`{"real": images, "label": ids}`, all of shape (batch, ...). A bare array means `{"real": x}`, a pair (x, y)
means `{"real": x, "label": y}`. Networks are Keras models with *named inputs*: a generator reads "latent"
and conditions, a discriminator "sample" and conditions; exactly the inputs that a network declares are passed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.random import Stream


class DiscriminatorOutput(NamedTuple):
    """What a discriminator answers: float32 logits of any shape (batch, ...), and what else it says of a sample.

    Args:
        logits: real or generated.
        features: its intermediate features, for feature matching.
        class_logits: (batch, classes), of an auxiliary classifier; None without one.
    """

    logits: tf.Tensor
    features: tuple[tf.Tensor, ...] = ()
    class_logits: tf.Tensor | None = None


def as_batch(data) -> dict[str, tf.Tensor]:
    """Name the parts of what a data set yields.

    Raises:
        ConfigError: no real samples, or more than two unnamed parts.
    """
    if isinstance(data, Mapping):
        batch = dict(data)
    elif isinstance(data, tuple | list):
        parts = [part for part in data if part is not None]  # `train_on_batch` fills up with None
        if len(parts) == 1:
            return as_batch(parts[0])
        if len(parts) != 2:
            raise ConfigError(f"a tuple must be (real,) or (real, label). Received: {len(parts)} parts. Yield a dict "
                              "{'real': samples, ...} for more.")
        batch = {"real": parts[0], "label": parts[1]}
    else:
        batch = {"real": data}
    if "real" not in batch:
        raise ConfigError(
            f"a batch needs the key `real`. Received: keys={sorted(batch)}. Yield {{'real': samples, ...}} "
            "from the data."
        )
    # Eager calls such as `train_on_batch` hand over arrays.
    return {name: tf.convert_to_tensor(part) if isinstance(part, np.ndarray) else part for name, part in batch.items()}


def split_batch(batch: dict) -> tuple[tf.Tensor, dict[str, tf.Tensor]]:
    """The real samples, and everything else as the condition.

    Raises:
        ConfigError: samples that are whole numbers: bytes beside a generator's -1..1 would be told apart at a glance.
    """
    condition = dict(batch)
    real = condition.pop("real")
    if not tf.as_dtype(real.dtype).is_floating:
        raise ConfigError(f"real samples must be floats in the generator's range. Received: dtype={real.dtype}. Scale "
                          "them (images / 127.5 - 1 for -1..1), or give the GAN what does it in the step: "
                          "`prepare=examples.prepare((-1, 1))` for bytes, `prepare=OneHot(...)` for ids.")
    return real, condition


def input_names(network: keras.Model) -> tuple[str, ...]:
    """The names a network declares: its functional inputs, or an attribute `input_names` of a subclassed model."""
    names = getattr(network, "input_names", None)
    if names is None:
        if not getattr(network, "inputs", None):
            raise ConfigError(
                f"a network must declare its inputs by name. Received: {network.name!r} without any. Build it with "
                "keras.Input(..., name='latent' | 'sample' | condition), or set `input_names` on the class."
            )
        names = [tensor.name for tensor in network.inputs]
    return tuple(names)


def input_specs(network: keras.Model) -> dict[str, tf.TensorSpec]:
    """Name -> shape and type of each input, the batch being free; empty for a subclassed model that does not say.

    A subclassed model says it in an attribute `input_specs`, name -> `tf.TensorSpec`.
    """
    specs = getattr(network, "input_specs", None)
    if specs is None:
        specs = {tensor.name: tf.TensorSpec(tensor.shape, tensor.dtype)
                 for tensor in getattr(network, "inputs", None) or ()}
    return dict(specs)


def call_network(network: keras.Model, available: Mapping[str, tf.Tensor], training: bool):
    """Call `network` with exactly the inputs it declares.

    Raises:
        ConfigError: an input is not available; the message says which ones are.
    """
    names = input_names(network)
    missing = [name for name in names if name not in available]
    if missing:
        raise ConfigError(
            f"network {network.name!r} reads the input `{missing[0]}`, which this batch does not have. "
            f"Received: {', '.join(sorted(available))}. Add the key to the data, or remove the input."
        )
    if len(names) == 1 and not isinstance(getattr(network, "_inputs_struct", None), Mapping):
        return network(available[names[0]], training=training)
    return network({name: available[name] for name in names}, training=training)


def call_discriminator(network: keras.Model, sample, condition: Mapping, training: bool = True) -> DiscriminatorOutput:
    """Ask one discriminator; its answers come back in float32 whatever the compute dtype."""
    answer = call_network(network, {"sample": sample, **condition}, training)
    if not isinstance(answer, Mapping):
        answer = {"logits": answer}
    logits = answer.get("logits")
    if logits is None or isinstance(logits, tuple | list):  # stacked, a list would be averaged over the wrong axis
        raise ConfigError("a discriminator must return one tensor of logits, or a dict with the key 'logits'. Received "
                          f"from {network.name!r}: {'a list' if logits is not None else sorted(answer)}. For several "
                          "logits per sample return a map, or give the GAN several discriminators.")
    features = tuple(tf.cast(feature, tf.float32) for feature in answer.get("features", ()))
    classes = answer.get("class_logits")
    return DiscriminatorOutput(tf.cast(logits, tf.float32), features,
                               None if classes is None else tf.cast(classes, tf.float32))


class OneHot:
    """`prepare` for sequences of ids: turns int (batch, length) into float32 (batch, length, depth) on the device.

    The loader then ships integers, and the one-hot tensor never exists on the host.
    """

    def __init__(self, depth: int, key: str = "real"):
        self.depth, self.key = depth, key

    def __call__(self, batch: dict, stream: Stream | None = None) -> dict:
        """Replace `batch[key]` by its one-hot form."""
        return {**batch, self.key: tf.one_hot(tf.cast(batch[self.key], tf.int32), self.depth)}
