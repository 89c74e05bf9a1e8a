"""`gan-vision check`: decode every image once and list what cannot be used."""

from __future__ import annotations

import json
from typing import Annotated

from cyclopts import Parameter

from gan_core.errors import DataError


def check(*, data: Annotated[str, Parameter(help="folder:PATH, tfds:NAME[/split], npy:FILE, npz:FILE, or digits.")],
          size: Annotated[int, Parameter(help="Pixels of each side that images become; folders are only decoded, "
                                              "at the sizes they have.")] = 32,
          data_dir: str | None = None,
          as_json: Annotated[bool, Parameter(name="--json", help="Print JSON.", negative="")] = False) -> None:
    """Decode every image of a source once; print a summary and the table of rejects. Exit code 3 if there are any.

    Args:
        data_dir: Where TensorFlow Datasets looks.
    """
    from gan_core.progress import stdout
    from gan_vision.data.folder_check import check_folder
    from gan_vision.data.sources import load_images, parse_source

    scheme, place = parse_source(data)
    if scheme == "folder":
        report = check_folder(place)
        if as_json:
            print(json.dumps({
                "data": data, "total": report.total, "usable": report.usable, "classes": report.class_counts,
                "smallest": report.smallest, "largest": report.largest,
                "rejects": [{"path": str(reject.path), "reason": reject.reason} for reject in report.rejects]}))
        else:
            _print(data, report, stdout())
        if report.rejects:
            raise DataError(f"{data}: {len(report.rejects)} of {report.total} images cannot be used. Repair or remove "
                            "them, or pass `--on-bad skip` to `train`.")
        report.raise_for("error")
        return
    if scheme == "tfds":
        from gan_core.run.device import start_tensorflow

        start_tensorflow(seed=0)  # which TFDS imports: silently
    images = load_images(data, size=size, channels=None, data_dir=data_dir)
    found = {"data": data, "total": len(images), "usable": len(images), "shape": images.image_shape,
             "classes": len(images.class_names), "rejects": []}
    if as_json:
        print(json.dumps(found))
    else:
        stdout().print(f"{images.name}: {len(images):,} images {images.image_shape}, "
                       f"{len(images.class_names) or 'no'} classes; all can be used", markup=False)


def _print(data: str, report, console) -> None:
    """What can be used, and the table of what cannot."""
    sizes = "" if not report.usable else f", {_size(report.smallest)} to {_size(report.largest)} pixels"
    classes = f", {len(report.class_counts)} classes" if report.class_counts else ""
    console.print(f"{data}: {report.usable:,} of {report.total:,} images can be used{sizes}{classes}", markup=False)
    if report.rejects:
        console.print(report.table())


def _size(size) -> str:
    return " x ".join(map(str, size)) if isinstance(size, tuple | list) else str(size)
