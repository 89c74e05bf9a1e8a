"""`gan-vision forensics RUN`: pixel statistics of a run's generator against its data. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.evaluate import BATCH, Run, Samples
from gan_vision.translation.translation_run import TranslationRun


def forensics(run: Run, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 2000, out: Path | None = None,
              raw: Annotated[bool, Parameter(negative="")] = False, repeats: int = 200, seed: int = 0,
              json: Annotated[bool, Parameter(name="--json", negative="")] = False,
              quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Compare the pixels that a run's generator puts out, before any rounding, with those of its training images.

    Args:
        count: Images per side at most.
        out: Folder of the report and of the samples; RUN/forensics by default.
        raw: Look at the trained generator instead of its average.
        repeats: Resamples of the images for the intervals.
        seed: Of the noise and of the draws.
        json: Print all numbers as JSON.
        quiet: Print only where the report is.
    """
    from gan_core.cli.forensics import forensics as compare_files
    from gan_core.cli.verbs import open_run
    from gan_core.progress import quietly, say, stage
    from gan_vision.data.row_choice import choose_rows
    from gan_vision.recipes import RECIPES
    from gan_vision.training.translation import at_size, size_of

    if count < 2:
        raise ConfigError(f"`--count` must be at least 2. Received: count={count}.")
    with quietly(json or quiet):
        say("starting TensorFlow ...")
        opened = open_run(RECIPES, run, data=True)
        train, _ = opened.data
        if isinstance(opened, TranslationRun):  # pairs are loaded larger than they are cut
            train = at_size(train, size_of(opened.gan))
        if train.channels == 4:
            raise ConfigError(f"`forensics` is for pictures without opacity. Received: {run}, whose pictures have "
                              "`channels`=4. Train another run with `--channels 3`.")
        folder = out or run / "forensics"
        folder.mkdir(parents=True, exist_ok=True)
        samples = Samples(opened, train, seed=seed, raw=raw)
        low, high = opened.value_range
        with stage(f"samples of step {opened.step:,}", count) as advance:
            parts = []
            for start in range(0, count, BATCH):
                # Float, not bytes: how a network approaches the ends of the range is what there is to see.
                parts.append(((samples.floats(min(BATCH, count - start)) - low) / (high - low)).astype(np.float32))
                advance(len(parts[-1]))
    np.save(folder / "generated.npy", np.concatenate(parts))
    np.save(folder / "real.npy", np.asarray(train.images[choose_rows(len(train), count, seed)]))
    compare_files(str(folder / "real.npy"), str(folder / "generated.npy"), out=str(folder), count=count,
                  repeats=repeats, seed=seed, json=json, quiet=quiet)
