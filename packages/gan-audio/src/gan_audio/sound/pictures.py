"""Pictures of sound: log spectrograms and waveform envelopes of the stages of one recording, in one image."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from gan_audio.sound.frames import frames, hann

FFT, HOP, RANGE = 512, 128, 80.0
MELS = 80
COLUMNS = 800  # points of an envelope


def log_spectrogram(samples: np.ndarray, fft: int = FFT, hop: int = HOP) -> np.ndarray:
    """Power in dB relative to a full-scale sine: 20·log10(|STFT| / (sum of the window / 2)), floored at -200 dB.

    Args:
        samples: float (time,).
        fft: int, frame length in samples (periodic Hann).
        hop: int, samples between frames.

    Returns:
        float64 (fft/2 + 1, frames): frequency upwards, time to the right; frames are centred on 0, hop, 2·hop, ...
    """
    padded = np.pad(np.asarray(samples, np.float64), fft // 2)
    spectrum = np.abs(np.fft.rfft(frames(padded, fft, hop) * hann(fft), axis=1)).T
    return 20 * np.log10(np.maximum(spectrum / (fft / 4), 1e-10))


def mel_spectrogram(samples: np.ndarray, sample_rate: int, bands: int = MELS) -> np.ndarray:
    """Power in mel bands in dB, floored at -200 dB: how loud each region of hearing is, whatever the sample rate.

    Args:
        samples: float (time,).
        sample_rate: int, Hz; frames last 32 ms and begin every 8 ms.
        bands: int, triangular bands of equal width in mel (Slaney 1998) up to half the rate.

    Returns:
        float64 (bands, frames).
    """
    import librosa  # loads a compiler: not before it is needed

    size = round(0.032 * sample_rate)
    samples = np.pad(np.asarray(samples, np.float64), (0, max(0, size - len(samples))))  # at least one frame
    power = librosa.feature.melspectrogram(
        y=samples, sr=sample_rate, n_fft=size,
        hop_length=max(1, round(0.008 * sample_rate)), n_mels=bands)
    return librosa.power_to_db(power, amin=1e-20, top_db=None)


def envelope(samples: np.ndarray, columns: int = COLUMNS) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest sample of each of at most `columns` stretches."""
    count = min(columns, len(samples))
    edges = np.linspace(0, len(samples), count + 1).astype(int)[:-1]
    return np.minimum.reduceat(samples, edges), np.maximum.reduceat(samples, edges)


def spectrogram_picture(stages: Mapping[str, np.ndarray], sample_rate: int, *, mel: bool = False) -> np.ndarray:
    """Spectrograms one below the other, all on the same scale: 80 dB below the loudest point of any.

    Args:
        stages: title -> float (time,).
        sample_rate: int, Hz.
        mel: bool, bands as wide as hearing resolves them instead of equal ones.

    Returns:
        uint8 (height, width, 3).
    """
    found = {title: mel_spectrogram(samples, sample_rate) if mel else log_spectrogram(samples)
             for title, samples in stages.items()}
    top = max(spectrum.max() for spectrum in found.values())
    marks = mel_marks(sample_rate) if mel else None

    def draw(axes, title):
        seconds = len(stages[title]) / sample_rate
        height = sample_rate / 2000 if marks is None else MELS
        axes.imshow(found[title], origin="lower", aspect="auto", vmin=top - RANGE, vmax=top, cmap="magma",
                    extent=(0, seconds, 0, height))
        axes.set_ylabel("kHz")
        if marks is not None:
            axes.set_yticks(*marks)

    return _stacked(list(stages), draw)


def mel_marks(sample_rate: int, bands: int = MELS) -> tuple[list[float], list[str]]:
    """Where 0.25, 0.5, 1, 2, ... kHz lie among the bands of `mel_spectrogram`, and their labels."""
    import librosa

    centres = librosa.mel_frequencies(n_mels=bands + 2, fmax=sample_rate / 2)[1:-1]
    octaves = [hertz for hertz in (250, 500, 1000, 2000, 4000, 8000, 16_000) if centres[0] < hertz < centres[-1]]
    return list(np.interp(octaves, centres, np.arange(bands) + 0.5)), [f"{hertz / 1000:g}" for hertz in octaves]


def waveform_picture(stages: Mapping[str, np.ndarray], sample_rate: int) -> np.ndarray:
    """Envelopes one below the other, all on the same scale; see `spectrogram_picture`."""
    peak = max(float(np.abs(samples).max(initial=0.0)) for samples in stages.values()) or 1.0

    def draw(axes, title):
        low, high = envelope(stages[title])
        time = np.linspace(0, len(stages[title]) / sample_rate, len(low))
        axes.fill_between(time, low, high, linewidth=0.3)
        axes.set_ylim(-peak, peak)
        axes.set_xlim(0, time[-1])

    return _stacked(list(stages), draw, height=1.2)


def _stacked(titles: list[str], draw, height: float = 1.9) -> np.ndarray:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure  # not pyplot: no window system, no global state

    inches = 0.5 + height * len(titles)
    figure = Figure(figsize=(8, inches), dpi=80)
    canvas = FigureCanvasAgg(figure)
    # by hand: a solver for the layout takes longer than the drawing
    figure.subplots_adjust(left=0.07, right=0.98, top=1 - 0.25 / inches, bottom=0.42 / inches, hspace=0.5)
    for axes, title in zip(figure.subplots(len(titles), 1, squeeze=False)[:, 0], titles, strict=True):
        draw(axes, title)
        axes.set_title(title, fontsize=9, loc="left")
        axes.tick_params(labelsize=7)
    axes.set_xlabel("seconds", fontsize=8)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()
