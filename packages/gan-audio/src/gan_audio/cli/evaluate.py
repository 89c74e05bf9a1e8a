"""`gan-audio evaluate`: noisy input, classical methods and models side by side, whole and per SNR."""

from __future__ import annotations

import importlib.util
import json as json_format
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_audio.cli.models import enhancer_of
from gan_audio.cli.options import SOURCES, Flag, Mode, Models
from gan_audio.cli.tables import OPTIONAL, available_metrics, print_evaluation
from gan_audio.errors import AudioConfigError
from gan_audio.recipes import RECIPES
from gan_core.cli.app import Json
from gan_core.files import write_whole
from gan_core.progress import say, showing
from gan_core.run.folder import RunFolder

NATURAL_BASELINES = {"clip": ("declip",), "drop_packets": ("conceal",), "remove_chunks": ("conceal",)}
Names = Annotated[tuple[str, ...], Parameter(negative="")]


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
    from gan_audio.data.sources import evenly, recordings, unseen_recordings
    from gan_audio.metrics.evaluation import check_metrics
    from gan_audio.metrics.evaluation import evaluate as measure

    measured = check_metrics(metrics or available_metrics())
    if limit is not None and limit < 1:
        raise AudioConfigError(f"`--limit` must be at least 1. Received: limit={limit}.")
    reading, config = _reading(run, damage, sample_rate, channels)
    if data is not None:
        systems = _classical(baseline, data, reading.damage)
        found = evenly(every := list(recordings(data, split=split, reading=reading)), limit or len(every))
    elif config is not None:
        systems = _classical(baseline, config.data, reading.damage)
        found = unseen_recordings(config.data, reading=reading, held_out=config.held_out, validation=config.validation,
                                  limit=limit)
    else:
        raise AudioConfigError("--data or --run is needed. Received: neither. Write --data folder:ROOT.")
    for model in run:
        name = "model" if len(run) == 1 else model.name
        if name in systems or (len(run) > 1 and [each.name for each in run].count(name) > 1):
            name = str(model)  # two runs may have one name
        systems[name] = enhancer_of(model, None, sample_rate=reading.sample_rate, mode=mode, z=z, seed=seed, best=best)
    with showing() as show:
        result = measure(found, systems, measured, tell=lambda done, name: show(name, done, len(found)))
    if out is not None:
        write_whole(out, json_format.dumps(result.as_dict(), indent=1))
    if json:
        print(json_format.dumps(result.as_dict()))
        return
    print_evaluation(result)
    for name in [name for name in OPTIONAL if name != "composite" and name not in measured]:
        package, extra = OPTIONAL[name]
        if not importlib.util.find_spec(package):
            say(f"{name} is left out: pip install 'gan-audio[{extra}]' adds it")


def _classical(names: Sequence[str] | None, source: str, damage: str) -> dict:
    """The classical methods by name: those asked for, or what fits the source."""
    from gan_audio.baselines import baseline

    if names is None:
        of_damage = source.startswith("damage:")
        names = NATURAL_BASELINES.get(damage.split(":")[0], ()) if of_damage else ("spectral_subtraction", "wiener")
    return {name: baseline(name) for name in names if name != "none"}


def _reading(models: Sequence[Path], damage: str | None, sample_rate: int | None, channels: str):
    """(how to read, the config of the first run): at the rate of the models, which must agree."""
    from gan_audio.data.sources import Reading
    from gan_audio.models.saved import read_card

    config, rates = None, {}
    for model in models:
        if model.is_file():
            rates[model] = read_card(model).sample_rate
        else:
            _, found = RECIPES.of_run(RunFolder.open(model))
            config, rates[model] = config or found, found.sample_rate
    if len(set(rates.values())) > 1:
        raise AudioConfigError("models in one table must have one sample rate. Received: "
                               + ", ".join(f"{model}: {rate} Hz" for model, rate in rates.items()) + ".")
    rate = sample_rate or next(iter(rates.values()), 16_000)
    reading = config.reading() if config is not None else Reading()
    return replace(reading, sample_rate=rate, channels=channels, damage=damage or reading.damage), config
