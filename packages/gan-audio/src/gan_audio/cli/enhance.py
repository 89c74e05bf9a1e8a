"""`gan-audio enhance`: take the noise from a recording, or from every recording of a folder."""

from __future__ import annotations

import json as json_format
from pathlib import Path
from typing import Literal

from gan_audio.cli.models import enhancer_of
from gan_audio.cli.options import Flag, Mode, Model
from gan_audio.errors import AudioDataError
from gan_core.cli.app import Json, Quiet
from gan_core.progress import quietly, stdout


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
    from gan_audio.enhancement.files import check_jobs, enhance_path

    check_jobs(source, target, subtype=subtype, overwrite=overwrite)  # before the slow part
    with quietly(quiet):
        enhancer = enhancer_of(run, baseline, mode=mode, z=z, seed=seed, high_pass=high_pass, channels=channels,
                               batch_size=batch_size, best=best)
        report = enhance_path(enhancer, source, target, subtype=subtype, overwrite=overwrite, strict=not skip_bad)
    if json:
        print(json_format.dumps({
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
