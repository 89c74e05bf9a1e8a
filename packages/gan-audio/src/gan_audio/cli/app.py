"""`gan-audio`: the shared verbs, and those that only sound has. Imports no TensorFlow."""

from __future__ import annotations

import inspect
import sys
import warnings
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, Parameter

from gan_audio.cli.check import check
from gan_audio.cli.demo import demo
from gan_audio.cli.look import look
from gan_audio.errors import AudioWarning
from gan_audio.recipes.table import MODALITY
from gan_core.cli import make_app, run
from gan_core.cli.app import ConfigFile, DryRun, Json, Out, Quiet

Flag = Annotated[bool, Parameter(negative="")]
Model = Annotated[Path | None, Parameter(name="--run", help="Run folder, or a .keras file that `export` wrote.")]
Models = Annotated[tuple[Path, ...], Parameter(name="--run", negative="", help="Run folder or .keras file; repeat it.")]
Names = Annotated[tuple[str, ...], Parameter(negative="")]
Mode = Literal["overlap", "concat", "full"]
SOURCES = "folder:ROOT, voicebank:ROOT, pairs:CLEAN,NOISY, damage:CLEAN, or synthetic."


def make_audio_app() -> App:
    """The program."""
    app = make_app(MODALITY)
    del app["sample"]  # there is nothing to sample: a generator needs noisy sound, which `enhance` takes
    del app["train"]
    train = App(name="train", help="Train a recipe; `train RECIPE --help` lists its settings.")
    for name in MODALITY.recipes:
        train.command(_train_command(name), name=name)
    for command in (train, enhance, evaluate, look, mix, control, export, check, demo):
        app.command(command)
    return app


def _train_command(recipe: str):
    module = MODALITY.recipe(recipe)

    def train(*, options=None, out=None, config=None, dry_run=False, quiet=False, control=False):
        from gan_core.cli import verbs

        folder = verbs.train(MODALITY, recipe, options=options, out=out, config=config, dry_run=dry_run, quiet=quiet)
        if control and folder is not None:
            from gan_audio.training.control import train_control

            train_control(folder.path, quiet=quiet)

    note = "Then train the same generator without the adversary, and report the difference (as the verb `control`)."
    train.__annotations__ = {"options": Annotated[module.Config | None, Parameter(name="*")], "out": Out,
                             "config": ConfigFile, "dry_run": DryRun, "quiet": Quiet,
                             "control": Annotated[bool, Parameter(negative="", help=note)]}
    train.__doc__ = inspect.cleandoc(module.__doc__ or "")
    return train


def enhance(source: Path, target: Path, /, *, run: Model = None, baseline: str | None = None, mode: Mode = "overlap",
            z: Literal["normal", "zeros"] = "normal", seed: int = 0, high_pass: float | None = None,
            channels: Literal["separate", "mix", "first", "error"] = "separate", batch_size: int = 8,
            best: Flag = False, subtype: str | None = None, overwrite: Flag = False, skip_bad: Flag = False,
            json: Json = False, quiet: Quiet = False) -> None:
    """Enhance a recording, or every recording of a folder: any rate, length and number of channels.

    gan-audio enhance noisy.wav enhanced.wav --run runs/00000-segan-tiny-mixed
    gan-audio enhance RECORDINGS ENHANCED --baseline wiener

    Args:
        source: File or folder.
        target: File or folder to write.
        run: The model.
        baseline: Instead of a model: identity, spectral_subtraction, wiener, declip or conceal.
        mode: overlap has no seams; concat is what published numbers used; full is one pass, for short recordings.
        z: The generator's noise.
        seed: Of that noise: the same seed (and batch size) gives the same bits.
        high_pass: Hz, of a high-pass on the result; 20 removes drift.
        channels: What to do with several.
        batch_size: Windows at a time.
        best: Use the generator that scored best in validation, not the last.
        subtype: Sample format such as PCM_16, PCM_24 or FLOAT; by default that of the source (PCM_16 for compressed
            ones such as mu-law).
        overwrite: Replace files that exist.
        skip_bad: Leave out files that cannot be used, and say so.
        json: Print JSON.
        quiet: Print nothing but errors.
    """
    from gan_audio.cli import verbs

    options = {
        "mode": mode, "z": z, "seed": seed, "high_pass": high_pass, "channels": channels, "batch_size": batch_size,
        "best": best}
    verbs.enhance(source, target, run=run, baseline=baseline, subtype=subtype, overwrite=overwrite, skip_bad=skip_bad,
                  as_json=json, quiet=quiet, **options)


