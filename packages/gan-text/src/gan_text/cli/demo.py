"""`gan-text demo`: learn the strings of a small grammar in two minutes, and show that it did. Needs no network."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_text.recipes import RECIPES

STEPS = 2500
SHEETS = 5
SHOWN = 8  # sentences before and after


def demo(*, out: Path | None = None, steps: int = STEPS, seed: int = 0,
         quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Train a GAN on strings such as x*(y+x): under two minutes on two cores, no network, no GPU.

    A chart parser decides exactly which of the generated strings are correct.

    Args:
        out: New folder for the run; the next number under runs/ by default.
        steps: Critic updates.
        seed: Determines everything that is random.
        quiet: Print nothing but the result.
    """
    from gan_core.run.device import tensorflow_for
    from gan_core.run.folder import RunFolder
    from gan_core.run.recipe_training import displays, new_run

    recipe = RECIPES["arith"]
    config = recipe.settings(origin="demo", given={
        "steps": steps, "seed": seed, "sample_every": max(1, steps // SHEETS), "checkpoint_every": max(1, steps // 2)})
    if out is not None:
        RunFolder.refuse_used(out)  # before the slow part
    with displays(quiet) as progress, tensorflow_for(seed=seed, progress=progress) as device:
        from gan_core.run import run_experiment

        folder = new_run(recipe, config, out, "demo-arith", progress, device)
        experiment = recipe.build(config, *recipe.load(config))
        scores = Told(experiment.validation, progress)
        run_experiment(dataclasses.replace(experiment, validation=scores), folder, config, progress=progress)
    conclude(folder, experiment, scores)


class Told:
    """A validation that says each of its answers.

    Args:
        scores: a `TextScores`.
        progress: where to say it.
    """

    def __init__(self, scores, progress):
        self.scores, self.progress = scores, progress
        self.history: list[dict[str, float]] = []

    def __call__(self, gan) -> dict[str, float]:
        """The scores."""
        found = self.scores(gan)
        self.history.append(found)
        self.progress.say(f"generator update {int(gan.generator_steps):4}: {found['acceptance']:6.1%} of the strings "
                          f"are accepted, {found['unique']:.1%} unique")
        return found


def conclude(folder, experiment, scores: Told) -> None:
    """The numbers and sentences before and after, where to look, what to type next."""
    from rich.markup import escape
    from rich.table import Table

    from gan_core.progress import stdout
    from gan_text.decode import choose_ids
    from gan_text.metrics import expected_unique
    from gan_text.training.previews import write_lines

    train, count = scores.scores.train, scores.scores.count
    grammar = train.grammar
    first, last = scores.history[0], scores.history[-1]
    perfect = expected_unique(count, grammar.count_up_to(train.length))
    table = Table("", "untrained", "trained", "real strings")
    table.add_row(f"accepted by the grammar, of {count:,}", f"{first['acceptance']:.1%}", f"{last['acceptance']:.1%}",
                  "100%")
    table.add_row("unique", f"{first['unique']:.1%}", f"{last['unique']:.1%}", f"{perfect:.1%}")
    table.add_row("JS-4, bits, smaller is better", f"{first['js_4']:.3f}", f"{last['js_4']:.3f}",
                  f"{last['js_4_floor']:.3f}")
    stdout().print(table)

    before, after = (sorted(folder.samples.glob("step-*.txt"))[place].read_text("utf-8").splitlines()
                     for place in (0, -1))
    table = Table("before", "", "after", "")
    for old, new in zip(before[:SHOWN], after[:SHOWN], strict=True):
        table.add_row(escape(old), _judged(grammar, old), escape(new), _judged(grammar, new))
    stdout().print(table)
    ids = choose_ids(experiment.sample(count, seed=1))
    path = write_lines(folder.path / "samples.txt", train.vocabulary.decode_each(ids))
    stdout().print(f"{count:,} strings: {path}\nall sheets: {folder.samples}   report: {folder.report}\n"
                   f"next: gan-text sample {folder.path} -n 20", markup=False)


def _judged(grammar, text: str) -> str:
    return "correct" if grammar.accepts(text) else "-"
