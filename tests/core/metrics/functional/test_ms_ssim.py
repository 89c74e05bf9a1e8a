import warnings

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, ms_ssim, ms_ssim_diversity
from gan_core.metrics.functional.ms_ssim import power_factors_for


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3), np.uint8)


def waves(size, phase):
    """Smooth pictures that any implementation can rebuild from the formula."""
    y, x = np.mgrid[:size, :size] / size
    return (0.5 + 0.5 * np.sin(7 * x + phase) * np.cos(5 * y - phase))[None, :, :, None]


@pytest.mark.parametrize(
    ("size", "scales", "expected"),
    # tf.image.ssim_multiscale of TensorFlow 2.21 in float32, with the exponents of `power_factors_for`
    [(11, 1, 0.567691), (28, 2, 0.608006), (47, 3, 0.628410), (64, 3, 0.619074), (90, 4, 0.641734), (176, 5, 0.666135)],
)
def test_values_are_those_of_tensorflow(size, scales, expected):
    assert len(power_factors_for(size, size)) == scales
    assert ms_ssim(waves(size, 0.0), waves(size, 0.6), data_range=1.0)[0] == pytest.approx(expected, abs=2e-6)


def test_colour_pictures_of_unequal_sides_agree_with_tensorflow_itself():
    import tensorflow
    first = np.random.default_rng(0).integers(0, 256, (4, 45, 64, 3), np.uint8)
    second = (0.7 * first + 0.3 * first[::-1]).astype(np.uint8)
    oracle = tensorflow.image.ssim_multiscale(first, second, 255, power_factors=(0.2, 0.3, 0.5)).numpy()
    np.testing.assert_allclose(ms_ssim(first, second, power_factors=(0.2, 0.3, 0.5)), oracle, atol=5e-6)


def test_equal_images_score_one(images):
    assert ms_ssim(images, images) == pytest.approx(np.ones(6), abs=1e-12)


def test_a_constant_brightness_shift_enters_by_the_luminance_alone():
    dark, light = np.full((1, 16, 16), 50, np.uint8), np.full((1, 16, 16), 100, np.uint8)
    small = (0.01 * 255) ** 2
    expected = (2 * 50 * 100 + small) / (50**2 + 100**2 + small)
    assert ms_ssim(dark, light)[0] == pytest.approx(expected, rel=1e-12)


def test_negative_correlation_counts_as_zero():
    stripes = np.tile(np.array([0, 255], np.uint8), (1, 16, 8))
    assert ms_ssim(stripes, 255 - stripes)[0] == 0.0


def test_the_order_of_a_pair_does_not_matter(images):
    np.testing.assert_allclose(ms_ssim(images, images[::-1]), ms_ssim(images[::-1], images), rtol=1e-12)


@pytest.mark.parametrize(("side", "scales"), [(11, 1), (20, 1), (21, 2), (41, 3), (81, 4), (160, 4), (161, 5), (999, 5)])
def test_as_many_scales_as_the_window_fits_on(side, scales):
    assert len(power_factors_for(side, 999)) == scales


def test_exponents_of_the_shipped_scales_sum_to_one():
    for side in (11, 21, 64, 90, 176):
        assert sum(power_factors_for(side, side)) == pytest.approx(1.0, abs=2e-4)


def test_a_collapsed_generator_has_no_diversity():
    picture = np.random.default_rng(1).integers(0, 256, (1, 28, 28), np.uint8)
    assert ms_ssim_diversity(np.repeat(picture, 5, 0), pairs=20).mean == pytest.approx(1.0)


def test_pairs_are_two_different_images_of_one_class(images):
    bright = np.array([10, 100, 200], np.uint8)[[0, 1, 0, 1, 2, 0]]
    flat = np.tile(bright[:, None, None], (1, 16, 16))
    same = ms_ssim_diversity(flat, labels=[0, 1, 0, 1, 2, 0], pairs=50)
    assert same.mean == pytest.approx(1.0)  # within a class all pictures are equal
    assert ms_ssim_diversity(flat, pairs=50).mean < 0.9
    noise = ms_ssim_diversity(images, pairs=100)
    assert noise.mean < 0.5  # no picture was paired with itself


def test_the_pairs_repeat_with_the_seed(images):
    first, again, other = (ms_ssim_diversity(images, pairs=3, seed=seed).mean for seed in (1, 1, 2))
    assert first == again != other


def test_scales_and_size_are_part_of_the_identity(images):
    result = ms_ssim_diversity(images, pairs=2)
    assert result.identity == "ms-ssim[32x32/window 11/power 0.4,0.6/range 255]"
    assert ms_ssim_diversity(images, pairs=2, power_factors=(1.0,)).identity != result.identity


def test_more_pairs_than_there_are_warn(images):
    with pytest.warns(MetricWarning, match="only 15 differ"):
        ms_ssim_diversity(images, pairs=16)


SMALL, FLOATS = np.zeros((2, 8, 8), np.uint8), np.zeros((2, 16, 16))


@pytest.mark.parametrize(
    ("images", "options", "error", "message"),
    [
        (SMALL, {}, DataError, "at least 11x11 pixels.*8x8"),
        (FLOATS, {}, ConfigError, "`data_range` is needed.*float64.*data_range=1"),
        (FLOATS, {"data_range": 0}, ConfigError, "`data_range` must be positive"),
        (FLOATS, {"data_range": 1, "power_factors": (0.5, 0.5)}, DataError, "2 scales shrink 16x16 images to 8"),
        (FLOATS, {"data_range": 1, "power_factors": ()}, ConfigError, "`power_factors`"),
        (FLOATS, {"data_range": 1, "power_factors": (-1,)}, ConfigError, "`power_factors`"),
        (FLOATS * np.nan, {"data_range": 1}, DataError, "finite"),
        (FLOATS[0], {"data_range": 1}, DataError, "shape"),
        (FLOATS, {"data_range": 1, "labels": [0]}, DataError, "1 labels, 2 images"),
        (FLOATS, {"data_range": 1, "labels": [0, 1]}, DataError, "a class with at least 2"),
        (FLOATS[:1], {"data_range": 1}, DataError, "a class with at least 2"),
        (FLOATS, {"data_range": 1, "pairs": 0}, ConfigError, "`pairs`"),
    ],
)
def test_bad_input_is_refused(images, options, error, message):
    with pytest.raises(error, match=message):
        ms_ssim_diversity(images, **options)


def test_pairs_of_unequal_shape_are_refused(images):
    with pytest.raises(DataError, match="one shape"):
        ms_ssim(images, images[:3])
