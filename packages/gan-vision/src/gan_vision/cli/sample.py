"""`gan-vision sample RUN`: pictures of a run, of a class if it knows classes. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from gan_core.cli import verbs
from gan_core.errors import ConfigError
from gan_core.images.sheet import FORMATS, check_suffix
from gan_vision.growing_run import GrowingRun
from gan_vision.image_run import ARRAYS
from gan_vision.recipes import RECIPES
from gan_vision.text_to_image_run import TextToImageRun
from gan_vision.translation.translation_run import TranslationRun

Flag = Annotated[bool, Parameter(negative="")]


def sample(run: Annotated[Path, Parameter(help="The run folder that `train` printed.")], /, *,
           count: Annotated[int, Parameter(name=["--count", "-n"])] = 64, out: Path | None = None,
           label: Annotated[tuple[str, ...], Parameter(negative="")] = (),
           text: Annotated[tuple[str, ...], Parameter(negative="")] = (), encoder: str | None = None,
           nearest_caption: Flag = False, level: int | None = None, seed: int = 0, raw: Flag = False) -> None:
    """Write samples of a run's averaged generator. Needs the run folder only, not the pictures.

    Args:
        count: How many.
        out: File to write: a picture (.png, .jpg, .webp, .bmp, .gif or .tif), or .npy for bytes (count, height,
            width, channels); samples.png by default.
        label: The class of all samples, by name or number, for conditional runs; by default a row of each class.
            Attributes can be given several times.
        text: What the pictures shall show, for runs on captions; several make a row each, with the same noise. By
            default captions that the run was trained on.
        encoder: MODULE:FUNCTION, what made the vectors of captions that came with the data: texts -> numbers (n, k).
        nearest_caption: For such runs without that function: take the caption of the data that is most like `text`.
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
    if isinstance(opened, TextToImageRun):
        _sample_of_text(opened, text, count, out or Path("samples.png"), encoder=encoder, nearest=nearest_caption,
                        label=label, level=level, seed=seed, raw=raw)
        return
    if text or encoder or nearest_caption:
        raise ConfigError(f"`--text` is for runs on captions. Received: {run}, of the recipe {opened.recipe.name}. "
                          "Train text_to_image.")
    further = {}
    if level is not None:
        if not isinstance(opened, GrowingRun):
            raise ConfigError(f"`--level` is for runs that grow (progan). Received: {run}. Leave it out.")
        further["level"] = level
    images = opened.generate(count, seed=seed, label=label or None, raw=raw, **further)
    verbs.report_samples(opened, images, out or Path("samples.png"))


def _sample_of_text(run: TextToImageRun, texts: tuple[str, ...], count: int, out: Path, *, encoder: str | None,
                    nearest: bool, label: tuple[str, ...], level: int | None, seed: int, raw: bool) -> None:
    """`count` pictures of each text, or one of each of so many captions of the training."""
    from gan_core.progress import stdout
    from gan_vision.data.text_encoders import encoder_by_name

    if label or level is not None:
        raise ConfigError(f"`--{'label' if label else 'level'}` is not for runs on captions. Received: "
                          f"{run.folder.path}. Say it with `--text`.")
    if encoder is not None:
        run.encoder = encoder_by_name(encoder)
    run.nearest_caption = nearest
    each = count if texts else 1
    captions = list(texts) or run.texts(count)
    made = np.concatenate([run.generate(each, seed=seed, text=caption, raw=raw) for caption in texts]
                          or [run.generate(count, seed=seed, raw=raw)])
    run.save_captioned(out, made, captions)
    stdout().print(f"{len(made)} pictures of {len(captions)} captions at step {run.step:,} -> {out}", markup=False)
