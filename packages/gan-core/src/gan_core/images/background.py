"""What lies under transparent pixels: a colour or a checkerboard, and pictures laid over it. Imports no Pillow."""

from __future__ import annotations

import re

import numpy as np

from gan_core.errors import ConfigError, DataError

Color = tuple[int, int, int]
Background = str | Color

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
CHECKER = "checker"
COLORS = {"white": WHITE, "black": BLACK}
CHOICES = "white, black, checker or a colour #rrggbb such as #204060"
GRAYS = (204, 153)  # of the light and the dark squares of a checkerboard
SQUARES = 8  # along each side of a picture that is laid over one
SIDE = 8  # pixels of a square where many pictures share one


def parse_background(background: Background) -> Background:
    """The colour of a name or number; "checker" stays what it is.

    Args:
        background: "white", "black", "checker", "#rrggbb" (hexadecimal), or (red, green, blue) of 0..255.

    Returns:
        (red, green, blue), or "checker".

    Raises:
        ConfigError: none of these.

    Example:
        >>> parse_background("#204060")
        (32, 64, 96)
    """
    if isinstance(background, str):
        word = background.strip().lower()
        if word == CHECKER:
            return CHECKER
        if word in COLORS:
            return COLORS[word]
        if re.fullmatch("#[0-9a-f]{6}", word):
            return int(word[1:3], 16), int(word[3:5], 16), int(word[5:], 16)
    elif len(background) == 3 and all(0 <= part <= 255 and part == int(part) for part in background):
        return int(background[0]), int(background[1]), int(background[2])
    raise ConfigError(f"`background` must be {CHOICES}. Received: background={background!r}.")


def ground(background: Background, height: int, width: int) -> np.ndarray:
    """What a background looks like under a picture: uint8 (height, width, 3), or (1, 1, 3) for a colour.

    A checkerboard has 8 x 8 squares, light gray at the top left, whatever the size of the picture.

    Raises:
        ConfigError: as `parse_background`.
    """
    color = parse_background(background)
    if color != CHECKER:
        return np.array(color, np.uint8).reshape(1, 1, 3)
    return _checkerboard(*(np.arange(pixels) * min(SQUARES, pixels) // pixels for pixels in (height, width)))


def over(pictures: np.ndarray, background: Background = WHITE) -> np.ndarray:
    """Pictures laid over a background: (color · opacity + ground · (255 - opacity)) / 255, rounded.

    Args:
        pictures: uint8 (..., height, width, 4): red, green, blue, opacity (0 invisible, 255 opaque).
        background: as in `parse_background`; each picture lies on one of its own.

    Returns:
        uint8 (..., height, width, 3).

    Raises:
        ConfigError: as `parse_background`.
        DataError: other pictures.

    Example:
        >>> over(np.array([[[10, 20, 30, 51]]], np.uint8)).tolist()
        [[[206, 208, 210]]]
    """
    _check(pictures)
    return _laid_over(pictures, ground(background, *pictures.shape[-3:-1]))


def over_checkerboard(pictures: np.ndarray) -> np.ndarray:
    """Pictures as sheets show them: over squares of 8 pixels in two grays; what has no opacity stays as it is.

    Args:
        pictures: uint8 (..., height, width, channels).

    Returns:
        uint8 (..., height, width, 3), or the pictures themselves if their channels are not 4.
    """
    if pictures.shape[-1] != 4:
        return pictures
    _check(pictures)
    height, width = pictures.shape[-3:-1]
    return _laid_over(pictures, _checkerboard(np.arange(height) // SIDE, np.arange(width) // SIDE))


def hidden_as_white(pictures: np.ndarray) -> np.ndarray:
    """The pictures with white where nothing is visible: no generator shall learn what a file hides there.

    Args:
        pictures: uint8 (..., height, width, 4).

    Returns:
        uint8, the same shape; the pictures themselves if nothing is hidden.
    """
    _check(pictures)
    hidden = pictures[..., 3:] == 0
    return pictures if not hidden.any() else np.concatenate(
        [np.where(hidden, np.uint8(255), pictures[..., :3]), pictures[..., 3:]], axis=-1)


def _check(pictures: np.ndarray) -> None:
    if pictures.ndim < 3 or pictures.shape[-1] != 4 or pictures.dtype != np.uint8:
        raise DataError("pictures with opacity must be uint8 (..., height, width, 4). "
                        f"Received: {pictures.dtype} {pictures.shape}.")


def _laid_over(pictures: np.ndarray, under: np.ndarray) -> np.ndarray:
    # 255 · 255 + 127 is below 2^16.
    weight = pictures[..., 3:].astype(np.uint16)
    return ((pictures[..., :3] * weight + under * (255 - weight) + 127) // 255).astype(np.uint8)


def _checkerboard(rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """uint8 (height, width, 3) from the number of the square that each row and each column of pixels lies in."""
    return np.repeat(np.array(GRAYS, np.uint8)[(rows[:, None] + columns) % 2][..., None], 3, axis=-1)
