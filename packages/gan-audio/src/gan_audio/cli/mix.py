"""`gan-audio mix`: pairs of clean and noisy speech from a folder of speech and a folder of noise."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_audio.cli.options import Flag
from gan_audio.errors import AudioDataError
from gan_core.cli.app import Quiet
from gan_core.progress import quietly, stdout


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
    from gan_audio.data.folder_mixing import mix_folder

    with quietly(quiet):
        report = mix_folder(clean, noise, out, snrs=snr, copies=copies, level=level, sample_rate=sample_rate,
                            channels=channels, lead=lead, seed=seed, subtype=subtype, overwrite=overwrite,
                            strict=not skip_bad)
    if not quiet:
        scaled = f", {report.scaled} turned down to stay within full scale" if report.scaled else ""
        stdout().print(f"{report.pairs} pairs, {report.seconds / 60:.1f} min of sound -> {report.folder}{scaled}",
                       markup=False)
    if not report.pairs:
        raise AudioDataError(f"{clean}: no file could be mixed ({len(report.skipped)} skipped).")
