"""Pictures from pictures of any size, aspect and mode, by a trained generator."""

from __future__ import annotations

import contextlib
import dataclasses
import math
import os
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gan_core.errors import ConfigError, DataError
from gan_core.images.decode import convert_channels, decode_image
from gan_core.images.resize import resize_image
from gan_core.images.sheet import to_uint8
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.label_map import LabelMap
from gan_vision.data.fields.nearest import resize_nearest
from gan_vision.data.fields.photo import Photo
from gan_vision.data.made_pairs import source_of
from gan_vision.data.preparation import Preparation
from gan_vision.data.translation_sources import joined_fields

if TYPE_CHECKING:
    import keras

    from gan_vision.translation.styles import Styles

VALUE_RANGE = (-1.0, 1.0)
Size = tuple[int, int]
Maps = Mapping[str, np.ndarray]  # field -> uint8 (h, w, channels), or ids (h, w)


@dataclasses.dataclass(frozen=True)
class Fitted:
    """A picture on its way: what the network reads, and what becomes of what it makes.

    Args:
        maps: field -> values of one size that the network takes.
        inner: (top, left, height, width) of the picture in it.
        size: (height, width) that the result shall have.
    """

    maps: Maps
    inner: tuple[int, int, int, int]
    size: Size

    @property
    def outer(self) -> Size:
        """(height, width) of what the network reads."""
        height, width = next(iter(self.maps.values())).shape[:2]
        return height, width


