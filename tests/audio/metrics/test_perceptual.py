import math
import subprocess
import sys

import numpy as np
import pytest

from gan_audio.data import synthetic
from gan_audio.errors import AudioConfigError, AudioWarning
from gan_audio.metrics import Composite, composite, composite_from, pesq, stoi

RATE = 16_000
CLEAN, NOISY = synthetic.pairs(1, 2.0, seed=1, snrs=(5.0,))[0]


def test_composites_of_known_parts():
    found = composite_from(pesq=2.0, llr=0.5, wss=40.0, segmental_snr=5.0)
    assert found == Composite(pytest.approx(3.4245), pytest.approx(2.625), pytest.approx(2.668))


@pytest.mark.parametrize(("parts", "value"), [
    ({"pesq": 4.6, "llr": 0.0, "wss": 0.0, "segmental_snr": 35.0}, 5.0),
    ({"pesq": 1.0, "llr": 4.0, "wss": 200.0, "segmental_snr": -10.0}, 1.0)])
def test_composites_stay_within_one_and_five(parts, value):
    assert composite_from(**parts) == (value, value, value)


def test_an_undefined_part_makes_the_composites_undefined():
    assert all(math.isnan(value) for value in composite_from(pesq=math.nan, llr=1.0, wss=1.0, segmental_snr=1.0))


def test_stoi_orders_noise_levels():
    pytest.importorskip("pystoi")
    assert stoi(CLEAN, CLEAN, RATE) == pytest.approx(1.0, abs=1e-6)
    assert stoi(CLEAN, NOISY, RATE) < stoi(CLEAN, CLEAN + 0.3 * (NOISY - CLEAN), RATE) < 1


@pytest.mark.parametrize(("reference", "reason"), [(CLEAN[:3000], "Not enough STFT frames"), (0 * CLEAN, "silent")])
def test_stoi_of_too_little_speech_is_not_defined(reference, reason):
    pytest.importorskip("pystoi")
    with pytest.warns(AudioWarning, match=rf"STOI is not defined here \(NaN\): .*{reason}"):
        assert math.isnan(stoi(reference, reference, RATE))


def test_pesq_of_identical_signals_is_its_maximum():
    pytest.importorskip("pesq")
    assert pesq(CLEAN, CLEAN, RATE) == pytest.approx(4.64, abs=0.01)
    assert composite(CLEAN, CLEAN, RATE) == (5.0, 5.0, 5.0)


@pytest.mark.parametrize("reference", [CLEAN[:3000], 0 * CLEAN])
def test_pesq_of_too_little_speech_is_not_defined(reference):
    pytest.importorskip("pesq")
    with pytest.warns(AudioWarning, match="PESQ is not defined here"):
        assert math.isnan(pesq(reference, reference, RATE))


@pytest.mark.parametrize(("rate", "mode", "message"), [
    (8000, "wb", r"PESQ \(wb\) needs a rate of 16000 Hz. Received: sample_rate=8000"),
    (48_000, "nb", "8000 or 16000 Hz"), (16_000, "swb", "`mode` must be wb or nb")])
def test_pesq_refuses_other_rates_and_modes(rate, mode, message):
    with pytest.raises(AudioConfigError, match=message):
        pesq(CLEAN, NOISY, rate, mode=mode)


@pytest.mark.parametrize(("metric", "package", "extra"), [("stoi", "pystoi", "metrics"), ("pesq", "pesq", "pesq")])
def test_a_missing_package_is_named_with_the_line_that_installs_it(metric, package, extra):
    code = (f"import sys\nsys.modules[{package!r}] = None\nfrom gan_audio.metrics import {metric}\n"
            f"from gan_core.errors import MissingDependencyError\n"
            f"try:\n    {metric}([0.0] * 16000, [0.0] * 16000, 16000)\n"
            f"except MissingDependencyError as error:\n    print(error)")
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert f"pip install 'gan-audio[{extra}]'" in found


def test_narrow_band_is_offered():
    pytest.importorskip("pesq")
    assert 1 < pesq(CLEAN, NOISY, RATE, mode="nb") < 4.6
    assert np.isfinite(pesq(CLEAN[::2], NOISY[::2], 8000, mode="nb"))
