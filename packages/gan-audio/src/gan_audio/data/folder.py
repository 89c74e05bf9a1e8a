"""Folders of clean and noisy files as windows for training and whole recordings for evaluation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np

from gan_audio.data.cache import CachedRows, is_current, source_hash, write_cache
from gan_audio.data.inspection import Report
from gan_audio.data.pairing import Pair, find_pairs, judge_folders, read_pair, stored_frames
from gan_audio.data.reading import check_channel_rule
from gan_audio.data.resampling import resample as change_rate
from gan_audio.data.windows import SHORTEST, MemoryRows, PairedWindows, check_window_options, window_starts
from gan_audio.errors import AudioConfigError, AudioDataError
from gan_core.progress import track


@dataclass(frozen=True)
class Recording:
    """One whole pair: float32 (time,) each, not pre-emphasised, with what a log file says of the mix (dB)."""

    name: str
    clean: np.ndarray
    noisy: np.ndarray
    sample_rate: int
    noise: str | None = None
    snr: float | None = None


class PairedAudioFolder(PairedWindows):
    """Windows of the pairs in two folders.

    Files are paired by name without suffix. Windows lie on the grid 0, hop, 2·hop, ...; recordings shorter than a
    window but of at least 1024 samples are padded with zeros, shorter ones are skipped and counted. Whatever was
    skipped, cut or looks unusual stands in `report` and is summarised once as `AudioWarning`s.

    Args:
        clean_dir: folder of the targets.
        noisy_dir: folder of the inputs.
        sample_rate: int, Hz, the model's rate.
        window: int, samples.
        hop: int, samples.
        preemphasis: float in [0, 1), applied as to whole files.
        tail: "align" adds a window that ends with the file, "drop" leaves the rest out (as the authors do).
        windows: "grid" | "random": all windows, or one random window per file and epoch.
        cache: path of an HDF5 file for the decoded windows, or None for memory. A stale one is rebuilt.
        channels: "error" | "mix" | "first", what to do with several channels.
        resample: bool; False refuses other rates.
        strict: bool; False skips what cannot be used, with an entry in `report`.
        pairs: the pairs to use instead of all of the folders (see `hold_out`).
        speeds: factors; every recording is added at each of them (0.9 is slower and lower), by resampling.
        shift: int, samples, see `PairedWindows`.
        augment: see `gan_audio.data.augmentation.Augmentation`, or None.
        memory_limit: int, bytes of decoded sound above which `cache` is required.

    Raises:
        AudioDataError: folders or files that cannot be used; a subclass says what is wrong.
        AudioConfigError: options that do not fit together.

    Example:
        >>> folder = PairedAudioFolder("clean_trainset_28spk_wav", "noisy_trainset_28spk_wav", cache="train.h5")
        >>> loader = gan_core.Loader(folder, batch_size=100, seed=1)
    """

    def __init__(self, clean_dir, noisy_dir, sample_rate: int = 16_000, window: int = 16_384, hop: int = 8_192,
                 preemphasis: float = 0.95, tail: str = "align", cache=None, *, windows: str = "grid",
                 channels: str = "error", resample: bool = True, strict: bool = True,
                 pairs: Iterable[Pair] | None = None, speeds: tuple[float, ...] = (1.0,), shift: int = 0, augment=None,
                 memory_limit: int = 4 << 30):
        check_grid(sample_rate=sample_rate, window=window, hop=hop, tail=tail, speeds=speeds)
        check_channel_rule(channels)
        check_window_options(windows=windows, shift=shift, cached=cache is not None)
        self.clean_dir, self.noisy_dir, self.report = clean_dir, noisy_dir, Report()
        self._options = {"sample_rate": sample_rate, "channels": channels, "resample": resample}
        self._strict, self._speeds = strict, tuple(speeds)
        self.pairs = (find_pairs(clean_dir, noisy_dir, strict=strict, report=self.report) if pairs is None
                      else list(pairs))
        self._grid = {"window": window, "hop": hop, "tail": "align" if windows == "random" else tail}
        rows = self._from_memory(memory_limit) if cache is None else self._from_cache(cache)
        if not len(rows):
            raise AudioDataError(f"{clean_dir}: no window remains of {len(self.pairs)} pairs "
                                 f"({len(self.report.skipped)} skipped: {list(self.report.skipped.items())[:3]}). "
                                 f"Lower `window` (now {window} samples), or use tail=\"align\".")
        super().__init__(rows, sample_rate=sample_rate, preemphasis=preemphasis, windows=windows, shift=shift,
                         augment=augment)
        self.report.warn(str(clean_dir))

    def recordings(self) -> Iterator[Recording]:
        """Every pair whole, for evaluation and listening."""
        for pair in self.pairs:
            clean, noisy = read_pair(pair, **self._options)
            yield Recording(pair.key, clean, noisy, self._options["sample_rate"], pair.noise, pair.snr)

    def _starts(self, length: int) -> np.ndarray:
        return window_starts(length, self._grid["window"], self._grid["hop"], self._grid["tail"])

    def _scan(self):
        self.pairs, lengths, narrow = stored_frames(
            self.pairs, self._options["sample_rate"], resample=self._options["resample"], report=self.report,
            strict=self._strict)
        dtype = np.dtype(np.int16 if narrow else np.float32)
        return dtype, sum(lengths) * 2 * dtype.itemsize * sum(1 / speed for speed in self._speeds)

    def _decoded(self, dtype) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(clean, noisy) of every usable pair and speed, in the stored type."""
        rate, kept = self._options["sample_rate"], []
        for pair in track(self.pairs, "reading pairs"):
            seen = Report()
            try:
                sides = read_pair(pair, **self._options, report=seen)
            except AudioDataError as error:
                if self._strict:
                    raise
                self.report.skipped[pair.key] = str(error)
                continue
            length = len(sides[0])
            if length < SHORTEST:
                self.report.skipped[pair.key] = f"{length} samples, fewer than {SHORTEST}"
                continue
            if not len(self._starts(length)):
                self.report.skipped[pair.key] = f"{length} samples, shorter than a window, and tail=\"drop\""
                continue
            kept.append(pair)
            self.report.add(seen)
            for speed in self._speeds:
                changed = [side if speed == 1.0 else change_rate(side, round(rate * speed), rate) for side in sides]
                clean, noisy = (self._store(side, dtype, pair.key) for side in changed)
                yield clean, noisy
        judge_folders(self.report, len(kept))
        self.pairs = kept

    def _store(self, samples: np.ndarray, dtype, name: str) -> np.ndarray:
        if dtype == np.float32:
            return samples.astype(np.float32)
        levels = np.rint(samples * np.float32(32768))
        if levels.max(initial=0) > 32767 + 1 or levels.min(initial=0) < -32768:  # resampling may overshoot
            self.report.note("peaks beyond full scale cut to 16 bits after resampling", name)
        return np.clip(levels, -32768, 32767).astype(np.int16)

    def _from_memory(self, limit: int) -> MemoryRows:
        dtype, size = self._scan()
        if size > limit:
            raise AudioDataError(f"{self.clean_dir}: {size / 2**30:.1f} GiB of decoded sound, more than `memory_limit` "
                                 f"({limit / 2**30:.1f} GiB). Pass `cache=\"windows.h5\"` to keep it on disk.")
        sides = list(self._decoded(dtype))
        if not sides:
            sides = [(np.zeros(0, dtype),) * 2]
        clean, noisy = (list(side) for side in zip(*sides, strict=True))
        return MemoryRows(clean, noisy, self._grid["window"],
                          [self._starts(len(samples)) if len(samples) else np.zeros(0, np.int64) for samples in clean])

    def _from_cache(self, path) -> CachedRows:
        settings = {**self._options, **self._grid, "speeds": list(self._speeds), "strict": self._strict}
        expected = source_hash(self.pairs, settings)
        if not is_current(path, expected):
            dtype, _ = self._scan()
            write_cache(path, self._decoded(dtype), dtype=dtype, window=self._grid["window"], starts_of=self._starts,
                        attributes={"sample_rate": self._options["sample_rate"], "hop": self._grid["hop"],
                                    "source_hash": expected},
                        report=lambda: json.dumps({"skipped": self.report.skipped, "notes": self.report.notes,
                                                   "pairs": [pair.key for pair in self.pairs]}))
        rows = CachedRows(path)
        kept = set(rows.report["pairs"])
        self.pairs = [pair for pair in self.pairs if pair.key in kept]
        self.report = Report({**self.report.skipped, **rows.report["skipped"]}, rows.report["notes"])
        return rows


