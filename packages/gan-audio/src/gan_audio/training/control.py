"""The control of a run: the same generator, data, seed and steps without the adversary, and the difference."""

from __future__ import annotations

from collections.abc import Sequence

from gan_audio.enhancement.enhancement_run import EnhancementRun
from gan_audio.errors import AudioConfigError
from gan_audio.metrics.comparison import Difference, differences
from gan_audio.metrics.evaluation import Evaluation, evaluate
from gan_core.progress import Progress

NAMES = ("with adversary", "without")


def trained_control(run: EnhancementRun, progress: Progress) -> EnhancementRun:
    """The control of a run in RUN/control: trained now, finished, or opened.

    Raises:
        AudioConfigError: the run is itself a control.
    """
    from gan_core.run.control import trained_control as control_of

    if not run.config.adversary:
        raise AudioConfigError(f"{run.folder.path} was trained without an adversary: it has no control. "
                               "Received: adversary=False.")
    return control_of(run, {"adversary": False}, progress, described="without the adversary")


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
