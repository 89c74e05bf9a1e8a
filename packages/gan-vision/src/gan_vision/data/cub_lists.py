"""The lists of a raw CUB-200-2011 folder: pictures, parts, classes and boxes, put together by id."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from gan_core.errors import DataError
from gan_core.images.decode import printable

FOLDER = "CUB_200_2011"  # what the archive unpacks to
BOXES, CLASSES, IMAGES, LABELS, PARTS = (
    "bounding_boxes.txt", "classes.txt", "images.txt", "image_class_labels.txt", "train_test_split.txt")
_LAYOUT = f"the folder with images/, {IMAGES}, {PARTS}, {LABELS} and {BOXES}"
_SHOWN = 5


@dataclass(frozen=True)
class Bird:
    """One picture of the lists.

    Args:
        path: of the picture.
        trains: whether it belongs to the training part.
        label: int from 0, its class.
        box: (y0, x0, y1, x1) in pixels, as it stands in the list; None where boxes were not asked for.
        line: int from 1, that of the box in its list; 0 without.
    """

    path: Path
    trains: bool
    label: int
    box: tuple[float, float, float, float] | None = None
    line: int = 0


def cub_folder(root: str | os.PathLike) -> Path:
    """The folder of the lists: `root`, or CUB_200_2011 in it.

    Raises:
        DataError: `root` is no folder, or no list of pictures is in either place.
    """
    root = Path(root)
    if not root.is_dir():
        what = "it is a file" if root.exists() else "no such folder"
        raise DataError(f"cannot read the folder {printable(root)}: {what}. Expected: {_LAYOUT}, as CUB-200-2011 is "
                        "unpacked.")
    for folder in (root, root / FOLDER):
        if (folder / IMAGES).is_file():
            return folder
    raise DataError(f"{printable(root)} has no {IMAGES}, nor has {FOLDER} in it. Expected: {_LAYOUT}, as CUB-200-2011 "
                    "is unpacked. For plain pictures use folder:PATH.")


def read_birds(folder: Path, *, boxes: bool) -> tuple[list[Bird], tuple[str, ...]]:
    """All pictures by ascending id, and the names of the classes by ascending id.

    Lines are matched by their ids, wherever they stand. Without classes.txt classes are called like the folders of
    their pictures.

    Args:
        folder: of the lists.
        boxes: whether bounding_boxes.txt is needed.

    Raises:
        DataError: a list is missing, a line is not what it should be, or an id has no partner in another list.
    """
    images, parts, labels = (_read_list(folder / name, parse, form) for name, parse, form in (
        (IMAGES, _picture, "an id and a path below images/"),
        (PARTS, _part, "an id and 1 (train) or 0 (test)"),
        (LABELS, int, "the id of a picture and the number of its class")))
    areas = _read_list(folder / BOXES, _box, "an id and the numbers x y width height in pixels") if boxes else {}
    for name, other in ((PARTS, parts), (LABELS, labels), *([(BOXES, areas)] if boxes else [])):
        _refuse_lonely(folder / name, other, folder / IMAGES, images)
    numbers = sorted({label for _, label in labels.values()})
    names = _class_names(folder, images, labels, numbers)
    places = {number: place for place, number in enumerate(sorted(names))}
    birds = []
    for key in sorted(images):
        line, box = areas.get(key, (0, None))
        birds.append(Bird(folder / "images" / images[key][1], parts[key][1], places[labels[key][1]], box, line))
    return birds, tuple(names[number] for number in sorted(names))


def _read_list(path: Path, parse: Callable[[str], Any], form: str) -> dict[int, tuple[int, Any]]:
    """Id -> (line from 1, value) of a list whose lines begin with an id."""
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except FileNotFoundError:
        raise DataError(f"{printable(path)} is missing. Expected: {_LAYOUT}. Unpack the archive again, or point at "
                        "the folder that holds it.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"cannot read {printable(path)}: {error}. Expected: a text in UTF-8. Unpack the archive "
                        "again.") from None
    found: dict[int, tuple[int, Any]] = {}
    for line, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            key, value = text.split(maxsplit=1)
            number, parsed = int(key), parse(value.strip())
        except ValueError:
            raise DataError(f"{printable(path)}, line {line}: expected {form}. Found: {text[:80]!r}. Correct or remove "
                            "the line.") from None
        if number in found:
            raise DataError(f"{printable(path)}, line {line}: every id must have one line. Found: {number}, which line "
                            f"{found[number][0]} has too. Remove one.")
        found[number] = line, parsed
    if not found:
        raise DataError(f"{printable(path)} is empty. Expected: lines of {form}. Unpack it again.")
    return found


def _picture(text: str) -> str:
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError(text)
    return text


def _part(text: str) -> bool:
    if text not in ("0", "1"):
        raise ValueError(text)
    return text == "1"


def _box(text: str) -> tuple[float, float, float, float]:
    """(y0, x0, y1, x1) of "x y width height"; what is no area is left to the picture that it is about."""
    x, y, width, height = map(float, text.split())
    return y, x, y + height, x + width


def _refuse_lonely(path: Path, found: Collection[int], images: Path, wanted: Collection[int]) -> None:
    """Both lists must have the same ids."""
    for lonely, has, lacks in ((set(wanted) - set(found), images, path), (set(found) - set(wanted), path, images)):
        if lonely:
            raise DataError(f"every id of {printable(has)} must have a line in {printable(lacks)}. Missing there: "
                            f"{_some(lonely)}. Add the lines, or remove the ids.")


def _some(numbers: Collection[int]) -> str:
    shown = ", ".join(map(str, sorted(numbers)[:_SHOWN]))
    return shown if len(numbers) <= _SHOWN else f"{shown} and {len(numbers) - _SHOWN} more"


def _class_names(folder: Path, images: Mapping[int, tuple[int, str]], labels: Mapping[int, tuple[int, int]],
                 numbers: Collection[int]) -> dict[int, str]:
    """Number of a class -> its name."""
    path = folder / CLASSES
    if path.exists():
        names = {number: name for number, (_, name) in _read_list(
            path, str, "the number of a class and its name").items()}
        if unknown := set(numbers) - set(names):
            raise DataError(f"every class of {printable(folder / LABELS)} must have a line in {printable(path)}. "
                            f"Missing there: {_some(unknown)}. Add the lines, or remove {CLASSES}: classes are then "
                            "called like their folders.")
        return names
    named: dict[int, str] = {}
    for key, (_, number) in labels.items():
        name = PurePosixPath(images[key][1]).parent.name or str(number)
        if named.setdefault(number, name) != name:
            raise DataError(f"without {CLASSES} the pictures of a class must lie in one folder. Found: {name!r} and "
                            f"{named[number]!r} for class {number} of {printable(folder / LABELS)}. Add {CLASSES} with "
                            "the number and the name of every class.")
    return named