def evaluate(*, data: Annotated[str | None, Parameter(help=SOURCES)] = None, run: Models = (),
             baseline: Annotated[tuple[str, ...] | None, Parameter(negative="")] = None, metrics: Names = (),
             split: Literal["test", "train"] = "test", limit: int | None = None, damage: str | None = None,
             sample_rate: int | None = None, channels: Literal["error", "mix", "first"] = "error",
             mode: Mode = "overlap", z: Literal["normal", "zeros"] = "normal", seed: int = 0, best: Flag = False,
             json: Json = False, out: Path | None = None) -> None:
    """Compare noisy input, classical baselines and models on recordings with a clean side, whole and per SNR.

    gan-audio evaluate --run runs/00000-segan-tiny-mixed --data folder:mixed
    gan-audio evaluate --data voicebank:VOICEBANK_DEMAND --baseline wiener --metrics pesq --metrics composite

    Args:
        data: By default what the run has not seen of its own data.
        run: The models.
        baseline: Repeatable; `none` for none. By default spectral_subtraction and wiener, or what fits the damage.
        metrics: Repeatable: snr, segmental_snr, si_sdr, log_spectral_distance, llr, wss, stoi, pesq, composite.
        split: Which part, where the source has several.
        limit: At most so many recordings, evenly chosen.
        damage: For damage:CLEAN, such as clip:percentile=90.
        sample_rate: Hz; that of the model, else 16000.
        channels: What to do with several.
        mode: See `enhance`.
        z: See `enhance`.
        seed: See `enhance`.
        best: See `enhance`.
        json: Print JSON.
        out: JSON file to write, with the values of every recording.
    """
    from gan_audio.cli import verbs

    verbs.evaluate(data=data, runs=run, baselines=baseline, metrics=metrics, split=split, limit=limit, damage=damage,
                   sample_rate=sample_rate, channels=channels, as_json=json, out=out, mode=mode, z=z, seed=seed,
                   best=best)


def mix(clean: Path, noise: Path, out: Path, /, *,
        snr: Annotated[tuple[float, ...], Parameter(negative="")] = (15.0, 10.0, 5.0, 0.0), copies: int = 1,
        level: Literal["active", "rms"] = "active", sample_rate: int | None = None,
        channels: Literal["mix", "first", "error"] = "mix", lead: float = 0.0, seed: int = 0, subtype: str = "PCM_16",
        skip_bad: Flag = False, overwrite: Flag = False, quiet: Quiet = False) -> None:
    """Mix a folder of clean speech with a folder of noise: OUT/clean, OUT/noisy and OUT/log.txt.

    gan-audio mix SPEECH NOISE mixed/train --snr 0 --snr 5 --snr 10 --sample-rate 16000

    Args:
        clean: Folder of speech.
        noise: Folder of noise.
        out: Folder to write.
        snr: Signal-to-noise ratios in dB; repeatable. Every noise gets every one equally often.
        copies: Mixes per clean file.
        level: Measure speech where somebody speaks (active), or over the whole file (rms).
        sample_rate: Hz, of the files; by default that of each clean file.
        channels: What to do with several.
        lead: Seconds of noise alone before the speech, from which classical methods learn the noise.
        seed: Which file gets which noise.
        subtype: Sample format.
        skip_bad: Leave out files that cannot be used, and say so.
        overwrite: Write into a folder that is not empty.
        quiet: Print nothing but errors.
    """
    from gan_audio.cli import verbs

    verbs.mix(clean, noise, out, snrs=snr, copies=copies, level=level, sample_rate=sample_rate, channels=channels,
              lead=lead, seed=seed, subtype=subtype, overwrite=overwrite, quiet=quiet, skip_bad=skip_bad)


def control(run: Path, /, *, quiet: Quiet = False) -> None:
    """Train a run's generator once more without the adversary (same seed and steps), and report the difference.

    Args:
        run: The run folder that `train` printed; the control becomes RUN/control, the result RUN/control.json.
        quiet: Print nothing but errors and the result.
    """
    from gan_audio.training.control import train_control

    train_control(run, quiet=quiet)


def export(run: Path, target: Path, /, *, step: int | None = None, best: Flag = False) -> None:
    """Write the generator of a run to one .keras file, with its sample rate, window and pre-emphasis.

    Args:
        run: The run folder that `train` printed.
        target: File to write.
        step: Another checkpoint than the newest.
        best: The generator that scored best in validation.
    """
    from gan_audio.cli import verbs

    verbs.export(run, target, step=step, best=best)


def show_warnings() -> None:
    """Print what deserves a word as one line each, without the place in the source."""
    plain = warnings.showwarning

    def show(message, category, filename, lineno, file=None, line=None):
        if issubclass(category, AudioWarning):
            print(f"warning: {message}", file=sys.stderr)
        else:
            plain(message, category, filename, lineno, file, line)

    warnings.showwarning = show
    warnings.simplefilter("always", AudioWarning)


def main() -> None:
    """The console script."""
    show_warnings()
    run(make_audio_app())
