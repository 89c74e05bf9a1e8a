"""`gan-vision nearest RUN`: generated pictures beside the training pictures nearest to them. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Label, Quiet, Raw, Run, Text, given, report

Picture = Annotated[Path | None, Parameter(help="Picture to write. A JSON beside it holds all numbers, and the command "
                                                "that does it again.")]


def nearest(run: Run, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 8, k: int = 5,
            distance: Literal["l1", "l2", "features"] | None = None, extractor: str | None = None,
            images: Path | None = None, label: Label = None, text: Text = None, seed: int = 0, out: Picture = None,
            raw: Raw = False, quiet: Quiet = False) -> None:
    """Show the training pictures nearest to generated ones, all of them compared: does the generator copy?

    gan-vision nearest RUN -n 8 --k 5
    gan-vision nearest RUN --images MY_PICTURES --extractor encoder

    Needs the run's data. Beneath each neighbour stands its distance.

    Args:
        count: How many samples.
        k: Neighbours of each.
        distance: l1 (sum) or l2 (Euclidean), of pixels of [0, 1], 0 for copies; or features, Euclidean; l2 by default,
            features with --extractor.
        extractor: For features, as in `evaluate`: encoder (default), random[:SEED], inception:WEIGHTS.h5[@75] or
            keras:MODEL.keras[@SIZE].
        images: A picture or a folder of pictures to compare instead of samples.
        seed: Of the noise.
    """
    from gan_core.metrics.extractors.choice import EXTRACTORS, extractor_by_name
    from gan_core.progress import quietly, say
    from gan_vision.explore.exploration import PICTURES, check_out, open_for
    from gan_vision.explore.neighbour_sheet import facts_of, neighbour_sheet, queries_of
    from gan_vision.explore.neighbours import nearest_pictures
    from gan_vision.explore.own_pictures import list_pictures

    for name, value in (("count", count), ("k", k)):
        if value < 1:
            raise ConfigError(f"`--{name}` must be at least 1. Received: {name}={value}.")
    if extractor is not None and distance not in (None, "features"):
        raise ConfigError(f"`--extractor` is for --distance features. Received: distance={distance}. Leave one out.")
    measure = distance or ("l2" if extractor is None else "features")
    if extractor is not None and extractor.partition(":")[0] not in EXTRACTORS:
        extractor_by_name(extractor)  # refuses, before anything takes time
    place = check_out(out or Path("nearest.png"), "nearest", kinds=PICTURES)
    paths = None if images is None else list_pictures(images)
    with quietly(quiet):
        opened = open_for(run, "nearest", data=True)
        train, _ = opened.data
        queries = queries_of(opened, train.image_shape, paths, count=count, seed=seed, label=label, text=text, raw=raw)
        chosen = None
        if measure == "features":
            classes = train.labels if train.labels is not None and train.labels.ndim == 1 else None
            chosen = extractor_by_name(extractor or "encoder", images=lambda: train.images, labels=classes,
                                       folder=run, say=say)
        found = nearest_pictures(queries.images, train.images, k, distance=measure, extractor=chosen)
        picture = neighbour_sheet(queries, train, found)
    facts = {"seed": seed, "label": label, "text": text, "distance": measure, "training": len(train),
             "features": None if chosen is None else chosen.identity,
             **({"opacity": "over white"} if train.channels == 4 else {}), "pictures": facts_of(queries, train, found)}
    options = {"count": count if paths is None else None, "k": k, "distance": measure, "extractor": extractor,
               "images": images, "label": given(label), "text": given(text), "seed": seed, "raw": raw}
    report("nearest", opened, place, picture, facts, options)
