"""`gan-vision style-transfer RUN STYLES`: labels or captions in the style of pictures. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Labels, Quiet, Raw, Run, report
from gan_vision.cli.nearest import Picture

MOST_CLASSES = 10  # rows, unless they are named


def style_transfer(run: Run, styles: Path, /, *, text: Labels = (), label: Labels = (),
                   encoder_steps: int | None = None,
                   seed: int | None = None, out: Picture = None, raw: Raw = False, quiet: Quiet = False) -> None:
    """Show labels or captions in the style of pictures: what a style encoder sees in them becomes the noise.

    gan-vision style-transfer RUN MY_PICTURES --text "a red circle" --text "a blue square"
    gan-vision style-transfer RUN MY_PICTURES --label 3

    Columns are the styles, rows what is shown. The encoder is trained on generated pictures at its first use, and kept
    as RUN/style-encoder.keras until the run is trained further.

    Args:
        styles: A picture, or a folder of pictures, of any size.
        text: A caption, for runs that read captions; repeatable.
        label: A class by name or number, or attributes as A+B; repeatable; by default the first ten classes.
        encoder_steps: Of the encoder's training, 1,000 by default; another number than that of a kept encoder trains it
            anew.
        seed: Of the encoder's training, 0 by default; likewise.
    """
    import numpy as np

    from gan_core.progress import quietly
    from gan_vision.explore.anchors import anchors_of, reads_text
    from gan_vision.explore.exploration import PICTURES, check_out, open_for, sheet
    from gan_vision.explore.own_pictures import conditions_of, list_pictures, read_pictures
    from gan_vision.explore.style import check_conditions, style_encoder, transferred

    if encoder_steps is not None and encoder_steps < 1:
        raise ConfigError(f"`--encoder-steps` must be at least 1. Received: encoder_steps={encoder_steps}.")
    place = check_out(out or Path("style-transfer.png"), "style-transfer", kinds=PICTURES)
    paths = list_pictures(styles)
    with quietly(quiet):
        opened = open_for(run, "style-transfer")
        if reads_text(opened) and not text:
            raise ConfigError("`style-transfer` needs the captions to show. Received: none. Give `--text`, once or "
                              "more.")
        shown = label
        if opened.labels is not None and not (label or text):
            shown = opened.labels.names[:MOST_CLASSES]
        rows = anchors_of(opened, (), shown, text)
        conditions = conditions_of(rows.inputs)
        check_conditions(opened, conditions)  # before an encoder is trained
        pictures = read_pictures(paths, opened)
        encoder = style_encoder(opened, steps=encoder_steps, seed=seed)
        made = transferred(opened, pictures, conditions, encoder, raw=raw)
        named = rows.captions or rows.labels or [""] * len(made)
        count = len(paths)
        everything = np.concatenate([pictures[None], made]).reshape(-1, *pictures.shape[1:])
        picture = sheet(everything, count, captions=["styles", *named],
                        column_names=[path.name for path in paths])
    facts = {"seed": seed, "styles": [str(path) for path in paths], "labels": rows.labels, "captions": rows.captions}
    options = {"text": text, "label": shown, "encoder_steps": encoder_steps, "seed": seed, "raw": raw}
    report("style-transfer", opened, place, picture, facts, options, reads=(styles,))
