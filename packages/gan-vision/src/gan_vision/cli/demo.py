"""`gan-vision demo`: learn real handwritten digits in a few minutes, and show that it did. Needs no network."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from gan_vision.models import NETWORKS
from gan_vision.recipes import RECIPES
from gan_vision.recipes.dcgan import PRESETS

STEPS = PRESETS["digits"]["steps"]
CONFIDENT = 0.9
SHARE_OF_A_CLASS = 0.01


def demo(*, out: Path | None = None, steps: int = STEPS, seed: int = 0,
         quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Train a DCGAN on 1,797 real handwritten digits: a few minutes on two cores, no network, no GPU.

    Args:
        out: New folder for the run; the next number under runs/ by default.
        steps: Discriminator updates.
        seed: Determines everything that is random.
        quiet: Print nothing but the result.
    """
    from gan_core.run.device import tensorflow_for
    from gan_core.run.folder import RunFolder
    from gan_core.run.recipe_training import displays, new_run

    recipe = RECIPES["dcgan"]
    config = recipe.settings(preset="digits", given={
        "steps": steps, "seed": seed, "sample_every": max(1, min(PRESETS["digits"]["sample_every"], steps // 6))},
        origin="demo")
    if out is not None:
        RunFolder.refuse_used(out)  # before the slow part
    with displays(quiet) as progress, tensorflow_for(seed=seed, progress=progress) as device:
        from gan_core.metrics.extractors import train_encoder
        from gan_core.run import run_experiment

        folder = new_run(recipe, config, out, "demo-digits", progress, device)
        train, validation = recipe.load(config)
        progress.say("training a small classifier that will judge the samples ...")
        judge = train_encoder(train.images, train.labels, seed=seed)
        progress.say(f"it recognises {judge.accuracy:.1%} of digits it has not seen")
        experiment = recipe.build(config, train, validation)
        scores = DigitScores(judge, np.asarray(train.images), NETWORKS[config.network].value_range)
        run_experiment(dataclasses.replace(experiment, validation=scores), folder, config, progress=progress)
    picture = first_and_last(folder)
    conclude(folder, picture, scores.history, len(train.class_names) or 10)


class DigitScores:
    """The validation of the demo: KID in the judge's features, and how many kinds of digits the samples hold.

    Args:
        judge: `Encoder` trained on the labelled digits.
        real: uint8 (n, height, width, 1).
        value_range: (low, high) of the generator.
        count: samples per score.
    """

    def __init__(self, judge, real: np.ndarray, value_range: tuple[float, float], count: int = 1000):
        self.judge, self.value_range, self.count = judge, value_range, count
        self.real = judge.features(real[:count])
        self.history: list[dict[str, float]] = []

    def __call__(self, gan) -> dict[str, float]:
        """{"kid", "digits_found", "recognised"}: a digit counts as found with 1 % of the samples, surely recognised."""
        from gan_core.images.sheet import to_uint8
        from gan_core.metrics.functional.kid import squared_discrepancy
        from gan_core.metrics.functional.modes import labels_from_probabilities

        fake = to_uint8(gan.generate(count=self.count, seed=1), self.value_range)
        labels = labels_from_probabilities(self.judge.probabilities(fake), confidence=CONFIDENT)
        counts = np.bincount(labels[labels >= 0], minlength=10)
        kid = squared_discrepancy(self.real.astype(np.float64), self.judge.features(fake).astype(np.float64))
        self.history.append({"kid": kid, "digits_found": float(np.sum(counts >= SHARE_OF_A_CLASS * self.count)),
                             "recognised": float(np.mean(labels >= 0))})
        return self.history[-1]


def first_and_last(folder) -> Path:
    """The first and the last sheet side by side, as `first-and-last.png`."""
    from PIL import Image

    from gan_core.images.sheet import save_picture, side_by_side

    paths = sorted(folder.samples.glob("step-*.png"))
    sheets = [np.asarray(Image.open(path)) for path in paths[::max(1, len(paths) - 1)]]
    return save_picture(folder.path / "first-and-last.png", side_by_side(sheets))


def conclude(folder, picture: Path, history: list[dict[str, float]], classes: int) -> None:
    """The numbers before and after, where to look, what to type next."""
    from rich.table import Table

    from gan_core.progress import stdout

    table = Table("", "untrained", "trained", "real digits would give")
    first, last = history[0], history[-1]
    table.add_row("KID, smaller is better", f"{first['kid']:.3f}", f"{last['kid']:.3f}", "0")
    table.add_row("kinds of digits found", f"{first['digits_found']:.0f}", f"{last['digits_found']:.0f}", str(classes))
    table.add_row("samples surely recognised", f"{first['recognised']:.0%}", f"{last['recognised']:.0%}", "nearly all")
    stdout().print(table)
    stdout().print(f"first and last samples: {picture}\nall sheets: {folder.samples}   report: {folder.report}\n"
                   f"next: gan-vision sample {folder.path} -n 100 --out digits.png", markup=False)