class Translator:
    """A generator that makes pictures from pictures.

    Each is normalised by its own statistics, or by stored ones, and noise is drawn from the seed alone: a picture comes
    out the same alone and among others, up to rounding.

    Args:
        network: the generator as it samples (`GAN.standalone_generator()`), with an input "source" of the size it was
            trained with.
        conditions: field -> kind of what it reads; by default a photo of as many channels as the network wants.
        fit: how training fitted pictures: "center_crop" brings the shorter side to the size of training and keeps the
            rest, too; "stretch" brings both; "pad" the longer one, and lays the picture on white.
        native: bool; True keeps every picture at its own size.
        kind: of made sources ("edges", "gray", "small", "hole", "silhouette"), where the run was trained on such.
            "small" enlarges what it is given, and keeps that size.
        factor: of "small".
        styles: of the objects, for a network with an encoder of features.

    Raises:
        ConfigError: a network without an input "source".

    Example:
        >>> translate = Translator.load("runs/00000-pix2pix-facades/generator-best.keras")
        >>> picture = translate("drawing.png")      # uint8 (height, width, 3), the size of the drawing
    """

    def __init__(self, network: keras.Model, *, conditions: Mapping[str, Kind] | None = None, fit: str = "center_crop",
                 native: bool = False, kind: str | None = None, factor: int = 4, styles: Styles | None = None):
        from gan_core.game.sampling import TracedNetwork
        from gan_vision.translation.any_size import allowed_sizes, any_size

        shapes = {tensor.name: tensor.shape for tensor in network.inputs}
        if "source" not in shapes or len(shapes["source"]) != 4:
            raise ConfigError("a translation reads `source`, pictures (batch, height, width, channels). Received: a "
                              f"network with the inputs {', '.join(shapes)}. Use the generator of a translation run.")
        _, height, width, channels = shapes["source"]
        self.size: Size = (height, width)
        self.conditions: dict[str, Kind] = {"source": _photo(channels)} if conditions is None else dict(conditions)
        self.fit, self.native, self.kind = fit, native or kind == "small", kind
        self.factor, self.styles = factor, styles
        self.steps = allowed_sizes(network)
        self.reads_seeds = "seeds" in shapes
        self._prepare = Preparation(self.conditions, VALUE_RANGE, (), joined_fields(self.conditions))
        self._forward = TracedNetwork(any_size(network))

    @classmethod
    def load(cls, path: Path | str, **options) -> Translator:
        """The translator of a saved generator, such as the `generator-best.keras` of a run folder.

        Args:
            path: a `.keras` file.
            **options: of `Translator`; what only the run knows (`kind`, label maps) must be said here:
                `run.translator()` knows it.

        Raises:
            DataError, ConfigError: no such file, or no translation.
        """
        from gan_core.model_files import load_network

        return cls(load_network(path), **options)

    def __call__(self, picture: str | os.PathLike | np.ndarray | Maps, *, seed: int = 0) -> np.ndarray:
        """One picture.

        Args:
            picture: a file; uint8 (height, width, 1 or 3); or the maps of a network that reads several.
            seed: of the noise.

        Returns:
            uint8 (height, width, channels), as large as what was given ("small": larger by the factor).
        """
        return self.batch([self.fitted(self.read(picture))], seed=seed)[0]

    def read(self, picture: str | os.PathLike | np.ndarray | Maps) -> dict[str, np.ndarray]:
        """The maps of one picture, as the network wants them, at their own size.

        Raises:
            DataError: an unreadable file.
            ConfigError: maps that are missing.
        """
        if isinstance(picture, Mapping):
            given: dict[str, Any] = dict(picture)
        elif isinstance(picture, np.ndarray):
            given = {"source": picture}
        else:
            given = {"source": decode_image(picture)}
        if missing := sorted(set(self.conditions) - set(given)):
            raise ConfigError(f"this translation reads {', '.join(self.conditions)}. Missing: {', '.join(missing)}. "
                              "Give maps of equal height and width by these names.")
        maps = {}
        for name, kind in self.conditions.items():
            value = np.asarray(given[name])
            if isinstance(kind, Photo):
                value = value if value.ndim == 3 else value[..., None]
                if value.dtype != np.uint8 or value.shape[-1] not in (1, 3):
                    raise DataError(f"`{name}` must be uint8 (height, width, 1 or 3). Received: {value.dtype} "
                                    f"{value.shape}.")
                value = convert_channels(value, kind.channels)
            elif isinstance(kind, LabelMap) and (found := kind.unknown(value)):
                raise DataError(f"`{name}`: {found}. The network was trained with other classes.")
            maps[name] = value
        if len({value.shape[:2] for value in maps.values()}) > 1:
            raise DataError("the maps of a picture must have one size. Received: "
                            f"{', '.join(f'{name} {value.shape[:2]}' for name, value in maps.items())}.")
        return maps

    def fitted(self, maps: Maps, *, make_source: bool = False) -> Fitted:
        """Maps at a size that the network takes.

        Args:
            maps: as `read` gives them.
            make_source: whether "source" is a plain picture, of which the source is yet to be made as in training.
        """
        height, width = next(iter(maps.values())).shape[:2]
        size = (height, width)
        if self.kind == "small" and not make_source:
            size = (height * self.factor, width * self.factor)
        scaled = {name: self._resized(name, value, self._scaled(size)) for name, value in maps.items()}
        if make_source and self.kind not in (None, "silhouette"):
            scaled["source"] = _one_of(source_of(scaled["source"], str(self.kind), factor=self.factor),
                                       self.conditions["source"])
        inner = next(iter(scaled.values())).shape[:2]
        top, left = 0, 0
        if self.fit == "pad" and not self.native:  # on white, as training did, in the middle of the size of training
            outer = tuple(max(side, self.size[axis]) for axis, side in enumerate(inner))
            top, left = ((outer[axis] - inner[axis]) // 2 for axis in (0, 1))
            scaled = {name: self._on_background(name, value, outer, (top, left)) for name, value in scaled.items()}
        grown = {name: _mirrored(value, [_next(side, self.steps) for side in value.shape[:2]])
                 for name, value in scaled.items()}
        return Fitted(grown, (top, left, *inner), size)

    def batch(self, pictures: Sequence[Fitted], *, seed: int = 0) -> list[np.ndarray]:
        """The pictures made from fitted ones of one size.

        Args:
            pictures: whose `outer` is equal.
            seed: of the noise, the same for each.
        """
        from gan_core.game.per_sample import equal_seeds

        maps = {name: np.stack([picture.maps[name] for picture in pictures]) for name in self.conditions}
        inputs = {name: np.asarray(value) for name, value in self._prepare(maps).items()}
        if self.styles is not None:
            features = np.stack([self.styles.drawn(picture.maps, seed=seed) for picture in pictures])
            inputs["source"] = np.concatenate([inputs["source"], features], axis=-1)
        inputs = {"source": inputs["source"]}
        if self.reads_seeds:
            inputs["seeds"] = equal_seeds(len(pictures), seed, "translate")
        with _without_remapping():
            made = to_uint8(self._forward(inputs), VALUE_RANGE)
        return [_restored(image, picture) for image, picture in zip(made, pictures, strict=True)]

    # -------------------------------------------------------------------------------------------- sizes

    def _scaled(self, size: Size) -> Size:
        """What a picture is resized to before the network reads it."""
        if self.native:
            return size
        if self.fit == "stretch":
            return self.size
        scales = [mine / side for mine, side in zip(self.size, size, strict=True)]
        scale = max(scales) if self.fit == "center_crop" else min(scales)
        height, width = (max(1, round(side * scale)) for side in size)
        return height, width

    def _resized(self, name: str, value: np.ndarray, size: Size) -> np.ndarray:
        if value.ndim == 3:
            return resize_image(np.ascontiguousarray(value), size, fit="stretch")
        return resize_nearest(value, size, fit="stretch")

    def _on_background(self, name: str, value: np.ndarray, size: Sequence[int], corner: Size) -> np.ndarray:
        kind = self.conditions[name]
        outside = 255 if isinstance(kind, Photo) else (kind.ignore[0] if isinstance(kind, LabelMap) and kind.ignore
                                                       else 0)
        canvas = np.full((*size, *value.shape[2:]), outside, value.dtype)
        top, left = corner
        canvas[top:top + value.shape[0], left:left + value.shape[1]] = value
        return canvas


@contextlib.contextmanager
def _without_remapping() -> Iterator[None]:
    """TensorFlow's remapper stumbles over graphs of any size that have skip connections, and prints an error."""
    import tensorflow as tf

    before = tf.config.optimizer.get_experimental_options().get("remapping", True)
    tf.config.optimizer.set_experimental_options({"remapping": False})
    try:
        yield
    finally:
        tf.config.optimizer.set_experimental_options({"remapping": before})


def _photo(channels: int) -> Photo:
    if channels not in (1, 3):
        raise ConfigError(f"this network reads {channels} channels, which are no photo. Say what they are with "
                          "`conditions`, or open the run: gan_vision.open_run(RUN).translator().")
    return Photo(channels)


def _one_of(picture: np.ndarray, kind: Kind) -> np.ndarray:
    return convert_channels(picture, kind.channels) if isinstance(kind, Photo) else picture


def _next(side: int, steps) -> int:
    """The next side that the network takes."""
    return max(steps.least, math.ceil(side / steps.multiple) * steps.multiple)


def _mirrored(value: np.ndarray, size: Sequence[int]) -> np.ndarray:
    """Grown to `size` at the bottom and the right, by reflection: a border of another kind would be seen."""
    missing = [(0, wanted - had) for wanted, had in zip(size, value.shape[:2], strict=True)]
    if not any(after for _, after in missing):
        return value
    return np.pad(value, missing + [(0, 0)] * (value.ndim - 2), mode="reflect")


def _restored(image: np.ndarray, picture: Fitted) -> np.ndarray:
    top, left, height, width = picture.inner
    cut = np.ascontiguousarray(image[top:top + height, left:left + width])
    return resize_image(cut, picture.size, fit="stretch")
