import tracemalloc

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.functional import Moments
from gan_core.metrics.functional.moments import ROWS_AT_ONCE


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(3, 2, size=(101, 5))


def test_covariance_is_that_of_numpy(features):
    np.testing.assert_allclose(Moments.of(features).covariance, np.cov(features.T), rtol=1e-12)


@pytest.mark.parametrize("cuts", [[1], [1, 2, 3], [50, 50, 100]])
def test_streaming_equals_batch_to_1e_9(features, cuts):
    stream = Moments(5)
    for piece in np.split(features, cuts):
        stream.update(piece)
    np.testing.assert_allclose(stream.covariance, np.cov(features.T), rtol=1e-9)
    np.testing.assert_allclose(stream.mean, features.mean(0), rtol=1e-12)


def test_merged_parts_equal_the_whole(features):
    merged = Moments.of(features[:30]).merge(Moments.of(features[30:]))
    assert merged.count == 101
    np.testing.assert_allclose(merged.covariance, np.cov(features.T), rtol=1e-9)


def test_merging_with_nothing_changes_nothing(features):
    merged = Moments(5).merge(Moments.of(features)).merge(Moments(5))
    np.testing.assert_array_equal(merged.scatter, Moments.of(features).scatter)


def test_pieces_larger_than_one_update_are_split():
    features = np.random.default_rng(1).normal(size=(ROWS_AT_ONCE + 3, 2))
    np.testing.assert_allclose(Moments.of(features).covariance, np.cov(features.T), rtol=1e-9)


def test_a_large_mean_does_not_eat_the_spread(features):
    far = Moments(5)
    for piece in np.split(features + 1e6, [10, 60]):
        far.update(piece)
    np.testing.assert_allclose(far.covariance, np.cov(features.T), rtol=1e-6)


def test_the_callers_array_is_left_alone(features):
    before = features.copy()
    Moments.of(features)
    np.testing.assert_array_equal(features, before)


def test_memory_does_not_grow_with_the_samples():
    def peak(batches):
        generator, stream = np.random.default_rng(0), Moments(32)
        tracemalloc.start()
        for _ in range(batches):
            stream.update(generator.normal(size=(100, 32)))
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(60) < 1.1 * peak(6)


def test_one_sample_has_no_covariance():
    with pytest.raises(DataError, match=r"at least 2 samples.*count=1"):
        _ = Moments.of([[1.0]]).covariance


def test_another_dimension_is_refused(features):
    with pytest.raises(DataError, match="5 columns"):
        Moments.of(features).update(np.ones((3, 4)))
    with pytest.raises(DataError, match="one dimension merge"):
        Moments.of(features).merge(Moments(4))
