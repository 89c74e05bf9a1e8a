"""Sound files made on the spot: folders of pairs, and one file with anything wrong with it."""

import numpy as np
import pytest
import soundfile


def sound(samples=16_000, *, seed=0, level=0.1):
    """Noise (samples,), float32: unlike silence or a constant it passes every check."""
    return (level * np.random.default_rng(seed).standard_normal(samples)).clip(-0.9, 0.9).astype(np.float32)


@pytest.fixture
def write(tmp_path):
    """write(name, samples, rate, subtype) -> path below tmp_path."""

    def write(name, samples=None, rate=16_000, subtype="PCM_16"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        soundfile.write(str(path), sound() if samples is None else samples, rate, subtype=subtype)
        return path

    return write


@pytest.fixture
def folders(tmp_path, write):
    """folders(count, samples) -> (clean, noisy): pairs a.wav, b.wav, ... with noise added."""

    def make(count=2, samples=20_000, **options):
        for index in range(count):
            name, clean = chr(ord("a") + index), sound(samples, seed=index)
            write(f"clean/{name}.wav", clean, **options)
            write(f"noisy/{name}.wav", clean + sound(samples, seed=100 + index, level=0.05), **options)
        return tmp_path / "clean", tmp_path / "noisy"

    return make
