import tracemalloc

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import NearestNeighbors

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import nearest_neighbours

NORMS = {"l1": "cityblock", "l2": "euclidean"}


def by_brute_force(queries, bank, k, metric, exclude_self=False):
    """Sorted by (distance, index)."""
    distances = cdist(queries, bank, NORMS[metric])
    if exclude_self:
        np.fill_diagonal(distances, np.inf)
    indices = np.argsort(distances, axis=1, kind="stable")[:, :k]
    return np.take_along_axis(distances, indices, 1), indices


@pytest.fixture
def points():
    generator = np.random.default_rng(0)
    return generator.normal(size=(23, 4)), generator.normal(size=(90, 4))


@pytest.mark.parametrize("metric", ["l1", "l2"])
@pytest.mark.parametrize("chunk_bytes", [200, 3_000, 1e8])
@pytest.mark.parametrize("k", [1, 5, 90])
def test_neighbours_equal_those_of_a_full_sort(points, metric, chunk_bytes, k):
    expected = by_brute_force(*points, k, metric)
    distances, indices = nearest_neighbours(*points, k, metric=metric, chunk_bytes=chunk_bytes)
    np.testing.assert_array_equal(indices, expected[1])
    np.testing.assert_allclose(distances, expected[0], rtol=1e-12)


@pytest.mark.parametrize("metric", ["l1", "l2"])
def test_neighbours_equal_those_of_scikit_learn(points, metric):
    oracle = NearestNeighbors(n_neighbors=3, metric=metric, algorithm="brute").fit(points[1])
    distances, indices = oracle.kneighbors(points[0])
    found = nearest_neighbours(*points, 3, metric=metric)
    np.testing.assert_array_equal(found.indices, indices)
    np.testing.assert_allclose(found.distances, distances, rtol=1e-10)


@pytest.mark.parametrize("metric", ["l1", "l2"])
@pytest.mark.parametrize("chunk_bytes", [300, 4_000, 1e8])
def test_equal_distances_come_in_the_order_of_the_bank(metric, chunk_bytes):
    bank = np.random.default_rng(1).integers(0, 3, size=(80, 3)).astype(float)  # many ties, many copies
    indices = nearest_neighbours(bank[:30], bank, 10, metric=metric, chunk_bytes=chunk_bytes).indices
    expected = by_brute_force(bank[:30], bank, 10, metric)
    np.testing.assert_array_equal(indices, expected[1])


@pytest.mark.parametrize("metric", ["l1", "l2", lambda a, b: np.abs(a[:, None] - b).sum(-1)])
@pytest.mark.parametrize("chunk_bytes", [300, 1e8])
def test_a_sample_is_not_its_own_neighbour_when_excluded(points, metric, chunk_bytes):
    bank = points[1]
    found = nearest_neighbours(bank, bank, 4, metric=metric, exclude_self=True, chunk_bytes=chunk_bytes)
    expected = by_brute_force(bank, bank, 4, metric if isinstance(metric, str) else "l1", exclude_self=True)
    np.testing.assert_array_equal(found.indices, expected[1])


def test_an_exact_copy_has_distance_exactly_zero_far_from_the_origin(points):
    bank = points[1] + 1e5
    found = nearest_neighbours(bank[40:45], bank)
    assert found.distances.ravel().tolist() == [0.0] * 5
    assert found.indices.ravel().tolist() == [40, 41, 42, 43, 44]


def test_near_copies_far_from_the_origin_keep_their_order():
    bank = np.full((6, 3), 1e6) + np.arange(6)[:, None] * 1e-6
    assert nearest_neighbours([[1e6 + 2e-6] * 3], bank, 3).indices.tolist()[0][0] == 2


@pytest.mark.timeout(20)
def test_a_bank_of_one_point_many_times_is_found_in_order_and_fast():
    bank = np.tile(np.random.default_rng(2).normal(size=64), (1500, 1))
    found = nearest_neighbours(np.zeros((1000, 64)), bank, 3)
    assert (found.indices == [0, 1, 2]).all()


def test_integer_pixels_are_not_wrapped_around():
    found = nearest_neighbours(np.array([[250]], np.uint8), np.array([[0], [255]], np.uint8), 2, metric="l1")
    assert found.distances.tolist() == [[5.0, 250.0]]


def test_a_distance_of_the_user_is_taken(points):
    chebyshev = lambda a, b: np.abs(a[:, None] - b[None]).max(-1)  # noqa: E731
    found = nearest_neighbours(*points, 2, metric=chebyshev, chunk_bytes=2_000)
    expected = np.sort(cdist(*points, "chebyshev"), axis=1)[:, :2]
    np.testing.assert_allclose(found.distances, expected)


@pytest.mark.parametrize("metric", ["l1", "l2"])
def test_working_memory_stays_below_the_limit_whatever_the_count(metric):
    def peak(count):
        bank = np.random.default_rng(0).normal(size=(count, 16)).astype(np.float32)
        tracemalloc.start()
        nearest_neighbours(bank[:100], bank, 2, metric=metric, chunk_bytes=2_000_000)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(10_000) < max(1.2 * peak(1_000), 3_000_000)


@pytest.mark.parametrize(
    ("queries", "bank", "k", "options", "error", "message"),
    [
        (np.ones((2, 3)), np.ones((4, 3)), 5, {}, DataError, "at least 5 samples.*k=5"),
        (np.ones((4, 3)), np.ones((4, 3)), 4, {"exclude_self": True}, DataError, "at least 5 samples"),
        (np.ones((2, 3)), np.ones((4, 3)), 1, {"exclude_self": True}, DataError, "same samples"),
        (np.ones((2, 3)), np.ones((4, 2)), 1, {}, DataError, "equally many features"),
        (np.ones((2, 3)), np.full((4, 3), np.nan), 1, {}, DataError, "`bank` must be finite"),
        (np.ones((0, 3)), np.ones((4, 3)), 1, {}, DataError, "`queries` must hold at least 1"),
        (np.ones((2, 3)), np.ones((4, 3)), 0, {}, ConfigError, "`k`"),
        (np.ones((2, 3)), np.ones((4, 3)), 1, {"metric": "l3"}, ConfigError, "`metric`.*l1"),
        (np.ones((2, 3)), np.ones((4, 3)), 1, {"metric": lambda a, b: np.zeros(3)}, DataError, "must return distances"),
        (np.ones((2, 3)), np.ones((4, 3)), 1, {"metric": lambda a, b: -np.ones((2, 4))}, DataError, "minimum -1"),
        (np.ones((2, 3)), np.ones((4, 3)), 1, {"metric": lambda a, b: np.full((2, 4), np.nan)}, DataError, "nan"),
        (np.eye(3) * 1e200, -np.eye(3) * 1e200, 1, {}, DataError, "overflowed"),
    ],
)
def test_bad_input_is_refused(queries, bank, k, options, error, message):
    with pytest.raises(error, match=message):
        nearest_neighbours(queries, bank, k, **options)
