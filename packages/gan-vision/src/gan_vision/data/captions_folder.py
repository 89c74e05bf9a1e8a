"""Folders of pictures with a file of captions."""

from __future__ import annotations

import logging
import os
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath

from gan_core.errors import DataError
from gan_core.images.background import WHITE, Background
from gan_core.images.decode import MAX_PIXELS, printable
from gan_core.images.listing import list_images
from gan_vision.data.captioned_pictures import CaptionedPicture, captioned_examples
from gan_vision.data.captions_file import Description, descriptions, read_captions_file
from gan_vision.data.decoded_files import HELD_OUT
from gan_vision.data.examples import Examples

CAPTIONS_FILES = ("captions.csv", "captions.tsv", "captions.jsonl")
_SHOWN = 5


def load_captions(
    root: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    limit: int | None = None,
    seed: int = 0,
    vectors: str | os.PathLike | None = None,
    memory_limit: int | None = None,
    max_pixels: int = MAX_PIXELS,
) -> Examples:
    """Pictures anywhere below a folder, and what its file captions.csv, captions.tsv or captions.jsonl says about them.

    Args:
        root: the folder. The paths in the file are relative to it; where some begin with train/ and some with val/,
            validation/ or test/, the second are held out.
        size: int or (height, width) in pixels.
        channels: 1, 3 or 4.
        fit: as in `load_images`.
        background: as in `load_images`.
        on_bad: as in `load_images`.
        limit: int, use only so many training pictures.
        seed: int, of `limit` and of a later `split`.
        vectors: .npy file of numbers (captions, size), a row for each caption in the order of the file.
        memory_limit: int, bytes that decoded pictures may take; 1 GiB by default. More are decoded when asked for.
        max_pixels: int, height times width above which a picture is refused.

    Returns:
        Examples with "real", "captions", "text" where there are vectors, and "label" where there are classes. Pictures
        without a caption are left out.

    Raises:
        DataError: no captions file, or one that does not fit the pictures; pictures that `on_bad` does not allow.

    Example:
        >>> load_captions("birds", size=64).gather([0])["captions"]
        [('a small red bird', 'a bird with a short beak')]
    """
    train, held_out = captioned_pictures(root, vectors=vectors)
    return captioned_examples(train, held_out, size=size, channels=channels, fit=fit, on_bad=on_bad, limit=limit,
                              name=f"captions {printable(root)}", seed=seed, memory_limit=memory_limit,
                              max_pixels=max_pixels, background=background)


def captioned_pictures(root: str | os.PathLike, *, vectors: str | os.PathLike | None = None) -> tuple[
        list[CaptionedPicture], list[CaptionedPicture] | None]:
    """The training pictures of a folder and the held-out ones, if there are any: sorted by path, none decoded.

    Args:
        root: as in `load_captions`.
        vectors: as in `load_captions`.

    Raises:
        DataError: no captions file, or one that does not fit the pictures.
    """
    root, listed = Path(root), _by_name(Path(root))
    path = _captions_file(root)
    rows = read_captions_file(path)
    inside = {row.key: _inside(path, row.line, str(row.key)) for row in rows}
    found = descriptions(path, rows, lambda row: inside[row.key], vectors=None if vectors is None else Path(vectors))
    if missing := [name for name in found if name not in listed and not (root / name).is_file()]:
        raise DataError(f"{printable(path)} names {len(missing)} of {len(found)} pictures that are not in "
                        f"{printable(root)}: {_some(missing)}. Paths are relative to the folder of the file. Correct "
                        "them, or take their rows out.")
    if left := [name for name in listed if name not in found]:
        logging.getLogger(__name__).warning("%d of %d pictures of %s have no caption and are left out: %s",
                                            len(left), len(listed), printable(root), _some(left))
    paths = {name: root / name for name in found} | listed  # what has another ending is tried, too
    order = [*(name for name in listed if name in found), *(name for name in found if name not in listed)]
    return _parts({name: _picture(name, paths[name], found[name]) for name in order}, root)


def _by_name(root: Path) -> dict[str, Path]:
    """The picture files by relative path, which is composed: systems differ in how they write accents."""
    return {unicodedata.normalize("NFC", path.relative_to(root).as_posix()): path for path in list_images(root)}


def _captions_file(root: Path) -> Path:
    found = [name for name in CAPTIONS_FILES if (root / name).is_file()]
    if len(found) == 1:
        return root / found[0]
    expected = f"{', '.join(CAPTIONS_FILES[:-1])} or {CAPTIONS_FILES[-1]}"
    if found:
        raise DataError(f"{printable(root)} must hold one file of captions: {expected}. Found: {', '.join(found)}. "
                        "Keep one of them.")
    others = sorted(path.name for path in root.iterdir() if path.suffix.lower() in (".csv", ".tsv", ".jsonl", ".json",
                                                                                     ".txt"))
    raise DataError(f"{printable(root)} has no file of captions. Expected: {expected}, with a row for each picture and "
                    f"the columns file and caption. Found: {_some(others) or 'no other tables'}.")


def _inside(path: Path, line: int, name: str) -> str:
    """The relative path that a row names, as `_by_name` writes it."""
    plain = PurePosixPath(unicodedata.normalize("NFC", name.strip().replace("\\", "/")))
    if plain.is_absolute() or ".." in plain.parts or PureWindowsPath(name.strip()).drive:
        raise DataError(f"{printable(path)}, line {line}: found the path {name!r}; expected one that stays inside the "
                        "folder of the file.")
    return str(plain)


def _picture(name: str, path: Path, said: Description) -> CaptionedPicture:
    return CaptionedPicture(name=name, place=printable(path), encoded=path, captions=said.captions,
                            vectors=said.vectors, class_name=said.class_name)


def _parts(pictures: dict[str, CaptionedPicture], root: Path) -> tuple[
        list[CaptionedPicture], list[CaptionedPicture] | None]:
    """Training and held-out pictures, by the first folder of their paths."""
    folders = {name: PurePosixPath(name).parts[0] for name in pictures}
    held = next((part for part in HELD_OUT if part in folders.values()), None)
    if held is None or "train" not in folders.values():
        return list(pictures.values()), None
    if others := [name for name, folder in folders.items() if folder not in ("train", *HELD_OUT)]:
        logging.getLogger(__name__).warning("%d pictures of %s lie neither in train/ nor in %s/ and are left out: %s",
                                            len(others), printable(root), held, _some(others))
    return tuple([pictures[name] for name, folder in folders.items() if folder == part]
                 for part in ("train", held))  # type: ignore[return-value]


def _some(names: list[str]) -> str:
    return ", ".join(map(printable, names[:_SHOWN])) + (", ..." if len(names) > _SHOWN else "")
