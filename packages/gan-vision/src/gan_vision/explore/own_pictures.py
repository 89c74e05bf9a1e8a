"""Pictures of one's own, fitted to what a run's generator makes; and the inputs that were asked for beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.errors import DataError
from gan_core.images.decode import decode_image, printable
from gan_core.images.listing import list_images
from gan_core.images.resize import resize_image
from gan_vision.explore.anchors import asked_label, label_names, reads_text, require_captions
from gan_vision.image_run import ImageRun


def picture_shape(run: ImageRun) -> tuple[int, int, int]:
    """(height, width, channels) of the pictures that a run's generator makes."""
    height, width, channels = run.gan.sampler.output_shape[1:]
    return int(height), int(width), int(channels)


def list_pictures(source: Path) -> list[Path]:
    """The file, or every picture of the folder, sorted by name.

    Raises:
        DataError: no such file or folder, or no pictures.
    """
    source = Path(source).expanduser()
    if source.is_dir():
        return list_images(source)
    if not source.exists():
        raise DataError(f"{printable(source)}: no such file or folder. Give a picture, or a folder of pictures.")
    return [source]


def read_pictures(paths: Sequence[Path], run: ImageRun, shape: tuple[int, int, int] | None = None) -> np.ndarray:
    """Pictures of any size and mode as a run's data are, fitted as they were.

    Args:
        paths: of the files.
        run: as `open_for` gives it.
        shape: (height, width, channels); by default those that the generator makes.

    Returns:
        uint8 (n, height, width, channels).

    Raises:
        DataError: a file that cannot be read; the message names it.

    Example:
        >>> images = read_pictures(list_pictures(Path("holiday")), run)
    """
    height, width, channels = shape or picture_shape(run)
    under = run.config.background
    return np.stack([resize_image(decode_image(path, channels=channels, background=under), (height, width),
                                  fit=run.config.fit, background=under) for path in paths])


def in_range(images: np.ndarray, value_range: tuple[float, float]) -> np.ndarray:
    """Bytes as float32 in the generator's range: 0 becomes low, 255 high."""
    low, high = value_range
    return (low + images.astype(np.float32) * ((high - low) / 255)).astype(np.float32)


def asked_inputs(run: ImageRun, count: int, *, seed: int = 0, label: str | None = None,
                 text: str | None = None) -> dict[str, np.ndarray]:
    """What the generator reads for the pictures of `sample` with the same options.

    Args:
        run: as `open_for` gives it.
        count: int >= 1.
        seed: of the noise.
        label: the class of all, by name or number, or their attributes joined by "+"; the usual ones by default.
        text: the caption of all, for runs that read captions.

    Returns:
        name -> array (count, ...).

    Raises:
        ConfigError: a caption for a run that reads none, or as `run.inputs`.
    """
    wanted = None if label is None else asked_label(run, label)
    if text is None:
        return run.inputs(count, seed=seed, label=wanted)
    require_captions(run)
    return run.inputs(count, seed=seed, label=wanted, text=[text] * count)


def names_of(run: Any, inputs: Mapping[str, np.ndarray], text: str | None = None) -> list[str]:
    """The label or caption of each of `asked_inputs`; "" where the generator reads none."""
    count = len(inputs["latent"])
    if reads_text(run):
        return run.texts(count, text)
    return list(label_names(run, dict(inputs)) or [""] * count)


def conditions_of(inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """What inputs hold beside the noise."""
    return {name: values for name, values in inputs.items() if name != "latent"}
