"""`gan-vision make-pairs SOURCE OUT`: write the pairs that a recipe would train on, and look at them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError, RunError

Flag = Annotated[bool, Parameter(negative="")]
SHOWN = 20  # colours


def make_pairs(data: str, out: Path, /, *, size: str = "256", factor: Literal["2", "4"] = "4",
               fit: Literal["center_crop", "stretch", "pad"] = "center_crop",
               direction: Literal["AtoB", "BtoA"] = "AtoB",
               classes: int | None = None, ignore: Annotated[tuple[int, ...], Parameter(negative="")] = (),
               colors: Path | None = None, instances: Literal["maps", "regions", "none"] | None = None,
               on_bad: Literal["error", "skip"] = "error", limit: int | None = None, quiet: Quiet = False) -> None:
    """Write the pairs of a source as files, A what is read and B what is made, and a sheet of the first ones.

    gan-vision make-pairs edges:PHOTOS PAIRS --size 256
    gan-vision train pix2pix --data split:PAIRS
    gan-vision make-pairs labels:SEGMENTED PAIRS

    Of label maps it prints the colours, or the ids, that it found; of maps in colours without a table it writes one,
    OUT/colors.csv, to be checked and given back with --colors.

    Args:
        data: edges:, gray:, small:, hole: or silhouette:DIR; aligned:, split:, labels: or cityscapes:DIR; or
            scenes[:COUNT].
        out: New folder: OUT/A and OUT/B, and OUT/pairs.png.
        size: Pixels, or height x width.
        factor: How much small:DIR enlarges.
        fit: How pictures of another shape get theirs.
        direction: Of pairs.
        classes: Of label maps.
        ignore: Ids of label maps that mean "unknown".
        colors: File of lines id,name,red,green,blue.
        instances: Of label maps.
        on_bad: Stop at unusable pictures, or leave them out (up to 10 %).
        limit: Use only so many pictures.
        quiet: Show no progress.
    """
    from gan_core.images.sheet import save_picture
    from gan_core.progress import quietly, stdout, track
    from gan_vision.data.sources import parse_source
    from gan_vision.data.translation_sources import TRANSLATION_SOURCES, load_translation
    from gan_vision.recipes.pairs import sides_of, size_text

    scheme, place = parse_source(data, TRANSLATION_SOURCES)
    if out.exists() and any(out.iterdir()):
        raise RunError(f"{out} holds something already. Name a new folder.")
    try:
        sides = sides_of(size_text(size))
    except ValueError as error:
        raise ConfigError(f"`--size` {error}. Received: {size!r}.") from None
    with quietly(quiet):
        if scheme in ("labels", "cityscapes"):
            found = _colors_of(Path(place), 200)
            _print_colors(found)
            if colors is None and found and len(found[0][0]) == 3:
                path = _write_table(out / "colors.csv", found)
                raise ConfigError(f"these label maps are painted in colours. A table of them is written: {path}. Check "
                                  f"it, and run: gan-vision make-pairs {data} NEW_FOLDER --colors {path}")
        examples = load_translation(data, size=sides, direction=direction, factor=int(factor), classes=classes,
                                    ignore=ignore, colors=None if colors is None else str(colors), instances=instances,
                                    fit=fit, on_bad=on_bad, limit=limit)
        parts = [("", examples)] if examples.held_out is None else [("train", examples), ("val", examples.held_out)]
        count = 0
        for part, members in parts:
            for row in track(range(len(members)), f"writing pairs {part}".strip(), len(members)):
                values = members.gather([row])
                for folder, picture in _pictures(members.fields, values).items():
                    save_picture(out / folder / part / f"{row:06d}.png", picture)
                count += 1
        sheet = save_picture(out / "pairs.png", examples.sheet())
    stdout().print(f"{count} pairs -> {out}   look at {sheet}", markup=False)


def _pictures(fields, values) -> dict:
    """Folder -> picture: A and B of photos; images, labels and instances as ids where there are label maps."""
    import numpy as np

    def plain(value):
        return value[..., 0] if value.ndim == 3 and value.shape[-1] == 1 else np.asarray(value)

    if "labels" not in fields:
        return {"A": plain(values["source"][0]), "B": plain(values["real"][0])}
    found = {"images": plain(values["real"][0]), "labels": plain(values["labels"][0])}
    return found if "instances" not in values else {**found, "instances": plain(values["instances"][0])}


def _colors_of(root: Path, most: int) -> list[tuple[tuple[int, ...], int]]:
    """The colours (or ids) of the label maps below a folder with their pixels, the most frequent first.

    Args:
        root: of the source.
        most: files that are looked at.
    """
    import numpy as np

    from gan_core.images.decode import ImageError, decode_image
    from gan_core.images.ids import colors_of, decode_ids
    from gan_core.images.listing import list_images
    from gan_core.progress import track

    folders = [folder for name in ("labels", "train_label", "gtFine") if (folder := root / name).is_dir()]
    if not folders:
        return []
    paths = [path for path in list_images(folders[0]) if folders[0].name != "gtFine" or "labelIds" in path.name]
    counts: Counter = Counter()
    for path in track(paths[:most], "colours of the label maps", min(len(paths), most)):
        try:
            ids, pixels = np.unique(decode_ids(path), return_counts=True)
            counts.update({(int(number),): int(count) for number, count in zip(ids, pixels, strict=True)})
        except ImageError:
            counts.update(dict(colors_of(decode_image(path))))
    return counts.most_common()


def _print_colors(found) -> None:
    from rich.table import Table

    from gan_core.progress import stdout

    total = sum(pixels for _, pixels in found) or 1
    table = Table("id" if not found or len(found[0][0]) == 1 else "colour", "share of the pixels",
                  title=f"{len(found)} found in the label maps", title_justify="left")
    for value, pixels in found[:SHOWN]:
        table.add_row(", ".join(map(str, value)), f"{pixels / total:.2%}")
    if len(found) > SHOWN:
        table.add_row("...", f"{len(found) - SHOWN} more")
    stdout().print(table)


def _write_table(path: Path, found) -> Path:
    from gan_core.files import write_whole

    lines = [f"{number},class_{number},{','.join(map(str, color))}" for number, (color, _) in enumerate(found)]
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_whole(path, "\n".join(["id,name,red,green,blue", *lines, ""]))
