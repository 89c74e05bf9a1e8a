"""The same network for pictures of any size: convolutions do not care, only its inputs say one size."""

from __future__ import annotations

from typing import NamedTuple

import keras

from gan_core.errors import ConfigError


class Steps(NamedTuple):
    """Which sizes a network of halvings takes: multiples of `multiple`, at least `least`, in pixels."""

    multiple: int
    least: int


def any_size(network: keras.Model) -> keras.Model:
    """A copy of a network of convolutions, with the same weights, whose inputs have any height and width.

    Args:
        network: functional, with inputs (batch, height, width, channels) or ids (batch, height, width).

    Raises:
        ConfigError: a layer that needs the size, such as a dense one behind all pixels.
    """
    try:
        copy = type(network).from_config(_freed(network.get_config()))
        copy.set_weights(network.get_weights())
    except (ValueError, TypeError) as error:
        raise ConfigError(f"the network {network.name!r} is for one size only: {str(error).splitlines()[0]}. Translate "
                          "at the size it was trained with.") from error
    return copy


def allowed_sizes(network: keras.Model) -> Steps:
    """How often a network of one size halves its pictures, from its smallest map.

    Args:
        network: functional, with an input "source" of fixed height and width.
    """
    source = next(tensor for tensor in network.inputs if tensor.name == "source")
    height, width = source.shape[1:3]
    rows, columns = zip(*_map_sizes(network), strict=True)
    smallest = min(rows), min(columns)
    multiple = max(height // smallest[0], width // smallest[1])
    # A map of one pixel is what some networks end in; the others cannot mirror its border, nor normalise it.
    return Steps(multiple, multiple if 1 in smallest else 2 * multiple)


def _map_sizes(network: keras.Model) -> list[tuple[int, int]]:
    found = []
    for layer in network.layers:
        if isinstance(layer, keras.Model):
            found += _map_sizes(layer)
        elif hasattr(layer, "output") and getattr(layer.output, "shape", None) and len(layer.output.shape) == 4:
            found.append(layer.output.shape[1:3])
    return found


def _freed(config):
    """A config whose input layers have no height and width any more."""
    if isinstance(config, dict):
        if config.get("class_name") == "InputLayer":
            shape = config["config"]["batch_shape"]
            if len(shape) >= 3:
                free = (shape[0], None, None, *shape[3:])
                return {**config, "config": {**config["config"], "batch_shape": free}}
            return config
        # What a layer was built for would be built again: the sizes in it are those of before.
        return {name: _freed(value) for name, value in config.items() if name != "build_config"}
    return [_freed(value) for value in config] if isinstance(config, list | tuple) else config
