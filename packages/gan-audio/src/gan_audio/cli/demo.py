"""`gan-audio demo`: learn to take noise from voices made by formula in two minutes, and show that it did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_audio.recipes import RECIPES
from gan_audio.recipes.segan_tiny import PRESETS

STEPS = PRESETS["demo"]["steps"]
SHOWN = ("si_sdr", "segmental_snr", "snr", "log_spectral_distance", "stoi")


def demo(*, out: Path | None = None, steps: int = STEPS, seed: int = 0,
         quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Train segan-tiny on synthetic voices with noise: under two minutes on two cores, no data, no network, no GPU.

    Args:
        out: New folder for the run; the next number under runs/ by default.
        steps: Updates of either player.
        seed: Determines everything that is random.
        quiet: Print nothing but the result.
    """
    from gan_core.run.device import tensorflow_for
    from gan_core.run.folder import RunFolder
    from gan_core.run.recipe_training import displays, new_run

    recipe = RECIPES["segan-tiny"]
    config = recipe.settings(preset="demo", origin="demo", given={
        "steps": steps, "seed": seed, "sample_every": max(1, steps // 3)})
    if out is not None:
        RunFolder.refuse_used(out)  # before the slow part
    with displays(quiet) as progress, tensorflow_for(seed=seed, progress=progress) as device:
        from gan_core.run import run_experiment

        folder = new_run(recipe, config, out, "demo-voices", progress, device)
        progress.say("making voices and noise ...")
        experiment = recipe.build(config, *recipe.load(config))
        gan = run_experiment(experiment, folder, config, progress=progress)
        progress.say("comparing with classical methods on voices and a noise that training did not have ...")
    conclude(folder, gan, config)


def conclude(folder, gan, config) -> None:
    """The table, one recording before and after as sound and picture, and what to type next."""
    import importlib.util

    from gan_audio.baselines import baseline
    from gan_audio.cli.tables import print_evaluation
    from gan_audio.data.sources import recordings
    from gan_audio.data.writing import write_audio
    from gan_audio.enhancement.enhancer import Enhancer
    from gan_audio.metrics.evaluation import evaluate
    from gan_audio.sound.pictures import spectrogram_picture
    from gan_core.images.sheet import save_picture
    from gan_core.progress import stdout

    metrics = [name for name in SHOWN if name != "stoi" or importlib.util.find_spec("pystoi")]
    enhancer = Enhancer.of(gan.sampler, config.size(), sample_rate=config.sample_rate, preemphasis=config.preemphasis)
    unseen = list(recordings("synthetic", split="test", reading=config.reading()))
    result = evaluate(unseen, {**{name: baseline(name) for name in ("spectral_subtraction", "wiener")},
                               "segan-tiny": enhancer}, metrics)
    (folder.path / "table.json").write_text(json.dumps(result.as_dict(), indent=1), encoding="utf-8")
    example = unseen[1]
    stages = {"noisy": example.noisy, "enhanced": enhancer.enhance(example.noisy, example.sample_rate),
              "clean": example.clean}
    for name, file in (("noisy", "before.wav"), ("enhanced", "after.wav"), ("clean", "clean.wav")):
        write_audio(folder.path / file, stages[name], example.sample_rate, subtype="FLOAT")
    save_picture(folder.path / "before-and-after.png", spectrogram_picture(stages, example.sample_rate))
    print_evaluation(result)
    where = folder.path
    stdout().print(f"listen: {where}/before.wav {where}/after.wav   look: {where}/before-and-after.png\n"
                   f"all sounds: {folder.samples}   report: {folder.report}\n"
                   f"next: gan-audio enhance {where}/before.wav again.wav --run {where}", markup=False)
