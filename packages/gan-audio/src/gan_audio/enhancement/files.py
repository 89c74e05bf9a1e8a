"""What `gan-audio enhance IN OUT` does: one file or a folder of them, through a network or a baseline."""

from __future__ import annotations

import functools
import time
import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gan_audio.data.reading import AudioHeader, check_finite, find_audio, read_header, refuse_inside
from gan_audio.data.writing import AudioWriter, output_format
from gan_audio.errors import AudioConfigError, AudioDataError, AudioReadError, AudioWarning, listed
from gan_core.progress import showing

BLOCK = 1 << 16  # frames read at a time


@dataclass(frozen=True)
class EnhancedFile:
    """What became of one file. `band_lost`: it held frequencies above half of the model's rate."""

    source: Path
    target: Path
    seconds: float
    sample_rate: int
    channels: int
    clipped: int
    elapsed: float
    band_lost: bool = False

    @property
    def real_time_factor(self) -> float:
        """Seconds of work per second of sound."""
        return self.elapsed / self.seconds


@dataclass
class EnhanceReport:
    """All files written, and those skipped with the reason."""

    files: list[EnhancedFile] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)

    @property
    def seconds(self) -> float:
        """Seconds of sound written."""
        return sum(file.seconds for file in self.files)

    @property
    def clipped(self) -> int:
        """Samples clipped in all files."""
        return sum(file.clipped for file in self.files)

    @property
    def real_time_factor(self) -> float:
        """Seconds of work per second of sound."""
        return sum(file.elapsed for file in self.files) / max(self.seconds, 1e-9)


def enhance_path(enhancer, source, target, *, subtype: str | None = None, overwrite: bool = False, strict: bool = True
                 ) -> EnhanceReport:
    """Enhance a file, or every sound file below a folder (same names below `target`).

    Each result has the length, rate and channels of its source, and its sample format where the target's format has it.
    Files appear under their names when they are complete.

    Args:
        enhancer: an `Enhancer` (block by block, constant memory) or a baseline (file by file).
        source: file or folder.
        target: file, or folder; a file's suffix decides its format.
        subtype: "PCM_16", "PCM_24", "FLOAT", ...; None keeps the source's.
        overwrite: bool; False refuses to replace files.
        strict: bool; False skips files that cannot be used and reports them.

    Returns:
        `EnhanceReport`.

    Raises:
        AudioDataError: a source cannot be used.
        AudioConfigError: a target exists, is its own source, or has an unknown format.

    Warns:
        AudioWarning: clipped samples, lost bands, skipped files: once each, with counts.
    """
    jobs = check_jobs(source, target, subtype=subtype, overwrite=overwrite)
    report = EnhanceReport()
    with showing() as show:
        for number, (path, goal) in enumerate(jobs, 1):
            tell = functools.partial(show, f"{number}/{len(jobs)} {path.name}")
            try:
                report.files.append(_enhance_file(enhancer, path, goal, subtype, tell))
            except AudioDataError as error:
                if strict:
                    raise
                report.skipped[str(path)] = str(error)
    _warn(report, enhancer)
    return report


def enhance_file(enhancer, source, target, *, subtype: str | None = None, overwrite: bool = False) -> EnhancedFile:
    """Enhance one file, see `enhance_path`."""
    if Path(source).is_dir():
        raise AudioConfigError(f"`source` is a folder. Received: source={source}. Use `enhance_path`.")
    return enhance_path(enhancer, source, target, subtype=subtype, overwrite=overwrite).files[0]


def check_jobs(source, target, *, subtype: str | None = None, overwrite: bool = False) -> list[tuple[Path, Path]]:
    """(source, target) of every file that `enhance_path` would write; refuses before the first one is written."""
    jobs = _jobs(Path(source), Path(target), overwrite)
    for _, goal in jobs:
        output_format(goal, subtype)
    return jobs


