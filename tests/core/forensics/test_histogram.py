import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.histogram import pixel_histogram


def test_values_outside_the_range_are_counted_on_their_side():
    histogram = pixel_histogram([-0.1, 0, 0.5, 1, 1.1, 1.2], bins=2)
    assert (histogram.counts.tolist(), histogram.below, histogram.above) == ([1, 2], 1, 2)
    assert histogram.share_outside == pytest.approx(0.5, abs=1e-12)


def test_shares_are_of_all_values_so_that_they_sum_to_what_is_inside():
    histogram = pixel_histogram([-0.1, 0, 0.5, 1], bins=4)
    assert histogram.shares.sum() == pytest.approx(0.75, abs=1e-12)


def test_the_complete_counts_lose_nothing():
    values = np.random.default_rng(0).normal(size=1000)
    histogram = pixel_histogram(values, range=(0.11, 0.88))
    assert histogram.complete.sum() == histogram.total == 1000
    assert len(histogram.complete) == 102


def test_digits_hide_most_pixels_outside_the_middle_and_say_so(digits_like):
    histogram = pixel_histogram(digits_like, range=(0.11, 0.88))
    assert 0.85 < histogram.share_outside < 0.95


@pytest.mark.parametrize(("values", "options", "error", "message"), [
    ([], {}, DataError, "Received: none"),
    ([np.inf], {}, DataError, "NaN or infinite"),
    ([0.5], {"bins": 0}, ConfigError, "`bins` must be at least 1"),
    ([0.5], {"range": (1, 0)}, ConfigError, "low < high"),
])
def test_bad_input_is_refused(values, options, error, message):
    with pytest.raises(error, match=message):
        pixel_histogram(values, **options)
