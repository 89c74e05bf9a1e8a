"""The raw folder of CUB-200-2011: 11,788 birds of 200 species with boxes (Wah et al. 2011).

It needs no further library, where TensorFlow Datasets needs OpenCV to prepare the same pictures.
"""

from __future__ import annotations

import hashlib
import os

import numpy as np

from gan_core.errors import ConfigError, DataError, choose
from gan_core.images.background import WHITE, Background, parse_background
from gan_core.images.decode import check_channels, decode_image, printable
from gan_core.images.resize import image_size, resize_image
from gan_core.progress import track
from gan_vision.data.box_crop import BBOX, SQUARES, check_square, cut_to_box, resizing
from gan_vision.data.cub_lists import BOXES, PARTS, Bird, cub_folder, read_birds
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo
from gan_vision.data.rejects import Reject, apply_policy, decode_all
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.storage import Filled, store_examples


def load_cub(
    root: str | os.PathLike,
    *,
    size: int | tuple[int, int],
    channels: int | None = 3,
    fit: str = "center_crop",
    background: Background = WHITE,
    on_bad: str = "error",
    validation: float = 0.1,
    limit: int | None = None,
    seed: int = 0,
    crop: str | int | None = BBOX,
    square: str = "stretch",
    cache: str | os.PathLike | None = None,
    memory_limit: int | None = None,
) -> Examples:
    """The birds of CUB-200-2011, or any pictures that are listed like them; options as in `load_images`.

    Args:
        root: the folder that holds images/, images.txt (id path), train_test_split.txt (id, 1 for train),
            image_class_labels.txt (id class), bounding_boxes.txt (id x y width height in pixels, for `crop`) and
            perhaps classes.txt (class name); or the one that CUB_200_2011/ lies in.
        size: int or (height, width), pixels.
        channels: 3 for RGB, 1 for gray, 4 for RGB with opacity; None is 3.
        fit: as in `load_images`; a crop that is stretched to its square needs none.
        background: as in `load_images`.
        on_bad: of pictures that are missing or damaged, and of boxes that are empty or outside of their pictures.
        validation: 0 reads the training pictures alone.
        limit: int, use only so many training pictures, and so many held-out ones.
        seed: int, of `limit`.
        crop: "bbox" cuts pictures to their boxes, see `crop_window`; None leaves them whole.
        square: "stretch" or "shrink", what becomes of crops that are no squares.
        cache: as in `load_images`.
        memory_limit: as in `load_images`.

    Returns:
        Examples whose "real" is uint8 (n, height, width, channels), labelled by their classes; `held_out` are the
        pictures of the test part, if there are any.

    Raises:
        ConfigError: unknown options.
        DataError: a list is missing or wrong, no picture is for training, or rejects that `on_bad` does not allow.

    Example:
        >>> load_cub("CUB_200_2011", size=64).images.shape
        (5994, 64, 64, 3)
    """
    channels = 3 if channels is None else channels
    check_channels(channels, opacity=True)
    under = parse_background(background)
    if crop not in (BBOX, None):
        raise ConfigError(f"`crop` must be 'bbox' or None for cub:DIR. Received: crop={crop!r}.")
    check_square(square, crop)
    folder = cub_folder(root)
    birds, class_names = read_birds(folder, boxes=crop == BBOX)
    fields = _fields(channels, class_names)

    def load(part: str, held_out: Examples | None = None) -> Examples:
        chosen = _part(birds, part)
        chosen = [chosen[row] for row in choose_rows(len(chosen), limit, seed)]
        name = f"cub:{printable(root)}, {part}"

        def decode(bird: Bird) -> np.ndarray:
            image = _decoded(bird, channels, square=square, background=under)
            return resize_image(image, size, background=under, **resizing(fit, crop, square))

        def fill(append) -> Filled:
            rejects = []
            for bird, image in track(decode_all(chosen, decode), f"decoding {part} images", len(chosen)):
                if isinstance(image, Reject):
                    rejects.append(image)
                else:
                    append(real=image, label=bird.label)
            return Filled(rejects, len(chosen))

        def fingerprint() -> str:
            digest = hashlib.sha256()
            for bird in chosen:
                status = bird.path.stat() if bird.path.exists() else None
                times = (status.st_size, status.st_mtime_ns) if status else ()
                digest.update(f"{os.fsencode(bird.path)!r} {bird.label} {bird.box} {times}\n".encode())
            return digest.hexdigest()

        settings = {"source": f"cub:{os.path.realpath(folder)!a}", "part": part, "size": image_size(size), "fit": fit,
                    "limit": limit and (limit, seed), "crop": crop, "square": square,
                    **({} if under == WHITE else {"background": under})}
        stored = store_examples(fill, len(chosen), fields, image_size(size), settings=settings,
                                fingerprint=fingerprint, cache=cache, memory_limit=memory_limit,
                                accept=lambda filled: apply_policy(filled.rejects, filled.total, on_bad, name=name))
        return Examples(stored.source, fields, name, tuple(stored.filled.rejects), held_out)

    held_out = load("test") if validation and not all(bird.trains for bird in birds) else None
    return load("train", held_out)


def cub_on_demand(root: str | os.PathLike, *, channels: int = 3, square: str = "stretch") -> Examples:
    """All birds cut to their boxes, in the sizes that this gives, each decoded when it is asked for: to check them.

    Args:
        root: as in `load_cub`.
        channels: as in `load_cub`.
        square: as in `load_cub`.

    Returns:
        Examples of the training part with those of the test part as `held_out`.

    Raises:
        DataError: a list is missing or wrong, or no picture is for training.

    Example:
        >>> cub_on_demand("CUB_200_2011").check().rejects
        (Reject(path='.../a.jpg', reason='its box (bounding_boxes.txt, line 3) must have a height ...'),)
    """
    check_channels(channels, opacity=True)
    choose("square", square, SQUARES)
    birds, class_names = read_birds(cub_folder(root), boxes=True)
    fields = _fields(channels, class_names)

    def part(name: str, held_out: Examples | None = None) -> Examples:
        chosen = _part(birds, name)
        columns: dict = {"real": lambda row: _decoded(chosen[row], channels, square=square),
                         "label": np.array([bird.label for bird in chosen], np.int32)}
        return Examples(Columns(columns, files=[bird.path for bird in chosen]), fields,
                        f"cub:{printable(root)}, {name}", held_out=held_out)

    return part("train", None if all(bird.trains for bird in birds) else part("test"))


def _part(birds: list[Bird], part: str) -> list[Bird]:
    """The pictures of "train" or "test"."""
    chosen = [bird for bird in birds if bird.trains == (part == "train")]
    if not chosen:
        raise DataError(f"{PARTS} must name training pictures. Found: 0 of {len(birds)} with a 1 behind the id. "
                        "Correct the list.")
    return chosen


def _fields(channels: int, class_names: tuple[str, ...]) -> dict[str, Kind]:
    return {"real": Photo(channels), "label": ClassLabel(class_names)}


def _decoded(bird: Bird, channels: int, *, square: str, background: Background = WHITE) -> np.ndarray:
    """A picture as it is, or cut to its box."""
    image = decode_image(bird.path, channels=channels, background=background, refuse_blank=True)
    if bird.box is None:
        return image
    return cut_to_box(image, bird.box, square=square, name=printable(bird.path),
                      origin=f"its box ({BOXES}, line {bird.line})")