def _jobs(source: Path, target: Path, overwrite: bool) -> list[tuple[Path, Path]]:
    if source.is_dir():
        if target.exists() and not target.is_dir():
            raise AudioConfigError(f"`target` must be a folder, since `source` is one. Received: target={target}.")
        refuse_inside(target, source)
        jobs = [(path, target / path.relative_to(source)) for path in find_audio(source)]
    else:
        if not source.exists():
            raise AudioReadError(f"{source}: there is no such file or folder.")
        jobs = [(source, target / source.name if target.is_dir() else target)]
    for path, goal in jobs:
        if goal.exists() and goal.resolve() == path.resolve():
            raise AudioConfigError(f"{path}: would be replaced by its own enhancement. Choose another `target`.")
    present = [goal for _, goal in jobs if goal.exists()]
    if present and not overwrite:
        raise AudioConfigError(f"{len(present)} files exist already: {listed(present, 3)}. "
                               "Choose another `target`, or pass `overwrite=True` (--overwrite).")
    return jobs


def _enhance_file(enhancer, source: Path, target: Path, subtype: str | None, tell) -> EnhancedFile:
    import soundfile

    begin = time.perf_counter()
    header = read_header(source)
    form, kind = output_format(target, subtype, header.subtype)
    produce = _stream_blocks if hasattr(enhancer, "stream") else _whole
    with AudioWriter(target, header.sample_rate, header.channels, form, kind) as file:
        try:
            for done, samples in produce(enhancer, header):
                file.write(samples)
                tell(done, header.frames)
        except (soundfile.SoundFileError, RuntimeError) as error:
            if isinstance(error, AudioDataError):
                raise
            raise AudioReadError(f"{source}: cannot be read to its end ({error}).") from error
    lost = getattr(enhancer, "loses_band", lambda rate: False)(header.sample_rate)
    return EnhancedFile(source, target, header.frames / header.sample_rate, header.sample_rate, header.channels,
                        file.clipped, time.perf_counter() - begin, lost)


def _blocks(header: AudioHeader):
    """Consecutive float32 (time, channels) blocks, with the check that all declared frames were there."""
    import soundfile

    count = 0
    with soundfile.SoundFile(str(header.path)) as file:  # soundfile.blocks returns memory of any content at a cut
        while len(block := file.read(BLOCK, dtype="float32", always_2d=True)):
            count += len(block)
            yield block
    if count != header.frames:
        raise AudioReadError(f"{header.path}: cut off: {count} frames could be read, the header declares "
                             f"{header.frames}. Copy the file again, or remove it.")


def _stream_blocks(enhancer, header: AudioHeader):
    stream, done = enhancer.stream(header.sample_rate, header.channels, name=str(header.path)), 0
    for block in _blocks(header):
        done += len(block)
        yield done, stream.push(block)
    yield done, stream.finish()


def _whole(enhancer, header: AudioHeader):
    samples = np.concatenate(list(_blocks(header)))
    check_finite(samples, header.path)
    yield header.frames, enhancer.enhance(samples, header.sample_rate)


def _warn(report: EnhanceReport, enhancer) -> None:
    clipped = [f"{file.target} ({file.clipped})" for file in report.files if file.clipped]
    if clipped:
        warnings.warn(f"{report.clipped} samples beyond full scale were clipped in {listed(clipped)}. "
                      "Pass `subtype=\"FLOAT\"` (--subtype FLOAT) to keep them.", AudioWarning, stacklevel=3)
    lost = [file for file in report.files if file.band_lost]
    if lost:
        warnings.warn(f"{enhancer.band_warning(max(file.sample_rate for file in lost))} "
                      f"({len(lost)} of {len(report.files)} files)", AudioWarning, stacklevel=3)
    if report.skipped:
        warnings.warn(f"{len(report.skipped)} files skipped: {listed(report.skipped.values(), 3)}", AudioWarning,
                      stacklevel=3)
