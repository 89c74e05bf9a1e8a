"""The control of a run: the same generator, data, seed and steps with other settings, such as no adversary."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from gan_core.progress import Progress
from gan_core.run.folder import RunFolder
from gan_core.run.trained_run import TrainedRun

Run = TypeVar("Run", bound=TrainedRun)
FOLDER = "control"


def trained_control(run: Run, changes: Mapping[str, Any], progress: Progress, *, described: str) -> Run:
    """The control of a run in RUN/control: trained now, finished, or opened.

    Both start from the same weights and see the same batches with the same noise.

    Args:
        run: what it is the control of.
        changes: settings in which they differ.
        progress: where to report.
        described: what is different, for people: "without the adversary".

    Raises:
        GanError: as `train` and `resume`.
    """
    from gan_core.run.checkpoint import Checkpoints
    from gan_core.run.recipe_training import resume_run, train_recipe

    settings = run.config.model_copy(update={**changes, "steps": run.step})
    place = RunFolder(run.folder.path / FOLDER)
    if not place.config.is_file():
        progress.say(f"training the control: {run.step:,} steps {described}")
        train_recipe(run.recipe, settings, out=place.path, progress=progress)
    elif Checkpoints(place.checkpoints).steps()[-1:] != [run.step]:
        resume_run(run.recipe, settings, place, progress=progress)
    return type(run)(place, run.recipe, settings, data=run.reads_data)