class PairedArrays(PairedWindows):
    """Windows of pairs that are already in memory.

    Args:
        pairs: (clean, noisy) float arrays (time,), equally long, at `sample_rate`.
        sample_rate: int, Hz.
        window: int, samples.
        hop: int, samples.
        preemphasis: float in [0, 1).
        tail: "align" | "drop".
        windows, shift, augment: see `PairedWindows`.

    Raises:
        AudioDataError: no pair, or sides of different length.
    """

    def __init__(self, pairs, sample_rate: int = 16_000, window: int = 16_384, hop: int = 8_192,
                 preemphasis: float = 0.95, tail: str = "align", *, windows: str = "grid", shift: int = 0,
                 augment=None):
        check_grid(sample_rate=sample_rate, window=window, hop=hop, tail=tail)
        sides = [(np.asarray(clean, np.float32), np.asarray(noisy, np.float32)) for clean, noisy in pairs]
        wrong = [index for index, (clean, noisy) in enumerate(sides)
                 if clean.ndim != 1 or clean.shape != noisy.shape or not len(clean)]
        if not sides or wrong:
            raise AudioDataError("`pairs` must hold (clean, noisy) arrays (time,) of equal length. Received: "
                                 + (f"pair {wrong[0]} of shapes {[side.shape for side in sides[wrong[0]]]}."
                                    if wrong else "no pair."))
        clean, noisy = (list(side) for side in zip(*sides, strict=True))
        rows = MemoryRows(clean, noisy, window, [window_starts(len(each), window, hop, tail) for each in clean])
        super().__init__(rows, sample_rate=sample_rate, preemphasis=preemphasis, windows=windows, shift=shift,
                         augment=augment)


