"""The contract of networks."""

from __future__ import annotations

import contextlib
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gan_core.game.batch import call_network, input_names
from gan_core.model_files import load_network
from gan_core.testing.examples import (
    Inputs,
    arrays,
    as_json,
    dense,
    examples,
    random_projection,
    require,
    require_equal_outputs,
)


def check_network(build: Callable[[], keras.Model], *, inputs: Inputs, output: Sequence[int | None],
                  counts: tuple[int, int] | None = None, value_range: tuple[float, float] | None = None,
                  gradient_reaches_all: bool = True, penalty: bool = False, exempt: Sequence[str] = (),
                  batches: Sequence[int] = (3, 7), deterministic: bool = True,
                  mixed_precision: bool = True) -> keras.Model:
    """Check that a network declares its inputs by name and keeps shape, type, range, counts, config and weights.

    Args:
        build: makes the network anew at every call. Pass a small one: it is run, saved and loaded.
        inputs: name -> shape of one example (float inputs get N(0, 1), integer ones 0 or 1), or a function
            count -> array of `count` examples.
        output: shape of one output (of "logits", if the network returns a dict); None for a free axis.
        counts: (trainable, non-trainable) numbers of parameters, exact.
        value_range: (low, high) that the output must not leave.
        gradient_reaches_all: whether every trainable weight must get a gradient from the outputs.
        penalty: whether the gradient of a gradient penalty on "sample" must reach every kernel.
        exempt: parts of weight paths that need no gradient, e.g. ("embedding",).
        batches: two batch sizes; odd ones show a size that was baked in. The larger one is used for gradients.
        deterministic: False for networks whose inference is random; then only the weights are compared after loading.
        mixed_precision: whether the output must stay float32 under the policy "mixed_bfloat16".

    Returns:
        The network of the first build, for further questions.

    Raises:
        AssertionError: a contract is broken.

    Example:
        >>> check_network(lambda: build_discriminator(8, width=16), inputs={"sample": (8, 8, 3)}, output=(1,))
    """
    network = build()
    declared = set(input_names(network))
    require(declared == set(inputs), f"the network declares the inputs {sorted(declared)}, expected {sorted(inputs)}")

    for count in batches:
        answer = _main(call_network(network, examples(network, inputs, count), training=False))
        require(_fits(answer.shape, (count, *output)),
                f"output of shape {tuple(answer.shape)} for {count} examples, expected {(count, *output)}")
        require(answer.dtype == tf.float32, f"output of type {answer.dtype.name}, expected float32")
        require(bool(tf.reduce_all(tf.math.is_finite(answer))), "the output holds NaN or infinite values")
        if value_range is not None:
            found = float(tf.reduce_min(answer)), float(tf.reduce_max(answer))
            require(value_range[0] <= found[0] and found[1] <= value_range[1],
                    f"output in {found}, expected {value_range}")

    if counts is not None:
        require(count_parameters(network) == tuple(counts),
                f"(trainable, non-trainable) parameters {count_parameters(network)}, expected {tuple(counts)}")

    batch = examples(network, inputs, max(batches))
    if gradient_reaches_all:
        _check_gradient(network, batch, exempt)
    if penalty:
        _check_penalty(network, batch, exempt)
    _check_config(network, batch, deterministic)
    _check_saving(network, batch, deterministic)
    if mixed_precision:
        _check_mixed_precision(build, inputs)
    return network


def count_parameters(network: keras.Model) -> tuple[int, int]:
    """(trainable, non-trainable) numbers of parameters."""
    trainable = sum(math.prod(weight.shape) for weight in network.trainable_weights)
    return trainable, sum(math.prod(weight.shape) for weight in network.weights) - trainable


def _main(answer) -> tf.Tensor:
    return answer["logits"] if isinstance(answer, Mapping) else answer


def _fits(shape: Sequence[int], expected: Sequence[int | None]) -> bool:
    return len(shape) == len(expected) and all(b in (None, a) for a, b in zip(shape, expected, strict=True))


def _check_reached(weights, gradients, event: str, exempt: Sequence[str]) -> None:
    for weight, gradient in zip(weights, gradients, strict=True):
        if any(part in weight.path for part in exempt):
            continue
        require(gradient is not None, f"{event} does not reach {weight.path}")
        values = dense(gradient)
        require(bool(np.isfinite(values).all()), f"{event} is not finite at {weight.path}")
        # A bias before a normalisation has a zero gradient and is no fault; a kernel without one never learns.
        require(len(weight.shape) < 2 or bool(values.any()), f"{event} is zero at {weight.path}")


def _check_gradient(network: keras.Model, batch: dict, exempt: Sequence[str]) -> None:
    with tf.GradientTape() as tape:
        loss = random_projection(call_network(network, batch, training=True))
    weights = network.trainable_weights
    _check_reached(weights, tape.gradient(loss, [weight.value for weight in weights]), "the gradient", exempt)


def _check_penalty(network: keras.Model, batch: dict, exempt: Sequence[str]) -> None:
    kernels = [weight for weight in network.trainable_weights if len(weight.shape) >= 2]
    with tf.GradientTape() as outer:
        with tf.GradientTape() as inner:
            inner.watch(batch["sample"])
            score = tf.reduce_sum(_main(call_network(network, batch, training=True)))
        slope = inner.gradient(score, batch["sample"])
        require(slope is not None, "the gradient of the logits does not reach `sample`")
        penalty = tf.reduce_sum(tf.square(slope))
    gradients = outer.gradient(penalty, [kernel.value for kernel in kernels])
    _check_reached(kernels, gradients, "the gradient of a gradient penalty", exempt)


def _check_config(network: keras.Model, batch: dict, deterministic: bool) -> None:
    config = as_json(network.get_config(), "the network's config")
    again = type(network).from_config(network.get_config())
    require(as_json(again.get_config(), "the network's config") == config, "a config round trip changes the config")
    again.set_weights(network.get_weights())
    _check_same(network, again, batch, deterministic, "a config round trip")


def _check_saving(network: keras.Model, batch: dict, deterministic: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "network.keras")
        network.save(path)
        again = load_network(path, registered=True)
    _check_same(network, again, batch, deterministic, "saving and loading")


def _check_same(network, again, batch, deterministic: bool, event: str) -> None:
    mine, theirs = network.get_weights(), again.get_weights()
    require(len(mine) == len(theirs) and all(map(np.array_equal, mine, theirs)), f"{event} changes the weights")
    require(input_names(again) == input_names(network), f"{event} changes the names of the inputs")
    if deterministic:
        found, expected = (arrays(call_network(model, batch, training=False)) for model in (again, network))
        require_equal_outputs(found, expected, event)


@contextlib.contextmanager
def _policy(name: str) -> Iterator[None]:
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy(name)
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _check_mixed_precision(build: Callable[[], keras.Model], inputs: Inputs) -> None:
    with _policy("mixed_bfloat16"):
        network = build()
        kind = _main(call_network(network, examples(network, inputs, 3), training=False)).dtype.name
    require(kind == "float32",
            f"under mixed_bfloat16 the output is {kind}, expected float32: give the last layer dtype='float32'")
