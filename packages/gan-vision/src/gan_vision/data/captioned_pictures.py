"""Pictures with captions, wherever they lie: what a source finds, and the examples that they become."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from gan_core.errors import DataError, choose
from gan_core.images.background import WHITE, Background, parse_background
from gan_core.images.decode import check_channels, decode_image, read_header
from gan_core.images.resize import FITS, image_size, resize_image
from gan_core.progress import track
from gan_vision.data.example_source import Columns
from gan_vision.data.examples import Examples
from gan_vision.data.fields.captions import Captions
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.fields.kind import Kind
from gan_vision.data.fields.photo import Photo
from gan_vision.data.fields.text_vectors import TextVectors
from gan_vision.data.rejects import POLICIES, Reject, apply_policy, decode_all
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.storage import MEMORY_LIMIT


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Described:
    """What is known about a picture.

    Args:
        place: what messages call it: the file, and where in it.
        captions: at least one.
        vectors: float32 (captions, size), of each caption, or None.
        class_name: or None.
    """

    place: str
    captions: tuple[str, ...]
    vectors: np.ndarray | None = None
    class_name: str | None = None


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class CaptionedPicture(Described):
    """One picture, and what is known about it.

    Args:
        name: what the source calls it.
        encoded: where the bytes of its file are, or a function that reads them; called from several threads at once.
    """

    name: str
    encoded: Path | Callable[[], bytes]

    @property
    def source(self) -> Path | bytes:
        """What `decode_image` takes."""
        return self.encoded if isinstance(self.encoded, Path) else self.encoded()


Pictures = Sequence[CaptionedPicture]


def captioned_examples(train: Pictures, held_out: Pictures | None, *, size: int | tuple[int, int], channels: int,
                       fit: str, name: str, on_bad: str, limit: int | None, seed: int, memory_limit: int | None,
                       max_pixels: int, background: Background = WHITE,
                       identity: Callable[[Pictures], str] | None = None) -> Examples:
    """The examples of these pictures, but for those that cannot be used.

    They are decoded at once if they fit into memory, else each when it is asked for.

    Args:
        train: the training pictures.
        held_out: the validation pictures, if there are any.
        size: int or (height, width) in pixels.
        channels: 1, 3 or 4.
        fit: as in `resize_image`.
        name: the data set, for messages.
        on_bad: "error" or "skip".
        limit: int, use only so many training pictures.
        seed: int, of `limit` and of a later `split`.
        memory_limit: int, bytes that decoded pictures may take; 1 GiB by default.
        max_pixels: int, height times width above which a picture is refused.
        background: as in `load_images`.
        identity: pictures -> what identifies their bytes, where they are no files of their own.

    Returns:
        Examples with "real" and "captions"; with "text" where there are vectors, with "label" where there are classes.

    Raises:
        ConfigError: an unknown option.
        DataError: pictures that `on_bad` does not allow; classes or vectors of some pictures only; vectors that are not
            finite, or all zero.
    """
    choose("fit", fit, FITS)
    choose("on_bad", on_bad, POLICIES)
    check_channels(channels, opacity=True)
    under = parse_background(background)
    sides, everything = image_size(size), [*train, *(held_out or ())]
    fields = {"real": Photo(channels), **caption_fields(everything)}
    most = MEMORY_LIMIT if memory_limit is None else memory_limit

    def decode(picture: CaptionedPicture) -> np.ndarray:
        image = decode_image(picture.source, channels=channels, background=under, refuse_blank=True,
                             max_pixels=max_pixels, name=picture.place)
        return resize_image(image, sides, fit=fit, background=under)

    def check(picture: CaptionedPicture) -> None:
        read_header(picture.source, max_pixels=max_pixels, name=picture.place)

    def examples(pictures: Pictures, name: str, others: Examples | None = None) -> Examples:
        in_memory = len(pictures) * sides[0] * sides[1] * channels <= most
        read, title = (decode, "decoding pictures") if in_memory else (check, "reading headers")
        tried: list[tuple[CaptionedPicture, Any]] = list(track(decode_all(pictures, read), title, len(pictures)))
        usable = [picture for picture, found in tried if not isinstance(found, Reject)]
        rejects = tuple(found for _, found in tried if isinstance(found, Reject))
        apply_policy(rejects, len(pictures), on_bad, name=name)

        images = [found for _, found in tried if not isinstance(found, Reject)]
        real = np.stack(images) if in_memory and images else lambda row: decode(usable[row])
        files = [each.encoded if isinstance(each.encoded, Path) else each.place for each in usable]
        known = None if in_memory or identity is None else functools.partial(identity, usable)
        columns: dict[Any, Any] = {"real": real, **caption_columns(usable, fields)}
        return Examples(Columns(columns, files=files, content_hash=known), fields, name, rejects, held_out=others,
                        seed=seed)

    others = examples(held_out, f"{name}, held out") if held_out else None
    return examples([train[row] for row in choose_rows(len(train), limit, seed)], name, others)


def caption_fields(pictures: Sequence[Described]) -> dict[str, Kind]:
    """The kinds of "captions", of "text" where there are vectors, and of "label" where there are classes.

    Args:
        pictures: those of all parts of a set, so that its parts have the same kinds.

    Raises:
        DataError: classes or vectors of some pictures only; vectors that are not finite, or all zero.
    """
    fields: dict[str, Kind] = {"captions": Captions()}
    if (vectors := _given(pictures, "vectors", "text vectors")) is not None:
        for picture in pictures:
            _check_vectors(picture)
        fields["text"] = TextVectors(vectors.shape[1], max(len(picture.captions) for picture in pictures))
    if _given(pictures, "class_name", "a class") is not None:
        fields["label"] = ClassLabel(tuple(sorted({str(picture.class_name) for picture in pictures})))
    return fields


def _given(pictures: Sequence[Described], attribute: str, words: str) -> Any:
    """The attribute of the first picture; None if no picture has it.

    Raises:
        DataError: some pictures have it, others not.
    """
    without = [picture for picture in pictures if getattr(picture, attribute) is None]
    if without and len(without) < len(pictures):
        raise DataError(f"all pictures must have {words}, or none. Found: {len(without)} of {len(pictures)} without, "
                        f"the first of them {without[0].place}. Add what is missing, or remove it from all.")
    return getattr(pictures[0], attribute) if pictures else None


def _check_vectors(picture: Described) -> None:
    vectors = np.asarray(picture.vectors)
    if not (finite := np.isfinite(vectors)).all():
        caption, position = map(int, np.argwhere(~finite)[0])
        raise DataError(f"the text vectors of {picture.place} must be finite. Found: {vectors[caption, position]} at "
                        f"position {position} of that of caption {caption} ({picture.captions[caption][:40]!r}). "
                        "Encode its captions again, or leave this picture out.")
    if not vectors.any():
        raise DataError(f"a text vector of {picture.place} must be other than zero. Found: zeros alone, for "
                        f"{picture.captions[0][:40]!r}. Encode its captions again, or leave this picture out.")


def caption_columns(pictures: Sequence[Described], fields: Mapping[str, Kind]) -> dict[str, Any]:
    """The values of the fields of `caption_fields`, a row for each picture."""
    columns: dict[str, Any] = {"captions": [picture.captions for picture in pictures]}
    if isinstance(kind := fields.get("text"), TextVectors):
        columns["text"] = np.zeros((len(pictures), kind.captions, kind.size), np.float32)
        for row, picture in enumerate(pictures):
            columns["text"][row, :len(picture.captions)] = picture.vectors
    if isinstance(kind := fields.get("label"), ClassLabel):
        ids = {name: number for number, name in enumerate(kind.names)}
        columns["label"] = np.array([ids[str(picture.class_name)] for picture in pictures], np.int32)
    return columns