class DamagedAudioFolder(PairedArrays):
    """Windows of clean files and their damaged copies, for declipping, concealment, bandwidth extension and the like.

    Args:
        clean_dir: folder of the targets.
        damage: (clean, rng) -> damaged, e.g. `gan_audio.sound.damage.Clip(percentile=90)`.
        sample_rate: int, Hz.
        seed: int; each file's damage depends on (seed, name) alone.
        channels: "error" | "mix" | "first".
        options: of `PairedArrays`.
    """

    def __init__(self, clean_dir, damage, sample_rate: int = 16_000, *, seed: int = 0, channels: str = "error",
                 **options):
        from gan_audio.data.mixing import generator_for
        from gan_audio.data.reading import list_audio, read_audio

        files = list_audio(clean_dir)
        self.names, pairs = list(files), []
        for name, path in files.items():
            clean = read_audio(path, sample_rate=sample_rate, channels=channels)[0][:, 0]
            pairs.append((clean, damage(clean, generator_for(seed, name))))
        super().__init__(pairs, sample_rate, **options)


def annotate(pairs: Iterable[Pair], log: dict) -> list[Pair]:
    """Add noise and SNR of a log (file stem -> (noise, snr)) to the pairs that it names."""
    return [replace(pair, noise=log[stem][0], snr=log[stem][1])
            if (stem := pair.key.rsplit("/", 1)[-1]) in log else pair for pair in pairs]


def check_grid(*, sample_rate: int, window: int, hop: int, tail: str, speeds=(1.0,)) -> None:
    """Refuse impossible rates, windows and speeds."""
    for name, value in (("sample_rate", sample_rate), ("window", window), ("hop", hop)):
        if value < 1:
            raise AudioConfigError(f"`{name}` must be at least 1. Received: {name}={value}.")
    if tail not in ("align", "drop"):
        raise AudioConfigError(f"`tail` must be align or drop. Received: tail={tail!r}.")
    if not speeds or any(not 0.5 <= speed <= 2.0 for speed in speeds):
        raise AudioConfigError(f"`speeds` must be factors in 0.5..2. Received: speeds={speeds}. Use (1.0, 0.9, 1.1).")
