"""What `--run` and `--baseline` name: an enhancer, from a run folder, a model file, or a classical method."""

from __future__ import annotations

from pathlib import Path

from gan_audio.errors import AudioConfigError, CheckpointError
from gan_core.errors import RunError
from gan_core.progress import say

PLAIN = {"mode": "overlap", "z": "normal", "seed": 0, "high_pass": None, "channels": "separate", "batch_size": 8,
         "best": False}


def enhancer_of(run: Path | None, baseline: str | None, **options):
    """The enhancer that `--run` or `--baseline` names.

    Raises:
        AudioConfigError: both or neither are given.
    """
    if run is not None and baseline is None:
        from gan_audio.enhancement.enhancer import Enhancer

        generator, card = generator_of(run, best=options.pop("best"))
        card.require(run, sample_rate=options.pop("sample_rate", None))
        return Enhancer.of(generator, card.size, sample_rate=card.sample_rate, preemphasis=card.preemphasis, **options)
    if run is not None or baseline is None:
        raise AudioConfigError("exactly one of --run and --baseline is needed. Received: "
                               f"run={run and str(run)!r}, baseline={baseline!r}. "
                               "Without a trained model, try --baseline wiener.")
    from gan_audio.baselines import baseline as classical

    given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value != PLAIN[name]]
    if given:
        raise AudioConfigError(f"{', '.join(given)}: for models only, and without effect on --baseline {baseline}. "
                               "Leave them out.")
    return classical(baseline)


def generator_of(model: Path, *, step: int | None = None, best: bool = False):
    """(generator, `ModelCard`) of a run folder or a model file.

    Args:
        model: folder that `train` printed, or file of `gan-audio export`.
        step: another checkpoint of the run than the newest.
        best: the generator of the run that scored best in validation.

    Raises:
        RunError: there is nothing.
        CheckpointError: nothing usable, or a choice where there is none.
    """
    if not model.exists():
        raise RunError(f"{model}: there is no such run folder or model file. Give the folder that `train` printed, or "
                       "a .keras file of `gan-audio export`.")
    say("starting TensorFlow ...")
    if not model.is_file():
        from gan_audio.recipes import RECIPES

        return RECIPES.open_run(model).generator(step=step, best=best)
    if best or step is not None:
        raise CheckpointError(f"{model} holds one generator. Received: best={best}, step={step}. "
                              "Give the run folder to choose.")
    from gan_audio.models.saved import load_generator
    from gan_core.run.device import tensorflow_for

    with tensorflow_for(seed=0):
        return load_generator(model)
