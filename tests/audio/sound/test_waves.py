import numpy as np
import pytest

from gan_audio.errors import AudioDataError, AudioFormatError
from gan_audio.sound.waves import restore_wave, split_wave


def test_sixteen_bit_integers_become_fractions_of_full_scale():
    np.testing.assert_array_equal(split_wave(np.array([-32768, 16384], np.int16)), [[-1], [0.5]])


def test_the_shape_comes_back():
    for shape in ((5,), (5, 2)):
        wave = np.ones(shape)
        assert restore_wave(split_wave(wave), wave).shape == shape


@pytest.mark.parametrize(("wave", "kind", "message"), [
    (np.zeros((2, 3, 4)), AudioFormatError, "must have the shape"),
    (np.zeros((2, 48_000)), AudioFormatError, r"Pass `wave.T` if the channels come first"),
    (np.zeros(5, np.uint8), AudioFormatError, "floats or signed integers. Received: dtype uint8"),
    (np.zeros(0), AudioDataError, "is empty"),
    (np.array([0.0, np.nan, np.inf]), AudioDataError, "2 samples are NaN or infinite, the first at frame 1"),
])
def test_what_is_not_a_recording_is_refused(wave, kind, message):
    with pytest.raises(kind, match=message):
        split_wave(wave)
