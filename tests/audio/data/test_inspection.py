import numpy as np
import pytest

from gan_audio.data.inspection import Report, clipped_share
from gan_audio.errors import AudioWarning


def test_clipping_is_found_at_the_recorded_extreme():
    wave = np.sin(np.arange(10_000) / 50)
    assert clipped_share(wave) < 0.001
    assert clipped_share(np.clip(wave, -0.5, 0.5)) == pytest.approx(2 / 3, abs=0.01)


def test_single_peaks_are_not_clipping():
    assert clipped_share(np.tile([0, 1.0, 1.0, 0], 100)) == 0


def test_silence_is_not_clipped():
    assert clipped_share(np.zeros(100)) == 0


def test_a_kind_is_warned_of_once_with_its_count():
    report = Report()
    for index in range(12):
        report.note("clipped", f"f{index}")
    with pytest.warns(AudioWarning) as caught:
        report.warn("here")
    assert [str(each.message) for each in caught] == [
        "here: 12 × clipped: f0, f1, f2, f3, f4, f5, f6, f7, f8, f9 and 2 more"]
    assert report.counts == {"clipped": 12}
