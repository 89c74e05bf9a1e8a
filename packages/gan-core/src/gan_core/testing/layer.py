"""The contract of layers."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from gan_core.game.batch import call_network
from gan_core.testing.examples import Inputs, Shape, as_json, dense, examples, random_projection, require
from gan_core.testing.network import check_network


def check_layer(build: Callable[[], keras.layers.Layer], *, inputs: Shape | Inputs, output: Sequence[int | None],
                counts: tuple[int, int] | None = None, gradient_reaches_all: bool = True,
                exempt: Sequence[str] = (), deterministic: bool = True) -> keras.layers.Layer:
    """Check that a layer is registered, keeps its arguments, makes variables late, and works inside a network.

    Args:
        build: makes the layer anew at every call.
        inputs: shape of one example, or name -> shape in the order of `call`'s arguments.
        output: shape of one output; None for a free axis.
        counts: (trainable, non-trainable) numbers of parameters, exact.
        gradient_reaches_all: whether every trainable weight must get a gradient; every input must in any case.
        exempt: parts of weight paths that need no gradient.
        deterministic: False for layers whose inference is random.

    Returns:
        The layer of the first build, not yet used.

    Raises:
        AssertionError: a contract is broken.

    Example:
        >>> check_layer(lambda: PixelNorm(), inputs=(4, 4, 8), output=(4, 4, 8), counts=(0, 0))
    """
    layer = build()
    kind = type(layer)
    require(not layer.weights, f"{kind.__name__} makes variables before `build`")
    _check_registration(kind)
    config = as_json(layer.get_config(), f"the config of {kind.__name__}")
    lost = [name for name in _arguments(kind) if name not in config]
    require(not lost, f"`get_config` of {kind.__name__} lacks the arguments {lost}")
    again = as_json(kind.from_config(layer.get_config()).get_config(), f"the config of {kind.__name__}")
    require(again == config, f"{kind.__name__} changes in a config round trip: {config} became {again}")

    shapes = inputs if isinstance(inputs, Mapping) else {"sample": inputs}

    def build_network():
        tensors = [keras.Input(shape, name=name) for name, shape in shapes.items()]
        return keras.Model(tensors, build()(*tensors))

    network = check_network(build_network, inputs=shapes, output=output, counts=counts, exempt=exempt,
                            gradient_reaches_all=gradient_reaches_all, deterministic=deterministic,
                            mixed_precision=False)
    batch = examples(network, shapes, 7)
    with tf.GradientTape() as tape:
        tape.watch(list(batch.values()))
        loss = random_projection(call_network(network, batch, training=True))
    for name, gradient in tape.gradient(loss, batch).items():
        require(gradient is not None and bool(np.isfinite(dense(gradient)).all()),
                f"no finite gradient reaches the input `{name}` of {kind.__name__}")
    return layer


def _arguments(kind: type) -> list[str]:
    """The named arguments of the constructor; none for layers of Keras, whose own constructors keep some back."""
    if kind.__init__.__module__.split(".")[0] == "keras":
        return []
    return [parameter.name for parameter in inspect.signature(kind.__init__).parameters.values()
            if parameter.name != "self"
            and parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)]


def _check_registration(kind: type) -> None:
    if kind.__module__.split(".")[0] == "keras":
        return
    package, _, rest = keras.saving.get_registered_name(kind).partition(">")
    home = kind.__module__.split(".")[0]
    require(bool(rest), f"{kind.__name__} is not registered; decorate it with "
                        f"@keras.saving.register_keras_serializable(package={home!r})")
    require(not home.startswith("gan_") or package == home,
            f"{kind.__name__} is registered under {package!r}, expected {home!r}")
