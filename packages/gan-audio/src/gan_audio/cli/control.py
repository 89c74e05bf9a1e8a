"""`gan-audio control`: what the adversary changes, by training the same generator without it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from gan_audio.cli.tables import available_metrics, print_evaluation
from gan_audio.enhancement.enhancement_run import EnhancementRun
from gan_audio.recipes import RECIPES
from gan_core.cli.app import Quiet
from gan_core.progress import Progress, stdout


def control(run: Path, /, *, quiet: Quiet = False) -> None:
    """Train a run's generator once more without the adversary (same seed and steps), and report the difference.

    Args:
        run: The run folder that `train` printed; the control becomes RUN/control, the result RUN/control.json.
        quiet: Print nothing but errors and the result.
    """
    train_control(RECIPES.open_run(run), quiet)


def train_control(run: EnhancementRun, quiet: bool) -> None:
    """Train the control of a run in RUN/control (or finish it), compare both, and write RUN/control.json.

    Raises:
        GanError: the run is itself a control, or left no recordings to compare on.
    """
    from rich.table import Table

    from gan_audio.training.control import compare, trained_control

    progress = Progress(quiet=quiet)
    found, rows = compare(run, trained_control(run, progress), available_metrics())
    print_evaluation(found)
    table = Table("metric", "with - without", "95 % interval", title="what the adversary changed", title_justify="left")
    for row in rows:
        table.add_row(row.metric, f"{row.mean:+.3f}", f"{row.low:+.3f} to {row.high:+.3f}")
    stdout().print(table)
    path = run.folder.path / "control.json"
    path.write_text(json.dumps({"differences": [asdict(row) for row in rows], **found.as_dict()}, indent=1),
                    encoding="utf-8")
    progress.say(f"{len(found.names)} recordings, paired bootstrap over recordings; written to {path}")
