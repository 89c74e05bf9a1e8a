"""`gan-vision sample RUN`: pictures of a run, of a class if it knows classes. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.cli import verbs
from gan_core.errors import ConfigError
from gan_core.images.sheet import FORMATS, check_suffix
from gan_vision.growing_run import GrowingRun
from gan_vision.image_run import ARRAYS
from gan_vision.recipes import RECIPES
from gan_vision.translation.translation_run import TranslationRun


def sample(run: Annotated[Path, Parameter(help="The run folder that `train` printed.")], /, *,
           count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
           label: Annotated[tuple[str, ...], Parameter(negative="")] = (), level: int | None = None, seed: int = 0,
           raw: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Write samples of a run's averaged generator. Needs the run folder only, not the pictures.

    Args:
        count: How many.
        out: File to write: a picture (.png, .jpg, .webp, .bmp, .gif or .tif), or .npy for bytes (count, height,
            width, channels); samples.png by default.
        label: The class of all samples, by name or number, for conditional runs; by default a row of each class.
            Attributes can be given several times.
        level: Pixels of each side, for runs that grow: a level that is finished; by default the newest.
        seed: Of the noise.
        raw: Use the trained generator instead of its average.
    """
    verbs.refuse_no_samples(count)  # before the slow part
    if out is not None:
        check_suffix(out, (*FORMATS, ARRAYS))
    opened = verbs.open_run(RECIPES, run)
    if isinstance(opened, TranslationRun):
        opened = verbs.open_run(RECIPES, run, data=True)  # pictures are made of pictures: of the held-out ones
    further = {}
    if level is not None:
        if not isinstance(opened, GrowingRun):
            raise ConfigError(f"`--level` is for runs that grow (progan). Received: {run}. Leave it out.")
        further["level"] = level
    images = opened.generate(count, seed=seed, label=label or None, raw=raw, **further)
    verbs.report_samples(opened, images, out or Path("samples.png"))
