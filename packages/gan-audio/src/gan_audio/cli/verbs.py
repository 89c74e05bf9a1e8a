"""What the verbs of `gan-audio` do beside the shared ones. TensorFlow is imported only where a network runs."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Sequence
from pathlib import Path

from gan_audio.errors import AudioConfigError, AudioDataError
from gan_core.files import write_whole
from gan_core.progress import quietly, say, showing, stdout

OPTIONAL = {"stoi": ("pystoi", "metrics"), "pesq": ("pesq", "pesq"), "composite": ("pesq", "pesq")}
SHORT = {"segmental_snr": "ssnr", "log_spectral_distance": "lsd"}
COLUMNS = 6  # metrics beside each other: 80 characters hold them
PLAIN = {"mode": "overlap", "z": "normal", "seed": 0, "high_pass": None, "channels": "separate", "batch_size": 8,
         "best": False}
NATURAL_BASELINES = {"clip": ("declip",), "drop_packets": ("conceal",), "remove_chunks": ("conceal",)}


def open_enhancer(run: Path | None, baseline: str | None, **options):
    """The enhancer that `--run` or `--baseline` names.

    Raises:
        AudioConfigError: both or neither are given.
    """
    if (run is None) == (baseline is None):
        raise AudioConfigError("exactly one of --run and --baseline is needed. Received: "
                               f"run={run and str(run)!r}, baseline={baseline!r}. "
                               "Without a trained model, try --baseline wiener.")
    if baseline is not None:
        from gan_audio.baselines import baseline as classical

        given = [f"--{name.replace('_', '-')}" for name, value in options.items() if value != PLAIN[name]]
        if given:
            raise AudioConfigError(f"{', '.join(given)}: for models only, and without effect on --baseline {baseline}. "
                                   "Leave them out.")
        return classical(baseline)
    from gan_audio.enhancement.enhancer import Enhancer
    from gan_core.cli.main import start_tensorflow

    say("starting TensorFlow ...")
    start_tensorflow(seed=0)
    return Enhancer.load(run, **options)


def enhance(source: Path, target: Path, *, run: Path | None, baseline: str | None, subtype: str | None, overwrite: bool,
            skip_bad: bool, as_json: bool, quiet: bool, **options) -> None:
    """Enhance a file or a folder, and say what was written."""
    from gan_audio.enhancement.files import check_jobs, enhance_path

    check_jobs(source, target, subtype=subtype, overwrite=overwrite)  # before the slow part
    enhancer = open_enhancer(run, baseline, **options)
    with quietly(quiet):
        report = enhance_path(enhancer, source, target, subtype=subtype, overwrite=overwrite, strict=not skip_bad)
    if as_json:
        print(json.dumps({
            "files": [{"source": str(file.source), "target": str(file.target), "seconds": file.seconds,
                       "sample_rate": file.sample_rate, "channels": file.channels, "clipped": file.clipped}
                      for file in report.files],
            "skipped": report.skipped, "real_time_factor": report.real_time_factor}))
    elif not quiet:
        where = report.files[0].target if len(report.files) == 1 else target
        stdout().print(f"{len(report.files)} file(s), {report.seconds:.1f} s of sound -> {where} "
                       f"({report.real_time_factor:.2f} s of work per second of sound)", markup=False)
    if not report.files:
        raise AudioDataError(f"{source}: no file could be enhanced ({len(report.skipped)} skipped).")


def export(run: Path, target: Path, *, step: int | None, best: bool) -> None:
    """Write a run's generator to one file."""
    from gan_audio.models.saved import save_generator
    from gan_audio.runs import load_model
    from gan_core.cli.main import start_tensorflow

    if target.exists():
        raise AudioConfigError(f"{target} exists already. Choose another name.")
    start_tensorflow(seed=0)
    generator, card = load_model(run, step=step, best=best)
    save_generator(target, generator, card)
    stdout().print(f"{card.recipe}, step {card.step:,}, {card.sample_rate} Hz -> {target}", markup=False)


def mix(clean: Path, noise: Path, out: Path, *, quiet: bool, skip_bad: bool, **options) -> None:
    """Mix folders of speech and noise into a folder of pairs."""
    from gan_audio.data.folder_mixing import mix_folder

    with quietly(quiet):
        report = mix_folder(clean, noise, out, strict=not skip_bad, **options)
    if not quiet:
        scaled = f", {report.scaled} turned down to stay within full scale" if report.scaled else ""
        stdout().print(f"{report.pairs} pairs, {report.seconds / 60:.1f} min of sound -> {report.folder}{scaled}",
                       markup=False)
    if not report.pairs:
        raise AudioDataError(f"{clean}: no file could be mixed ({len(report.skipped)} skipped).")


