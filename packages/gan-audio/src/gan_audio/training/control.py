"""The control of a run: the same generator, data, seed and steps without the adversary, and the difference."""

from __future__ import annotations

from collections.abc import Sequence

from gan_audio.enhancement.enhancement_run import EnhancementRun
from gan_audio.errors import AudioConfigError
from gan_audio.metrics.comparison import Difference, differences
from gan_audio.metrics.evaluation import Evaluation, evaluate
from gan_core.progress import Progress
from gan_core.run.folder import RunFolder

NAMES = ("with adversary", "without")


def trained_control(run: EnhancementRun, progress: Progress) -> EnhancementRun:
    """The control of a run in RUN/control: trained now, finished, or opened.

    Both start from the same weights and see the same batches with the same noise z; only the adversarial term differs.

    Raises:
        AudioConfigError: the run is itself a control.
    """
    from gan_core.run.checkpoint import Checkpoints
    from gan_core.run.recipe_training import resume_run, train_recipe

    if not run.config.adversary:
        raise AudioConfigError(f"{run.folder.path} was trained without an adversary: it has no control. "
                               "Received: adversary=False.")
    settings = run.config.model_copy(update={"adversary": False, "steps": run.step})
    place = RunFolder(run.folder.path / "control")
    if not place.config.is_file():
        progress.say(f"training the control: {run.step:,} steps without the adversary")
        train_recipe(run.recipe, settings, out=place.path, progress=progress)
    elif Checkpoints(place.checkpoints).steps()[-1:] != [run.step]:
        resume_run(run.recipe, settings, place, progress=progress)
    return EnhancementRun(place, run.recipe, settings)


def compare(run: EnhancementRun, control: EnhancementRun, metrics: Sequence[str]) -> tuple[
        Evaluation, list[Difference]]:
    """Scores of a run and its control on recordings that neither has seen, and the differences by metric."""
    from gan_audio.data.sources import unseen_recordings

    config = run.config
    recordings = unseen_recordings(config.data, reading=config.reading(), held_out=config.held_out,
                                   validation=config.validation, limit=config.validation_limit)
    found = evaluate(recordings, {name: each.enhancer() for name, each in zip(NAMES, (run, control), strict=True)},
                     metrics)
    return found, differences(found, *NAMES, seed=config.seed)
