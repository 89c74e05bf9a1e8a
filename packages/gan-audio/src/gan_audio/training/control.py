"""The control of a run: the same generator, data, seed and steps without the adversary, and the difference."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from gan_audio.recipes.table import MODALITY


def train_control(run: Path, *, quiet: bool = False) -> Path:
    """Train the control of a run in RUN/control (or finish it), compare both, and write RUN/control.json.

    Both start from the same weights and see the same batches with the same noise z; only the adversarial term differs.

    Returns:
        The path of control.json.

    Raises:
        GanError: the run cannot be read, is itself a control, or left no recordings to compare on.
    """
    from gan_audio.errors import AudioConfigError
    from gan_audio.runs import read_config
    from gan_core.cli import verbs
    from gan_core.progress import Progress
    from gan_core.run.checkpoint import Checkpoints

    recipe, config, folder = read_config(run)
    if not config.adversary:
        raise AudioConfigError(f"{run} was trained without an adversary: it has no control. Received: adversary=False.")
    steps = Checkpoints(folder.checkpoints).newest()[0].step
    place, progress = folder.path / "control", Progress(quiet=quiet)
    settings = config.model_copy(update={"adversary": False, "steps": steps})
    if not (place / "config.yaml").is_file():
        progress.say(f"training the control: {steps:,} steps without the adversary")
        verbs.train(MODALITY, recipe, options=settings, out=place, quiet=quiet)
    elif Checkpoints(place / "checkpoints").steps()[-1:] != [steps]:
        verbs.resume(MODALITY, place, steps=steps, quiet=quiet)
    return report(folder.path, place, config, progress)


def report(run: Path, place: Path, config, progress) -> Path:
    """Compare a run with its control on recordings that neither has seen."""
    from rich.table import Table

    from gan_audio.cli.verbs import available_metrics, print_evaluation
    from gan_audio.data.sources import unseen_recordings
    from gan_audio.metrics.comparison import differences
    from gan_core.progress import stdout

    recordings = unseen_recordings(config.data, reading=config.reading(), held_out=config.held_out,
                                   validation=config.validation, limit=config.validation_limit)
    found = _evaluate(recordings, {"with adversary": run, "without": place}, available_metrics())
    rows = differences(found, "with adversary", "without", seed=config.seed)
    print_evaluation(found)
    table = Table("metric", "with - without", "95 % interval", title="what the adversary changed", title_justify="left")
    for row in rows:
        table.add_row(row.metric, f"{row.mean:+.3f}", f"{row.low:+.3f} to {row.high:+.3f}")
    stdout().print(table)
    path = run / "control.json"
    path.write_text(json.dumps({"differences": [asdict(row) for row in rows], **found.as_dict()}, indent=1),
                    encoding="utf-8")
    progress.say(f"{len(recordings)} recordings, paired bootstrap over recordings; written to {path}")
    return path


def _evaluate(recordings, runs: dict[str, Path], metrics):
    from gan_audio.enhancement.enhancer import Enhancer
    from gan_audio.metrics.evaluation import evaluate

    return evaluate(recordings, {name: Enhancer.load(run) for name, run in runs.items()}, metrics)
