"""Pairs of pictures: what a translation reads, "source", and what it shall make of it, "real"."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.images.decode import (
    MAX_PIXELS,
    ImageError,
    check_channels,
    convert_channels,
    decode_image,
    printable,
)
from gan_core.images.listing import list_images
from gan_core.images.resize import FITS, image_size
from gan_vision.data.decoded_files import Files, examples_of_files, partners, parts_of
from gan_vision.data.examples import Examples
from gan_vision.data.fields.photo import Photo

DIRECTIONS = {"AtoB": (0, 1), "BtoA": (1, 0)}  # which of A and B is read, which is made


def load_pairs(
    root: str | os.PathLike,
    *,
    layout: str,
    size: int | tuple[int, int],
    direction: str = "AtoB",
    channels: int = 3,
    source_channels: int = 3,
    fit: str = "center_crop",
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Pairs from a folder: decoded at once if they fit into memory, else each when it is asked for.

    Args:
        root: for "aligned" a folder of pictures, each with A as its left half and B as its right; for "split" a folder
            with the folders A and B, in which partners have equal names without their endings. Where there are folders
            train and val (or validation, or test), the second is held out: root/train; root/A/train and root/B/train;
            or root/train_A and root/train_B.
        layout: "aligned" or "split".
        size: int or (height, width) in pixels, of both pictures.
        direction: "AtoB" reads A and makes B, "BtoA" the other way.
        channels: 1 or 3, of what is made.
        source_channels: 1 or 3, of what is read.
        fit: "center_crop", "stretch" or "pad", as in `resize_image`; the same for both.
        on_bad: "error" lists the pairs that cannot be used and stops; "skip" leaves them out, up to 10 %.
        limit: int, use only so many training pairs.
        seed: int, of `limit`.
        memory_limit: int, bytes that decoded pairs may take, 1 GiB by default. Above it only headers are read here.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with the photos "source" and "real", uint8.

    Raises:
        ConfigError: an unknown option.
        DataError: no pictures; some without a partner (up to five are named, nothing is paired by position); two of one
            name; or pairs that `on_bad` does not allow: an odd width, two sizes, an unreadable file.

    Example:
        >>> pairs = load_pairs("facades", layout="aligned", size=256, direction="BtoA")
        >>> train, validation = pairs.split()
    """
    find = choose("layout", layout, LAYOUTS)
    reads, makes = choose("direction", direction, DIRECTIONS)
    for count in (channels, source_channels):
        check_channels(count)
    pixels = image_size(size)
    choose("fit", fit, FITS)
    fields = {"source": Photo(source_channels), "real": Photo(channels)}

    def decode(paths: tuple[Path, ...]) -> dict[str, np.ndarray]:
        sides = _decoded(paths, max_pixels)
        return {name: kind.resized(convert_channels(sides[side], kind.channels), pixels, fit=fit)
                for (name, kind), side in zip(fields.items(), (reads, makes), strict=True)}

    train, held_out = find(Path(root))
    return examples_of_files(train, held_out, fields, decode, _check_sizes, size=pixels,
                             name=f"{layout} {printable(root)}", on_bad=on_bad, limit=limit, seed=seed,
                             memory_limit=memory_limit, max_pixels=max_pixels)


# -------------------------------------------------------------------------------------------- where the files are


def _aligned(root: Path) -> tuple[Files, Files | None]:
    train, held_out = parts_of(lambda part: (root / part,))
    halves = [[(path,) for path in list_images(*folders)] for folders in (train, held_out) if folders is not None]
    return halves[0], halves[1] if len(halves) > 1 else None


def _split(root: Path) -> tuple[Files, Files | None]:
    if (root / "train_A").is_dir() and (root / "train_B").is_dir():
        train, held_out = parts_of(lambda part: (root / f"{part}_A", root / f"{part}_B"))
    elif (root / "A").is_dir() and (root / "B").is_dir():
        train, held_out = parts_of(lambda part: (root / "A" / part, root / "B" / part))
    else:
        folders = sorted(path.name for path in root.iterdir() if path.is_dir()) if root.is_dir() else []
        found = ", ".join(map(printable, folders[:10])) or ("no folders" if root.is_dir() else "no such folder")
        raise DataError(f"pairs need two folders in {printable(root)}. Expected: A and B, or train_A and train_B. "
                        f"Found: {found}. Put what is read into A and what shall be made into B, with equal names.")
    found = [partners(dict(zip("AB", folders, strict=True))) for folders in (train, held_out) if folders is not None]
    return found[0], found[1] if len(found) > 1 else None


LAYOUTS = {"aligned": _aligned, "split": _split}


# -------------------------------------------------------------------------------------------- what is in them


def _decoded(paths: tuple[Path, ...], max_pixels: int) -> list[np.ndarray]:
    """A and B, uint8 (height, width, 3)."""
    pictures = [decode_image(path, max_pixels=max_pixels) for path in paths]
    _check_sizes(paths, [picture.shape[:2] for picture in pictures])
    return np.split(pictures[0], 2, axis=1) if len(paths) == 1 else pictures


def _check_sizes(paths: tuple[Path, ...], sizes: Sequence[tuple[int, ...]]) -> None:
    if len(paths) == 2 and sizes[0] != sizes[1]:
        found = " and ".join(f"{width} x {height}" for height, width in sizes)
        raise ImageError(" and ".join(map(printable, paths)), f"found {found} pixels; expected one size. Resize one.")
    if len(paths) == 1 and sizes[0][1] % 2:
        height, width = sizes[0]
        raise ImageError(printable(paths[0]), f"found {width} x {height} pixels; expected an even width, A on the left "
                                              "and B on the right. Cut it anew, or remove it.")
