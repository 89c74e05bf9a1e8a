"""`gan-vision interpolate RUN`: the way from picture to picture. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from gan_vision.cli.explore import How, Labels, Quiet, Raw, Run, Seeds, report, whole_numbers


def interpolate(run: Run, /, *, seeds: Seeds = (), label: Labels = (), text: Labels = (), frames: int = 8,
                how: How = None, closed: bool | None = None, out: Path | None = None, fps: float = 12.0,
                raw: Raw = False, quiet: Quiet = False) -> None:
    """Show the pictures on the way between seeds, classes or captions.

    gan-vision interpolate RUN --seeds 1,2,3
    gan-vision interpolate RUN --seeds 1,2,3 --out walk.gif
    gan-vision interpolate RUN --label cat --label dog

    What is given once holds for the whole way. A class switches half way; captions, attributes and noise change
    steadily.

    Args:
        label: The class of each anchor, by name or number, or its attributes as A+B; repeatable.
        text: The caption of each anchor, for runs that read captions; repeatable.
        frames: Pictures of each stretch, both ends included.
        closed: Go back to the first in the end; animations do.
        out: A picture (.png, ...) with a row for each stretch, .gif for an animation, .npy for bytes (n, height,
            width, channels), or a folder for 0000.png, 0001.png, ...; interpolate.png by default. A JSON beside it
            holds the command that does it again.
        fps: Frames per second of an animation.
    """
    from gan_core.progress import quietly
    from gan_vision.explore.anchors import anchors_of, count_of
    from gan_vision.explore.animation import ANIMATION, check_fps
    from gan_vision.explore.exploration import PICTURES, check_out, open_for, pictures_of, sheet
    from gan_vision.explore.interpolation import check_way, path, stretches, usual_way
    from gan_vision.image_run import ARRAYS

    chosen = whole_numbers("seeds", seeds)
    out = out or Path("interpolate.png")
    moving = out.suffix.lower() == ANIMATION
    back = moving if closed is None else closed
    total = check_way(count_of(chosen, label, text, count=4), frames, closed=back)
    place = check_out(out, "interpolate", kinds=(*PICTURES, ANIMATION, ARRAYS), frames=total)
    check_fps(fps)
    with quietly(quiet):
        opened = open_for(run, "interpolate")
        anchors = anchors_of(opened, chosen, label, text, count=4)
        way = how or usual_way(opened.gan.latent)
        picture = pictures = pictures_of(opened, path(anchors.inputs, frames, closed=back, how=way), raw=raw)
        if place.suffix.lower() in PICTURES:
            rows = stretches(len(anchors), frames, closed=back)
            following = [(index, (index + 1) % len(anchors)) for index in range(len(rows))]
            names = [name for start, end in following
                     for name in (anchors.names[start], *[""] * (frames - 2), anchors.names[end])]
            captions = None if anchors.captions is None else [
                "  to  ".join(dict.fromkeys([anchors.captions[start], anchors.captions[end]]))
                for start, end in following]
            picture = sheet(pictures[rows.reshape(-1)], frames, labels=names, label_lines=2, captions=captions)
    options = {"seeds": list(anchors.seeds), "label": label, "text": text, "frames": frames, "how": way,
               "closed": back, "no_closed": moving and not back, "fps": fps if moving else None, "raw": raw}
    report("interpolate", opened, place, picture, {**anchors.facts, "closed": back, "pictures": len(pictures)}, options,
           fps=fps)
