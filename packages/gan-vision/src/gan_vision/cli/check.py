"""`gan-vision check`: decode every image once and list what cannot be used."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.errors import ConfigError, DataError


def check(*, data: Annotated[str, Parameter(help="folder:PATH, tfds:NAME[/split], cub:DIR, npy:FILE, npz:FILE, digits; "
                                                   "aligned:, split:, labels:, cityscapes:, edges:, gray:, small:, "
                                                   "hole: or silhouette:DIR; captions:DIR, hdf5:FILE, "
                                                   "shapes.")],
          classes: int | None = None, ignore: Annotated[tuple[int, ...], Parameter(negative="")] = (),
          colors: Path | None = None,
          size: Annotated[int, Parameter(help="Pixels of each side that images become; folders are only decoded, "
                                              "at the sizes they have.")] = 32,
          crop: Annotated[Literal["bbox"] | None, Parameter(
              help="bbox: also check the boxes of tfds: sets, and cut to them; those of cub:DIR always are.")] = None,
          sheet: Annotated[Path | None, Parameter(help="Picture to write: some examples with their classes.")] = None,
          data_dir: str | None = None,
          as_json: Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")] = False,
          quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Decode every image of a source once; print a summary and the table of rejects. Exit code 3 if there are any.

    Args:
        classes: Of label maps.
        ignore: Ids of label maps that mean "unknown".
        colors: File of lines id,name,red,green,blue, for label maps in colours.
        data_dir: Where TensorFlow Datasets looks.
        quiet: Show no progress.
    """
    from gan_core.images.sheet import FORMATS, check_suffix
    from gan_core.progress import quietly, stdout
    from gan_vision.data.caption_sources import CAPTION_SOURCES
    from gan_vision.data.fields.photo import Photo
    from gan_vision.data.sources import CROPPED, SOURCES, load_images, parse_source
    from gan_vision.data.translation_sources import TRANSLATION_SOURCES

    if sheet is not None:  # before the slow part
        check_suffix(sheet, FORMATS)
    translation = data.partition(":")[0] in TRANSLATION_SOURCES
    captioned = data.partition(":")[0] in CAPTION_SOURCES.keys() - SOURCES.keys()
    known = TRANSLATION_SOURCES if translation else CAPTION_SOURCES if captioned else SOURCES
    scheme, place = parse_source(data, known)
    if crop is not None and (translation or captioned or scheme not in CROPPED):
        raise ConfigError(f"`--crop` is for tfds: sets with boxes. Received: --crop {crop} with {data!r}. "
                          "Leave it out.")
    if scheme == "tfds":
        from gan_core.run.device import start_tensorflow

        start_tensorflow(seed=0)  # which TFDS imports: silently
    with quietly(quiet):
        if translation:
            examples = _pairs(data, size, classes, ignore, colors)
        elif captioned:
            examples = _captioned(data, size, channels=4 if scheme == "captions" else 3)
        else:
            examples = _plain(data, scheme, place, size, crop, data_dir)
        report = examples.check()
        if examples.held_out is not None:
            report = report.joined(examples.held_out.check())
        if scheme in ("folder", "captions"):  # read with opacity to see who has some; `train` keeps it only if asked to
            report = dataclasses.replace(report, kinds={**report.kinds, "real": repr(Photo(3))})
    if as_json:
        print(json.dumps({
            "data": data, "total": report.total, "usable": report.usable, "fields": report.kinds,
            "classes": report.class_counts, "smallest": report.smallest, "largest": report.largest,
            "transparent": report.transparent,
            "rejects": [{"path": str(reject.path), "reason": reject.reason} for reject in report.rejects]}))
    else:
        _print(data, report, stdout())
    if report.rejects:
        raise DataError(f"{data}: {len(report.rejects)} of {report.total} images cannot be used. Repair or remove "
                        "them, or pass `--on-bad skip` to `train`.")
    if sheet is not None:
        with quietly(quiet):
            _write_sheet(load_images(data, size=size, channels=None, data_dir=data_dir,
                                     crop="bbox" if scheme == "cub" else None)
                         if scheme in ("folder", "cub") else _captioned(data, size) if captioned else examples, sheet)


def _plain(data: str, scheme: str, place: str, size: int, crop: Literal["bbox"] | None, data_dir: str | None):
    """Plain pictures, as `_pairs`: those of folders at the sizes that they have, birds as large as their crops."""
    from gan_vision.data.cub import cub_on_demand
    from gan_vision.data.folder import folder_on_demand
    from gan_vision.data.sources import load_images

    if scheme == "folder":
        return folder_on_demand(place, channels=4)
    if scheme == "cub":
        return cub_on_demand(place)
    return load_images(data, size=size, channels=None, data_dir=data_dir, crop=crop, on_bad="list")


def _pairs(data: str, size: int, classes: int | None, ignore: tuple[int, ...], colors: Path | None):
    """Examples of a translation, held-out ones among them: all rejects at once, and none refused here."""
    from gan_vision.data.translation_sources import load_translation

    return load_translation(data, size=size, classes=classes, ignore=ignore,
                            colors=None if colors is None else str(colors), memory_limit=0, on_bad="list")


def _captioned(data: str, size: int, channels: int = 3):
    """Captioned pictures, as `_pairs`."""
    from gan_vision.data.caption_sources import load_captioned

    return load_captioned(data, size=size, channels=channels, memory_limit=0, on_bad="list")


def _print(data: str, report, console) -> None:
    """What can be used, and the table of what cannot."""
    from gan_vision.data.fields.photo import Photo

    sizes = "" if not report.usable else f", {_size(report.smallest)} to {_size(report.largest)} pixels"
    classes = f", {len(report.class_counts)} classes" if report.class_counts else ""
    console.print(f"{data}: {report.usable:,} of {report.total:,} images can be used{sizes}{classes}", markup=False)
    if report.transparent:
        kept = report.kinds["real"] == repr(Photo(4))
        what = ("they are kept; --channels 3 lays them over white, or over --background" if kept else
                "they are laid over white; --background takes another ground, --channels 4 keeps them")
        console.print(f"{report.transparent:,} of {report.usable:,} have transparent parts: {what}", markup=False)
    if report.rejects:
        console.print(report.table())


def _size(size) -> str:
    return " x ".join(map(str, size)) if isinstance(size, tuple | list) else str(size)


def _write_sheet(examples, path: Path) -> None:
    from gan_core.images.sheet import save_picture

    save_picture(path, examples.sheet())
