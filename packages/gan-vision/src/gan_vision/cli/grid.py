"""`gan-vision grid RUN`: the plane between four pictures. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from gan_vision.cli.explore import How, Labels, Out, Quiet, Raw, Run, Seeds, report, whole_numbers


def grid(run: Run, /, *, seeds: Seeds = (), label: Labels = (), text: Labels = (), rows: int = 8, columns: int = 8,
         how: How = None, out: Out = None, raw: Raw = False, quiet: Quiet = False) -> None:
    """Show the pictures between four corners: top left, top right, bottom left, bottom right.

    gan-vision grid RUN --seeds 1,2,3,4 --rows 6 --columns 10

    What is given once holds for all corners. A class is that of the nearest corner.

    Args:
        label: The class of each corner, by name or number, or its attributes as A+B; repeatable.
        text: The caption of each corner, for runs that read captions; repeatable.
        rows: Of pictures, at least 2.
        columns: Of pictures, at least 2.
    """
    from gan_core.progress import quietly
    from gan_vision.explore.anchors import anchors_of, count_of
    from gan_vision.explore.exploration import PICTURES, check_out, open_for, pictures_of, sheet
    from gan_vision.explore.interpolation import bilinear, check_plane, usual_way

    chosen = whole_numbers("seeds", seeds)
    place = check_out(out or Path("grid.png"), "grid")
    check_plane(count_of(chosen, label, text, count=4), rows, columns)
    with quietly(quiet):
        opened = open_for(run, "grid")
        corners = anchors_of(opened, chosen, label, text, count=4)
        way = how or usual_way(opened.gan.latent)
        picture = pictures = pictures_of(opened, bilinear(corners.inputs, rows, columns, how=way), raw=raw)
        if place.suffix.lower() in PICTURES:
            top, bottom = ("  |  ".join(corners.titles[start:start + 2]) for start in (0, 2))
            picture = sheet(pictures, columns, captions=[*[""] * (rows - 1), f"top: {top}\nbottom: {bottom}"])
    options = {"seeds": list(corners.seeds), "label": label, "text": text, "rows": rows, "columns": columns, "how": way,
               "raw": raw}
    report("grid", opened, place, picture, corners.facts, options)
