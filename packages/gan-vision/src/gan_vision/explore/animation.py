"""Pictures one after the other in one file. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_core.errors import ConfigError
from gan_core.files import whole_file
from gan_core.images.background import over_checkerboard
from gan_core.images.sheet import check_suffix

ANIMATION = ".gif"
FASTEST = 50  # frames per second: viewers show a GIF with shorter pauses slowly
COLORS = 256  # of a GIF's frame


def save_animation(path: str | Path, frames: np.ndarray, *, fps: float = 12.0, scale: int = 1) -> Path:
    """Write frames as a GIF that begins again and again, and appears complete or not at all.

    Each frame has a palette of its own, chosen for it, so that gray frames are exact. A GIF counts in hundredths of a
    second: 12 frames per second become 12.5. Equal frames in a row become one that stays longer.

    Args:
        path: ending in .gif.
        frames: uint8 (n, height, width, 1, 3 or 4), n >= 1; with opacity they are laid over a checkerboard.
        fps: frames per second, above 0 and at most 50.
        scale: int >= 1, every pixel becomes scale x scale pixels.

    Raises:
        ConfigError: another ending or rate.
    """
    from PIL import Image

    path = check_suffix(Path(path), (ANIMATION,))
    milliseconds = 10 * round(100 / check_fps(fps))
    pictures = []
    for frame in map(over_checkerboard, frames):
        picture = Image.fromarray(frame[..., 0] if frame.shape[-1] == 1 else frame)
        if picture.mode == "RGB":  # dither would flicker from frame to frame
            picture = picture.quantize(COLORS, dither=Image.Dither.NONE)
        pictures.append(picture.resize((scale * picture.width, scale * picture.height), Image.Resampling.NEAREST))
    with whole_file(path) as file:
        pictures[0].save(file, format="GIF", save_all=True, append_images=pictures[1:], loop=0, duration=milliseconds)
    return path


def check_fps(fps: float) -> float:
    """The rate, if a GIF can have it.

    Raises:
        ConfigError: it is not above 0, or above 50.
    """
    if not 0 < fps <= FASTEST:
        raise ConfigError(f"`fps` must be above 0 and at most {FASTEST}. Received: fps={fps}.")
    return fps
