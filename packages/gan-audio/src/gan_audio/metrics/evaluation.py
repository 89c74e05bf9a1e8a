"""Tables of metrics: the unprocessed input, baselines and models over the same recordings, whole and per SNR."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from gan_audio.errors import AudioConfigError, AudioDataError, AudioWarning
from gan_audio.metrics import METRICS, composite_from
from gan_audio.metrics.perceptual import PESQ_IMPLEMENTATION
from gan_core.errors import did_you_mean

DEFAULT_METRICS = ("snr", "segmental_snr", "si_sdr", "log_spectral_distance", "stoi")
COMPOSITE = ("csig", "cbak", "covl")


@dataclass
class Evaluation:
    """Metrics of every (system, recording), and their means.

    Attributes:
        values: system -> metric -> one value per recording, in the order of `names`.
        names: of the recordings.
        groups: the SNR (dB) of each recording's mix, or None where it is not known.
        notes: what must stand beside the numbers, such as the PESQ implementation.
    """

    values: dict[str, dict[str, list[float]]]
    names: list[str]
    groups: list[float | None]
    notes: list[str] = field(default_factory=list)

    def mean(self, system: str, metric: str, snr: float | None = None) -> float:
        """The mean of per-file values, of one SNR group or of all; files where the metric is NaN are left out."""
        chosen = [value for value, group in zip(self.values[system][metric], self.groups, strict=True)
                  if (snr is None or group == snr) and not math.isnan(value)]
        return float(np.mean(chosen)) if chosen else float("nan")

    @property
    def snrs(self) -> list[float]:
        """The SNR groups, in rising order."""
        return sorted({group for group in self.groups if group is not None})

    def as_dict(self) -> dict:
        """For JSON: means, counts of defined values, means per SNR, and every file. NaN and infinities become None."""
        systems = {}
        for system, metrics in self.values.items():
            systems[system] = {
                "mean": {metric: _plain(self.mean(system, metric)) for metric in metrics},
                "files": {metric: sum(not math.isnan(value) for value in values) for metric, values in metrics.items()},
                "per_snr": {f"{snr:g}": {metric: _plain(self.mean(system, metric, snr)) for metric in metrics}
                            for snr in self.snrs},
                "per_file": {metric: [_plain(value) for value in values] for metric, values in metrics.items()},
            }
        return {"recordings": self.names, "snr_db": self.groups, "systems": systems, "notes": self.notes}

    def table(self, snr: float | None = None) -> list[list[str]]:
        """Rows of text, the first a heading: one row per system."""
        metrics = list(next(iter(self.values.values())))
        rows = [["", *metrics]]
        return rows + [[system, *(f"{self.mean(system, metric, snr):.3g}" if metric == "stoi"
                                  else f"{self.mean(system, metric, snr):.2f}" for metric in metrics)]
                       for system in self.values]


def evaluate(recordings: Iterable, systems: Mapping, metrics: Iterable[str] = DEFAULT_METRICS, *,
             tell=None) -> Evaluation:
    """Enhance every recording with every system and measure against the clean side.

    Args:
        recordings: `Recording`s (name, clean, noisy, sample_rate, noise, snr), e.g. `PairedAudioFolder.recordings()`.
        systems: name -> enhancer or baseline; the unprocessed input is always the first row, "noisy".
        metrics: names of `gan_audio.metrics.METRICS`, or "composite", which adds CSIG, CBAK and COVL.
        tell: called after each recording with (done, name), for progress.

    Returns:
        `Evaluation`.

    Raises:
        AudioConfigError: a metric is unknown.
        AudioDataError: there is no recording.
        MissingDependencyError: a metric needs a package that is not installed.

    Example:
        >>> result = evaluate(folder.recordings(), {"wiener": baseline("wiener")})
        >>> result.mean("wiener", "si_sdr")
        12.3
    """
    metrics = check_metrics(metrics)
    columns = [column for metric in metrics for column in (COMPOSITE if metric == "composite" else (metric,))]
    values = {system: {column: [] for column in columns} for system in ("noisy", *systems)}
    names, groups, notes = [], [], []
    for recording in recordings:
        rate = recording.sample_rate
        for system in values:
            estimate = recording.noisy if system == "noisy" else systems[system].enhance(recording.noisy, rate)
            try:
                found = _measure(recording.clean, estimate, rate, metrics)
            except AudioConfigError as error:
                raise AudioDataError(f"{recording.name}: cannot be measured. {error} Leave it out.") from error
            for column, value in found.items():
                values[system][column].append(value)
        names.append(recording.name)
        groups.append(recording.snr)
        if tell is not None:
            tell(len(names), recording.name)
    if not names:
        raise AudioDataError("there is no recording to evaluate. Received: an empty data set.")
    if "pesq" in metrics or "composite" in metrics:
        notes.append(f"PESQ (wb): {PESQ_IMPLEMENTATION}")
    undefined = sum(math.isnan(value) for each in values.values() for column in each.values() for value in column)
    if undefined:
        notes.append(f"{undefined} values are not defined (silence, or too short) and left out of the means")
    return Evaluation(values, names, groups, notes)


def check_metrics(metrics: Iterable[str]) -> list[str]:
    """The names without repetition.

    Raises:
        AudioConfigError: one is unknown.
    """
    metrics = list(dict.fromkeys(metrics))
    for metric in metrics:
        if metric not in METRICS and metric != "composite":
            raise AudioConfigError(f"unknown metric. Received: {metric!r}. "
                                   f"{did_you_mean(metric, [*METRICS, 'composite'])}")
    return metrics


def _measure(clean, estimate, rate: int, metrics: list[str]) -> dict[str, float]:
    needed = dict.fromkeys(metrics)
    if "composite" in needed:
        needed |= dict.fromkeys(("pesq", "llr", "wss", "segmental_snr"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AudioWarning)  # undefined values are counted and reported once
        found = {name: METRICS[name](clean, estimate, rate) for name in needed if name != "composite"}
    result = {}
    for metric in metrics:
        if metric == "composite":
            parts = {name: found[name] for name in ("pesq", "llr", "wss", "segmental_snr")}
            result |= composite_from(**parts)._asdict()
        else:
            result[metric] = found[metric]
    return result


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
