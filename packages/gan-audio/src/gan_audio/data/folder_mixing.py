"""What `gan-audio mix` does: a folder of clean speech and a folder of noise become a folder of pairs."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from gan_audio.data.mixing import generator_for, mix_at_snr
from gan_audio.data.reading import list_audio, read_audio, refuse_inside
from gan_audio.data.writing import output_format, write_audio
from gan_audio.errors import AudioConfigError, AudioDataError, AudioWarning, listed
from gan_core.files import write_whole
from gan_core.progress import track

LOUDEST = 200.0  # dB either way: more than any sample format holds


@dataclass
class MixReport:
    """What `mix_folder` wrote: the folder, the number of pairs, seconds of sound, and files skipped with the reason."""

    folder: Path
    pairs: int = 0
    seconds: float = 0.0
    scaled: int = 0
    skipped: dict[str, str] = field(default_factory=dict)


def mix_folder(clean_dir, noise_dir, out_dir, *, snrs=(15.0, 10.0, 5.0, 0.0), copies: int = 1, level: str = "active",
               sample_rate: int | None = None, channels: str = "mix", lead: float = 0.0, seed: int = 0,
               subtype: str = "PCM_16", strict: bool = True, overwrite: bool = False) -> MixReport:
    """Mix every clean file with noise and write `clean/`, `noisy/` and `log.txt` (utterance, noise, SNR in dB).

    Every combination of noise and SNR is used equally often; which file gets which depends on `seed` and the names.

    Args:
        clean_dir: folder of speech.
        noise_dir: folder of noise.
        out_dir: folder to write; it must be new or empty unless `overwrite`.
        snrs: dB.
        copies: int, mixes per clean file; with more than one the names get `-1`, `-2`, ...
        level: "active" | "rms", see `mix_at_snr`.
        sample_rate: int, Hz, of the written files; None keeps the rate of each clean file.
        channels: "mix" | "first" | "error".
        lead: float, seconds of noise alone before the speech: classical methods learn the noise from them.
        seed: int.
        subtype: soundfile's name of the sample format: "PCM_16", "PCM_24", "FLOAT".
        strict: bool; False skips files that cannot be used and reports them.
        overwrite: bool.

    Raises:
        AudioDataError: a folder or file cannot be used.
        AudioConfigError: an option is wrong, or `out_dir` is not empty.
    """
    snrs = [float(snr) for snr in snrs]
    if not snrs or copies < 1:
        raise AudioConfigError(f"`snrs` needs at least one value and `copies` must be at least 1. "
                               f"Received: snrs={snrs}, copies={copies}.")
    if not all(abs(snr) <= LOUDEST for snr in snrs):
        raise AudioConfigError(f"`snrs` must lie in -{LOUDEST:g}..{LOUDEST:g} dB. Received: snrs={snrs}.")
    if sample_rate is not None and sample_rate < 1000:
        raise AudioConfigError(f"`sample_rate` must be at least 1000 Hz. Received: sample_rate={sample_rate}.")
    if channels == "separate":
        raise AudioConfigError("`channels` must be error, mix or first here. Received: channels='separate'.")
    if not 0 <= lead <= 60:
        raise AudioConfigError(f"`lead` must lie in 0..60 seconds. Received: lead={lead}.")
    output_format("any.wav", subtype)
    clean_files, noise_files, out = list_audio(clean_dir), list_audio(noise_dir), Path(out_dir)
    for folder in (clean_dir, noise_dir):
        refuse_inside(out, folder)
    if out.exists() and not out.is_dir():
        raise AudioConfigError(f"`out_dir` is a file. Received: out_dir={out}.")
    if out.is_dir() and any(path.is_file() for path in out.rglob("*")) and not overwrite:
        raise AudioConfigError(f"{out}: the folder is not empty. Choose another, or pass `overwrite=True` "
                               "(--overwrite).")
    names = [key if copies == 1 else f"{key}-{copy}" for key in clean_files for copy in range(1, copies + 1)]
    conditions = _conditions(len(names), list(noise_files), snrs, seed)
    report, log, cached, written = MixReport(out), [], {}, []
    for name, (noise_key, snr) in track(list(zip(names, conditions, strict=True)), "mixing"):
        source = clean_files[name if copies == 1 else name.rsplit("-", 1)[0]]
        try:
            clean, rate = read_audio(source, sample_rate=sample_rate, channels=channels)
            if (noise_key, rate) not in cached:
                if len(cached) >= 16:  # noise files may be long: keep a few, decoded at the rate in use
                    cached.pop(next(iter(cached)))
                cached[noise_key, rate] = read_audio(noise_files[noise_key], sample_rate=rate, channels="mix")[0]
            speech = np.pad(clean[:, 0], (round(lead * rate), 0))
            mixture = mix_at_snr(speech, cached[noise_key, rate][:, 0], snr, generator_for(seed, name),
                                 level=level, sample_rate=rate)
        except AudioDataError as error:
            message = str(error)
            if str(source) not in message:
                message = f"{source} with {noise_files[noise_key]}: {message}"
            if strict:
                for path in written:  # half a mix would be in the way of the next attempt
                    path.unlink(missing_ok=True)
                raise type(error)(f"{message} Pass `strict=False` (--skip-bad) to skip such files.") from error
            report.skipped[name] = message
            continue
        for side, samples in (("clean", mixture.clean), ("noisy", mixture.noisy)):
            path = out / side / f"{name}.wav"
            write_audio(path, samples, rate, subtype=subtype)
            written.append(path)
        report.pairs += 1
        report.seconds += len(mixture.clean) / rate
        report.scaled += mixture.scale < 1
        log.append(f"{name.rsplit('/', 1)[-1]} {'_'.join(noise_key.split())} {snr:g}\n")
    write_whole(out / "log.txt", "".join(log))
    if report.skipped:
        warnings.warn(f"{clean_dir}: {len(report.skipped)} mixes skipped: {listed(report.skipped.values(), 3)}",
                      AudioWarning, stacklevel=2)
    return report


def _conditions(count: int, noises: list[str], snrs: list[float], seed: int) -> list[tuple[str, float]]:
    """`count` combinations of noise and SNR, each equally often (up to one), in an order that depends on the seed."""
    grid = [(noise, snr) for noise in noises for snr in snrs]
    rng, result = generator_for(seed, "conditions"), []
    while len(result) < count:
        result += [grid[index] for index in rng.permutation(len(grid))]
    return result[:count]
