"""STOI and PESQ: optional packages behind the interface of the other metrics."""

from __future__ import annotations

import warnings

from gan_audio.errors import AudioConfigError, AudioDataError, AudioWarning
from gan_audio.metrics.inputs import pair
from gan_core.errors import MissingDependencyError

PESQ_IMPLEMENTATION = "pesq (ITU-T P.862.2 reference code)"


def stoi(reference, estimate, sample_rate: int) -> float:
    """Short-time objective intelligibility, 0..1 (Taal et al. 2011), by the package `pystoi`.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz.

    Returns:
        float; NaN with an `AudioWarning` if fewer than 30 frames hold speech.

    Raises:
        MissingDependencyError: `pystoi` is not installed.
        AudioConfigError: the signals differ in length or are not finite.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    try:
        from pystoi import stoi as measure
    except ImportError as error:
        raise MissingDependencyError("STOI needs the package pystoi. Install it with: "
                                     "pip install 'gan-audio[metrics]'") from error
    text = "the reference is silent"
    if reference.any():
        with warnings.catch_warnings():
            warnings.simplefilter("error", RuntimeWarning)  # its way to say that it returns a placeholder
            try:
                return float(measure(reference, estimate, sample_rate, extended=False))
            except (RuntimeWarning, ValueError) as reason:  # ValueError: shorter than one frame
                text = str(reason).split(".")[0]
    warnings.warn(f"STOI is not defined here (NaN): {text}", AudioWarning, stacklevel=2)
    return float("nan")


def pesq(reference, estimate, sample_rate: int, *, mode: str = "wb") -> float:
    """Perceptual evaluation of speech quality, ITU-T P.862.2 (wideband) or P.862 (narrowband), by the package `pesq`.

    Name the implementation beside the value: others follow another corrigendum and give other numbers.

    Args:
        reference: float (time,).
        estimate: float (time,).
        sample_rate: int, Hz: 16000 for "wb"; 8000 or 16000 for "nb".
        mode: "wb" | "nb".

    Returns:
        float, about 1..4.64; NaN with an `AudioWarning` if no speech is found or the signal lasts less than 0.25 s.

    Raises:
        MissingDependencyError: `pesq` is not installed.
        AudioConfigError: rate or mode do not fit, or the signals differ in length or are not finite.
    """
    reference, estimate = pair(reference, estimate, sample_rate)
    rates = {"wb": (16_000,), "nb": (8_000, 16_000)}
    if mode not in rates:
        raise AudioConfigError(f"`mode` must be wb or nb. Received: mode={mode!r}.")
    if sample_rate not in rates[mode]:
        raise AudioConfigError(f"PESQ ({mode}) needs a rate of {' or '.join(map(str, rates[mode]))} Hz. "
                               f"Received: sample_rate={sample_rate}. Resample both signals first.")
    try:
        import pesq as package
    except ImportError as error:
        raise MissingDependencyError("PESQ needs the package pesq, which is built from C sources. Install it with: "
                                     "pip install 'gan-audio[pesq]'") from error
    if len(reference) < sample_rate / 4:
        reason = "the signal lasts less than 0.25 s"
    elif not reference.any() or not estimate.any():
        reason = "one side is silent"
    else:
        try:
            return float(package.pesq(sample_rate, reference, estimate, mode))
        except (package.NoUtterancesError, package.BufferTooShortError) as error:
            reason = error.args[0].decode() if error.args and isinstance(error.args[0], bytes) else str(error)
        except package.PesqError as error:
            raise AudioDataError(f"PESQ could not be computed: {error}.") from error
    warnings.warn(f"PESQ is not defined here (NaN): {reason}", AudioWarning, stacklevel=2)
    return float("nan")
