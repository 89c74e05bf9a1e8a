import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.forensics.centroid import centroid


def test_ink_in_rows_1_and_3_balances_at_2():
    assert centroid([[0], [1], [0], [1]]) == pytest.approx([2.0], abs=1e-12)


def test_weights_count_not_only_places():
    assert centroid([[3], [1]]) == pytest.approx([0.25], abs=1e-12)


def test_scale_of_the_pixels_does_not_matter():
    image = np.random.default_rng(0).random((6, 5))
    np.testing.assert_allclose(centroid(image * 255), centroid(image), rtol=1e-12)


def test_axis_1_gives_the_rows_of_the_transpose():
    image = np.random.default_rng(0).random((6, 5))
    assert centroid(image, axis=1).shape == (6,)
    np.testing.assert_allclose(centroid(image, axis=1), centroid(image.T), rtol=1e-12)


def test_a_batch_equals_its_images_one_by_one():
    images = np.random.default_rng(0).random((3, 6, 5))
    for axis in (0, 1):
        np.testing.assert_allclose(centroid(images, axis=axis), [centroid(image, axis=axis) for image in images])


def test_an_empty_column_is_nan_by_default():
    assert np.isnan(centroid([[0, 1], [0, 1]])).tolist() == [True, False]


def test_an_empty_column_is_0_as_in_the_book_on_request():
    assert centroid([[0, 1], [0, 1]], empty="zero").tolist() == [0.0, 0.5]


@pytest.mark.parametrize(("images", "options", "error", "message"), [
    ([[-1.0, 1.0]], {}, DataError, "must not be negative.*smallest pixel=-1"),
    ([[np.nan, 1.0]], {}, DataError, "must be finite"),
    ([1.0, 2.0], {}, DataError, r"shape \(H, W\)"),
    (np.zeros((2, 2, 2, 3)), {}, DataError, "Average the channels"),
    (np.zeros((0, 4)), {}, DataError, r"Received: shape=\(0, 4\)"),
    ([[1.0]], {"axis": 2}, ConfigError, "`axis` must be 0"),
    ([[1.0]], {"empty": "none"}, ConfigError, "Known: nan, zero"),
])
def test_bad_input_is_refused(images, options, error, message):
    with pytest.raises(error, match=message):
        centroid(images, **options)