def available_metrics() -> list[str]:
    """The metrics of a table by default: PESQ and STOI where their packages are installed."""
    metrics = ["si_sdr", "segmental_snr", "snr", "log_spectral_distance"]
    return metrics + [name for name, (package, _) in OPTIONAL.items() if importlib.util.find_spec(package)]


def evaluate(*, data: str | None, runs: Sequence[Path], baselines: Sequence[str] | None, metrics: Sequence[str],
             split: str, limit: int | None, damage: str | None, sample_rate: int | None, channels: str, as_json: bool,
             out: Path | None, **options) -> None:
    """Print noisy / baselines / models over recordings, whole and per SNR."""
    from gan_audio.baselines import baseline
    from gan_audio.data.sources import evenly, recordings, unseen_recordings
    from gan_audio.metrics.evaluation import check_metrics
    from gan_audio.metrics.evaluation import evaluate as measure

    metrics = check_metrics(metrics or available_metrics())
    if limit is not None and limit < 1:
        raise AudioConfigError(f"`--limit` must be at least 1. Received: limit={limit}.")
    reading, config = _reading(runs, damage, sample_rate, channels)
    if data is not None:
        source = data
    elif config is not None:
        source = config.data
    else:
        raise AudioConfigError("--data or --run is needed. Received: neither. Write --data folder:ROOT.")
    if baselines is None:
        of_damage = source.startswith("damage:")
        baselines = NATURAL_BASELINES.get(reading.damage.split(":")[0], ()) if of_damage else (
            "spectral_subtraction", "wiener")
    systems: dict = {name: baseline(name) for name in baselines if name != "none"}
    if data is None and config is not None:
        found = unseen_recordings(source, reading=reading, held_out=config.held_out,
                                  validation=config.validation, limit=limit)
    else:
        found = evenly(chosen := list(recordings(source, split=split, reading=reading)), limit or len(chosen))
    for run in runs:
        name = "model" if len(runs) == 1 else run.name
        if name in systems or (len(runs) > 1 and [each.name for each in runs].count(name) > 1):
            name = str(run)  # two runs may have one name
        systems[name] = open_enhancer(run, None, sample_rate=reading.sample_rate,
                                                                        **options)
    with showing() as show:
        result = measure(found, systems, metrics, tell=lambda done, name: show(name, done, len(found)))
    if out is not None:
        write_whole(out, json.dumps(result.as_dict(), indent=1))
    if as_json:
        print(json.dumps(result.as_dict()))
        return
    print_evaluation(result)
    for name in [name for name in OPTIONAL if name != "composite" and name not in metrics]:
        package, extra = OPTIONAL[name]
        if not importlib.util.find_spec(package):
            say(f"{name} is left out: pip install 'gan-audio[{extra}]' adds it")


def _reading(runs: Sequence[Path], damage: str | None, sample_rate: int | None, channels: str):
    """How to read: at the rate of the models, which must agree."""
    from dataclasses import replace

    from gan_audio.data.sources import Reading
    from gan_audio.models.saved import read_card
    from gan_audio.runs import read_config

    config, rates = None, {}
    for run in runs:
        if run.is_file():
            rates[run] = read_card(run).sample_rate
        else:
            _, found, _ = read_config(run)
            config, rates[run] = config or found, found.sample_rate
    if len(set(rates.values())) > 1:
        raise AudioConfigError("models in one table must have one sample rate. Received: "
                               + ", ".join(f"{run}: {rate} Hz" for run, rate in rates.items()) + ".")
    rate = sample_rate or next(iter(rates.values()), 16_000)
    reading = config.reading() if config is not None else Reading()
    return replace(reading, sample_rate=rate, channels=channels, damage=damage or reading.damage), config


def print_evaluation(result) -> None:
    """The table of means, one per SNR group, and the notes."""
    from rich.markup import escape
    from rich.table import Table

    groups = [None, *(result.snrs if len(result.snrs) > 1 else [])]
    for snr in groups:
        count = len(result.names) if snr is None else result.groups.count(snr)
        rows = result.table(snr)
        title = f"{'all' if snr is None else f'mixed at {snr:g} dB'}: means over {count} recordings"
        for start in range(1, len(rows[0]), COLUMNS):  # numbers are never cut: many metrics make several tables
            table = Table(title=title if start == 1 else None, title_justify="left")
            for index, name in enumerate([rows[0][0], *rows[0][start:start + COLUMNS]]):
                table.add_column(SHORT.get(str(name), str(name)), no_wrap=index > 0, overflow="fold",
                                 justify="right" if index else "left")
            for row in rows[1:]:
                table.add_row(escape(row[0]), *row[start:start + COLUMNS])
            stdout().print(table)
    if set(SHORT) & set(rows[0]):
        stdout().print("ssnr: segmental SNR, dB; lsd: log-spectral distance, dB (less is better)")
    for note in result.notes:
        stdout().print(note, markup=False)
