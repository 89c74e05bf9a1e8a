"""`gan-vision scores RUN`: how real the discriminator takes pictures to be. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Label, Quiet, Raw, Run, Text, given, report
from gan_vision.cli.nearest import Picture


def scores(run: Run, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 16, images: Path | None = None,
           label: Label = None, text: Text = None, seed: int = 0, out: Picture = None, raw: Raw = False,
           quiet: Quiet = False) -> None:
    """Show pictures in the order in which the discriminator takes them for real, its logit beneath each.

    gan-vision scores RUN -n 32
    gan-vision scores RUN --images MY_PICTURES

    The discriminator is that of the newest checkpoint, without augmentation; what its numbers mean is printed.

    Args:
        count: How many samples.
        images: A picture or a folder of pictures to judge instead of samples, as what --label or --text says.
        seed: Of the noise.
    """
    import numpy as np

    from gan_core.images.sheet import to_uint8
    from gan_core.progress import quietly, stdout
    from gan_vision.explore.exploration import PICTURES, check_out, open_for, sheet
    from gan_vision.explore.own_pictures import (
        asked_inputs,
        conditions_of,
        in_range,
        list_pictures,
        names_of,
        read_pictures,
    )
    from gan_vision.explore.scores import boundary_of, discriminator_logits, meaning

    if count < 1:
        raise ConfigError(f"`--count` must be at least 1. Received: count={count}.")
    place = check_out(out or Path("scores.png"), "scores", kinds=PICTURES)
    paths = None if images is None else list_pictures(images)
    with quietly(quiet):
        opened = open_for(run, "scores")
        number = count if paths is None else len(paths)
        inputs = asked_inputs(opened, number, seed=seed, label=label, text=text)
        conditions = conditions_of(inputs)
        if paths is None:
            floats = opened.gan.generate(conditions, latent=inputs["latent"], raw=raw)
            pictures, names = to_uint8(floats, opened.value_range), names_of(opened, inputs, text)
            told = [{"sample": index, "seed": seed, **({"of": name} if name else {})}
                    for index, name in enumerate(names)]
            names = [f"{index} {name}" for index, name in enumerate(names)]
        else:
            pictures = read_pictures(paths, opened)
            floats, names = in_range(pictures, opened.value_range), [path.name for path in paths]
            told = [{"file": str(path)} for path in paths]
            if label is None and text is None:
                conditions = {}  # the usual ones belong to samples
        logits = discriminator_logits(opened, floats, conditions)
        order = np.argsort(-logits.mean(axis=1), kind="stable")
        labels = ["  ".join(f"{logit:.3g}" for logit in logits[index]) + f"\n{names[index]}" for index in order]
        columns = min(len(order), max(1, round(len(order)**0.5)))
        picture = sheet(pictures[order], columns, labels=labels, label_lines=2)
        said, boundary = meaning(opened), boundary_of(opened)
    facts = {"seed": seed, "label": label, "text": text, "meaning": said, "boundary": boundary,
             "pictures": [{**told[index], "logits": logits[index]} for index in order]}
    options = {"count": count if paths is None else None, "images": images, "label": given(label), "text": given(text),
               "seed": seed, "raw": raw}
    report("scores", opened, place, picture, facts, options)
    if not quiet:
        mean = logits.mean(axis=1)[order]
        real = "" if boundary is None else f"; {int((mean > boundary).sum())} of {len(mean)} are taken for real"
        stdout().print(f"from {mean[0]:.3g} to {mean[-1]:.3g}{real}\n{said}", markup=False)
