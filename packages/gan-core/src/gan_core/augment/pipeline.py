"""All random lines of ADA in their order, at a given probability (Karras et al. 2020, 2006.06676, appendix B)."""

from __future__ import annotations

from collections.abc import Sequence

import tensorflow as tf

from gan_core.augment.base import Maps
from gan_core.augment.color import COLOR, apply_color, check_channels, color_matrix
from gan_core.augment.corruption import CORRUPTION
from gan_core.augment.filter import BANDS, apply_filter, band_gains
from gan_core.augment.geometry import BLIT, GEOM, GEOMETRIC, geometric_matrix, keras_example_matrix
from gan_core.augment.value_range import ValueRange
from gan_core.augment.warp import warp
from gan_core.errors import choose
from gan_core.random import Stream

_CATEGORIES = {
    "blit": tuple(BLIT), "geom": tuple(GEOM), "color": tuple(COLOR), "filter": BANDS,
    "noise": ("noise",), "cutout": ("cutout",),
}
_LETTERS = dict(zip("bgcfn", ("blit", "geom", "color", "filter", "noise"), strict=True))
#: Every line by name, in the order in which they are applied.
LINES = tuple(line for lines in _CATEGORIES.values() for line in lines)
#: Sets of lines by name. "bgc" is the paper's choice; "keras_example" is the Keras ADA example's own augmentation.
PRESETS = {
    **_CATEGORIES,
    **{
        name: tuple(line for letter in name for line in _CATEGORIES[_LETTERS[letter]])
        for name in ("bg", "bgc", "bgcf", "bgcfn")
    },
    "bgcfnc": LINES,
    "keras_example": ("keras_example",),
}


class Pipeline:
    """Random transformations of images, each line drawn per image and independently of the others.

    Args:
        transforms: a name of `PRESETS`, or names of `LINES` (in any order; they act in the paper's order).
        value_range: (low, high), the values of black and white in the images.
        resample: "bilinear" (identity and flips exact) or "antialiased" (the paper's; see `warp`).

    An image to which no line was applied is returned bit for bit. Of images with four channels the last is opacity:
    colour lines leave it alone, bit for bit, and all others treat it like a colour. The preset "keras_example" applies
    flip, shift, rotation and zoom all together or not at all, with the edge pixel repeated in the surroundings.

    Raises:
        ConfigError: an unknown name, or a range that is not one.

    Example:
        >>> images = tf.random.stateless_uniform((2, 8, 8, 3), (0, 0), -1.0, 1.0)
        >>> Pipeline("bgc")(images, 0.5, Stream(seed=0, step=0)).shape
        TensorShape([2, 8, 8, 3])
    """

    def __init__(self, transforms: str | Sequence[str] = "bgc", *, value_range=(-1.0, 1.0), resample: str = "bilinear"):
        if isinstance(transforms, str):
            self.lines = choose("`transforms`", transforms, PRESETS)
        else:
            self.lines = tuple(choose("line of `transforms`", line, dict.fromkeys(LINES, line)) for line in transforms)
        self.value_range = ValueRange.parse(value_range)
        self.resample = choose("`resample`", resample, {name: name for name in ("bilinear", "antialiased")})
        stages = ((("keras_example",), self._keras_example), (GEOMETRIC, self._geometric), (COLOR, self._color),
                  (BANDS, self._filter), (CORRUPTION, self._corrupt))
        self._stages = [stage for lines, stage in stages if any(line in self.lines for line in lines)]

    def __call__(self, samples: tf.Tensor, probability, stream: Stream) -> tf.Tensor:
        """Transform images.

        Args:
            samples: float32 (batch, height, width, channels) in `value_range`.
            probability: float or scalar tensor in [0, 1], of each line.
            stream: the random numbers of this call.

        Returns:
            float32, the shape of `samples`, not clipped.

        Raises:
            ConfigError: colour lines on images with neither one, three nor four channels.
        """
        return self.pair(samples, {}, probability, stream)[0]

    def pair(self, samples: tf.Tensor, maps: Maps, probability, stream: Stream) -> tuple[tf.Tensor, Maps]:
        """Transform images, and move what lies on them by the same geometry.

        Args:
            samples: as in `__call__`.
            maps: name -> `MovingMap` of the images' height and width.
            probability: as in `__call__`.
            stream: as in `__call__`.
        """
        probability = tf.cast(probability, tf.float32)
        images = self.value_range.to_signed(samples)
        touched = faded = tf.zeros(tf.shape(samples)[:1], tf.bool)
        for stage in self._stages:
            images, maps, changed = stage(images, maps, probability, stream)
            touched |= changed
            faded |= changed & (stage != self._color)
        # Neutral draws and the value range round: an image that no line changed stays as it was.
        result = _select(touched, self.value_range.from_signed(images), samples)
        if samples.shape[-1] == 4:  # and so does opacity that nothing but colour came near
            result = tf.concat([result[..., :3], _select(faded, result[..., 3:], samples[..., 3:])], axis=-1)
        return result, maps

    # Each stage: images in [-1, 1] and maps -> both transformed, and bool (batch,) which images it changed.

    def _keras_example(self, images, maps, probability, stream):
        return self._warped(images, maps, keras_example_matrix(probability, stream, tf.shape(images)), "symmetric")

    def _geometric(self, images, maps, probability, stream):
        return self._warped(images, maps, geometric_matrix(self.lines, probability, stream, tf.shape(images)),
                            "reflect101")

    def _warped(self, images, maps, matrix, mode):
        moved = {name: moving._replace(values=warp(
            moving.values, matrix, mode=mode, resample="nearest" if moving.nearest else self.resample))
            for name, moving in maps.items()}
        return warp(images, matrix, mode=mode, resample=self.resample), moved, _differs(matrix, tf.eye(3))

    def _color(self, images, maps, probability, stream):
        check_channels(images.shape[-1])
        matrix = color_matrix(self.lines, probability, stream, tf.shape(images)[0], images.shape[-1])
        return apply_color(images, matrix), maps, _differs(matrix, tf.eye(4))

    def _filter(self, images, maps, probability, stream):
        gains = band_gains(self.lines, probability, stream, tf.shape(images)[0])
        return apply_filter(images, gains), maps, _differs(gains, 1.0)

    def _corrupt(self, images, maps, probability, stream):
        count = tf.shape(images)[:1]
        touched = tf.zeros(count, tf.bool)
        for line, corrupt in CORRUPTION.items():
            if line in self.lines:
                draws = stream.scoped(line)
                changed = draws.chance(count, "apply", probability)
                images = _select(changed, corrupt(images, draws), images)
                touched |= changed
        return images, maps, touched


def _select(which, new, old):
    return tf.where(tf.reshape(which, (-1, 1, 1, 1)), new, old)


def _differs(drawn, neutral):
    """For each image, whether it drew anything but the neutral element."""
    return tf.reduce_any(tf.reshape(drawn != neutral, (tf.shape(drawn)[0], -1)), axis=1)
