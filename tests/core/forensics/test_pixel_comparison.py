import json

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.baselines import bernoulli_like
from gan_core.forensics.divergence import jsd
from gan_core.forensics.histogram import pixel_histogram
from gan_core.forensics.kolmogorov_smirnov import ks_2samp
from gan_core.forensics.pixel_comparison import compare_pixels


def adversarial(images):
    """What the fast gradient sign method does to pixels, without a classifier: 0.1 up or down."""
    return images + 0.1 * np.random.default_rng(4).choice([-1, 1], images.shape)


@pytest.fixture(scope="module")
def against_sigmoid(digits_like, sigmoid_fakes):
    return compare_pixels(digits_like * 256 / 255, sigmoid_fakes, repeats=20)


# --- the table of Valle (2019) on a synthetic stand-in for its digits: test .003/.00003, GAN .81/.014,
# --- adversarial .42/.58, Bernoulli .13/.079 (distance/divergence)


def test_saturating_fakes_differ_by_the_share_of_exact_zeros(digits_like, sigmoid_fakes):
    assert ks_2samp(digits_like, sigmoid_fakes).statistic == pytest.approx((digits_like == 0).mean(), abs=1e-12)


def test_coin_flips_differ_by_their_probability(digits_like):
    flips = bernoulli_like(digits_like)
    assert ks_2samp(digits_like, flips).statistic == pytest.approx(flips.mean(), abs=1e-12)
    assert 0.12 < flips.mean() < 0.14


def test_coin_flips_diverge_as_in_the_book(digits_like):
    counts = [pixel_histogram(values).counts for values in (digits_like, bernoulli_like(digits_like))]
    assert jsd(*counts) == pytest.approx(0.0785, abs=0.01)


def test_the_book_s_adversarial_row_needs_unclipped_pixels_and_a_histogram_that_drops_them(digits_like):
    fakes = adversarial(digits_like)
    histograms = pixel_histogram(digits_like), pixel_histogram(fakes)
    assert ks_2samp(digits_like, fakes).statistic == pytest.approx(0.42, abs=0.03)
    assert jsd(histograms[0].counts, histograms[1].counts) == pytest.approx(0.574, abs=0.03)
    assert 0.40 < histograms[1].below / histograms[1].total < 0.42
    clipped = np.clip(fakes, 0, 1)
    assert jsd(histograms[0].counts, pixel_histogram(clipped).counts) == pytest.approx(0.20, abs=0.03)


def test_the_ranking_is_the_book_s(digits_like, other_digits_like, sigmoid_fakes):
    sets = {"test": other_digits_like, "gan": sigmoid_fakes, "adversarial": adversarial(digits_like),
            "bernoulli": bernoulli_like(digits_like)}
    views = {name: compare_pixels(digits_like, images, quantise=None, repeats=10).raw for name, images in sets.items()}
    assert sorted(views, key=lambda name: -views[name].ks.statistic) == ["gan", "adversarial", "bernoulli", "test"]
    assert sorted(views, key=lambda name: -views[name].jsd) == ["adversarial", "bernoulli", "gan", "test"]


# --- what the comparison adds


def test_rounding_removes_most_of_the_distance_of_saturating_fakes(against_sigmoid):
    assert against_sigmoid.raw.ks.statistic > 0.8
    assert against_sigmoid.quantised.ks.statistic < 0.1
    assert any("matter of storage" in text for text in against_sigmoid.findings)


def test_exact_black_is_reported_for_both_sides(against_sigmoid):
    real, fake = against_sigmoid.raw.moments
    assert real["exact_zero"] == pytest.approx(0.809, abs=0.005)
    assert fake["exact_zero"] == 0
    assert any("exactly 0 (black)" in text for text in against_sigmoid.findings)


def test_two_sets_of_one_source_are_not_accused(digits_like, other_digits_like):
    found = compare_pixels(digits_like * 256 / 255, other_digits_like * 256 / 255, repeats=50)
    assert found.raw.bootstrap.statistic < 2 * found.raw.bootstrap.floor_high
    assert sum(spread.ks.rejected for spread in found.raw.images.values()) <= 1
    assert any("stored with 8 bits" in text for text in found.findings)
    assert found.raw.ks == found.quantised.ks


def test_values_outside_the_range_enter_the_divergence_and_the_findings(digits_like):
    found = compare_pixels(digits_like, adversarial(digits_like), repeats=10)
    complete = [pixel_histogram(values).complete for values in (digits_like, adversarial(digits_like))]
    assert found.raw.jsd == pytest.approx(jsd(*complete), abs=1e-12)
    assert any("lie outside [0, 1]" in text for text in found.findings)


def test_shifted_pictures_differ_in_their_centres_only():
    images = np.random.default_rng(0).random((200, 12, 12)) * (np.arange(12) < 8)
    found = compare_pixels(images[:100], np.roll(images[100:], 4, axis=2), repeats=10)
    rejected = {name for name, spread in found.raw.images.items() if spread.ks.rejected}
    assert "centre_column" in rejected
    assert not rejected & {"brightness", "contrast", "zero_share", "centre_row"}


def test_empty_columns_are_counted_not_invented():
    images = np.zeros((4, 8, 8))
    images[:, :, :4] = 0.5
    found = compare_pixels(images, np.full((4, 8, 8), 0.5), repeats=10)
    assert found.raw.centroids.undefined == (0.25, 0.0)  # 4 of 8 columns and 0 of 8 rows


def test_all_black_images_have_no_centroid_and_raise_nothing():
    found = compare_pixels(np.full((4, 8, 8), 0.5), np.zeros((4, 8, 8)), repeats=10)
    assert found.raw.centroids.ks is None
    assert found.to_dict()["raw"]["centroids"]["mean"][1] is None


def test_colour_images_are_compared_pixel_by_channel():
    rng = np.random.default_rng(0)
    found = compare_pixels(rng.random((5, 9, 9, 3)), rng.random((6, 9, 9, 3)), repeats=10)
    assert found.raw.ks.sizes == (5 * 243, 6 * 243)
    assert found.settings["images"] == [5, 6]


def test_the_numbers_survive_json(against_sigmoid):
    content = json.loads(json.dumps(against_sigmoid.to_dict(), allow_nan=False))
    assert content["raw"]["ks"]["statistic"] == against_sigmoid.raw.ks.statistic
    assert sum(content["raw"]["histograms"]["full"][0]["counts"]) == 300 * 784
    assert "examples" not in content


@pytest.mark.parametrize(("reference", "sample", "options", "error", "message"), [
    (np.zeros((3, 4, 4)), np.zeros((3, 5, 4)), {}, DataError, r"one shape. Received: reference \(4, 4, 1\)"),
    (np.zeros((3, 4, 4)), np.zeros((1, 4, 4)), {}, DataError, "`sample` must hold at least two images"),
    (np.zeros((3, 4, 4)) - 1, np.zeros((3, 4, 4)), {}, DataError, "`reference` must lie in .*Received: -1..-1"),
    (np.zeros((3, 4, 4)), np.full((3, 4, 4), np.nan), {}, DataError, "in 3 of 3 images"),
    (np.zeros((3, 4, 4)), np.zeros((3, 4, 4)), {"quantise": 1}, ConfigError, "at least 2 grey levels, or None"),
    (np.zeros((3, 16)), np.zeros((3, 16)), {}, DataError, r"Received: shape=\(3, 16\)"),
])
def test_bad_input_is_refused(reference, sample, options, error, message):
    with pytest.raises(error, match=message):
        compare_pixels(reference, sample, **options)
