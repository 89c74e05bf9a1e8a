import numpy as np
import pytest
import pywt
import tensorflow as tf

from gan_core.augment.filter import BANDS, SYM2, apply_filter, band_gains
from gan_core.random import Stream


def response(gains):
    """Frequency response of the filter along one axis, measured with an impulse in a long row."""
    row = np.zeros((1, 1, 128, 1), "float32")
    row[0, 0, 64] = 1
    filtered = np.asarray(apply_filter(tf.constant(row), tf.constant([gains], tf.float32))).ravel()
    # Along the axis of length one only the lowest band answers (its mirror image is a constant).
    return np.fft.rfft(np.roll(filtered, -64)) / gains[0] if gains[0] else None


def wavelet_response(spacing):
    frequency = np.fft.rfftfreq(128) * 2 * np.pi
    taps = np.array(pywt.Wavelet("sym2").dec_lo)
    return np.abs(np.exp(-1j * spacing * np.outer(frequency, np.arange(4))) @ taps) ** 2 / 2


def test_the_bank_is_made_of_the_sym2_wavelet():
    np.testing.assert_allclose(SYM2, pywt.Wavelet("sym2").dec_lo, atol=1e-12)


@pytest.mark.parametrize("band", [1, 2, 3])
def test_each_band_has_the_response_of_the_wavelet_tree(band):
    one, two, four = (wavelet_response(spacing) for spacing in (1, 2, 4))
    expected = [one * two * four, one * two * (1 - four), one * (1 - two), 1 - one]
    gains = [1.0] * 4
    gains[band] = 3.0
    np.testing.assert_allclose(response(gains), 1 + 2 * expected[band], atol=1e-5)


def test_the_lowest_band_keeps_a_constant_and_the_others_have_none_of_it():
    images = tf.fill((1, 6, 7, 1), 0.5)
    np.testing.assert_allclose(apply_filter(images, tf.constant([[2.0, 9.0, 9.0, 9.0]])), 2.0, atol=1e-5)


def test_gains_of_one_change_nothing():
    images = np.random.default_rng(0).uniform(-1, 1, (2, 9, 5, 3)).astype("float32")
    np.testing.assert_allclose(apply_filter(tf.constant(images), tf.ones((2, 4))), images, atol=1e-6)


def test_edges_are_mirrored_without_the_edge_pixel():
    images = np.random.default_rng(0).uniform(-1, 1, (1, 40, 1, 1)).astype("float32")
    gains = tf.constant([[1.0, 0.5, 2.0, 0.3]])
    wide = np.pad(images, ((0, 0), (21, 21), (0, 0), (0, 0)), mode="reflect")
    np.testing.assert_allclose(apply_filter(tf.constant(images), gains),
                               apply_filter(tf.constant(wide), gains)[:, 21:-21], atol=1e-5)


def test_the_filter_is_symmetric_in_both_axes():
    images = np.random.default_rng(0).uniform(-1, 1, (1, 9, 9, 1)).astype("float32")
    gains = tf.constant([[1.0, 0.5, 2.0, 0.3]])
    np.testing.assert_allclose(apply_filter(tf.constant(images.transpose(0, 2, 1, 3)), gains),
                               tf.transpose(apply_filter(tf.constant(images), gains), (0, 2, 1, 3)), atol=1e-5)


def test_each_drawn_vector_keeps_the_expected_power():
    for band in BANDS:
        gains = band_gains((band,), tf.constant(1.0), Stream(0, 0), 1000).numpy()
        np.testing.assert_allclose(gains**2 @ np.array([10, 1, 1, 1]) / 13, 1, atol=1e-4)


def test_the_gain_of_a_band_is_log_normal_relative_to_the_others():
    gains = band_gains(("band3",), tf.constant(1.0), Stream(0, 0), 10_000).numpy()
    assert np.std(np.log2(gains[:, 2] / gains[:, 0])) == pytest.approx(1.0, rel=0.03)


def test_the_gains_of_all_bands_multiply():
    stream = Stream(0, 0)
    single = [band_gains((band,), tf.constant(1.0), stream, 10).numpy() for band in BANDS]
    np.testing.assert_allclose(band_gains(BANDS, tf.constant(1.0), stream, 10), np.prod(single, axis=0), rtol=1e-5)
