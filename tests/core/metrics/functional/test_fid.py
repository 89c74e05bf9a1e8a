import warnings

import numpy as np
import pytest
import scipy.linalg

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import (
    MetricWarning,
    Moments,
    frechet_distance,
    frechet_distance_from_moments,
    frechet_distance_from_statistics,
)
from gan_core.metrics.functional.fid import trace_from_covariances, trace_from_features


@pytest.fixture
def sets():
    generator = np.random.default_rng(0)
    return generator.normal(size=(60, 8)), 0.3 + generator.normal(size=(60, 8)) @ generator.normal(size=(8, 8))


def by_sqrtm(x, y):
    s, t = np.cov(x.T), np.cov(y.T)
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(s) + np.trace(t) - 2 * np.trace(scipy.linalg.sqrtm(s @ t)).real


def test_one_dimensional_gaussians_give_ten():
    assert frechet_distance_from_statistics([0.0], [[1.0]], [3.0], [[4.0]]) == pytest.approx(10, abs=1e-12)


def test_diagonal_gaussians_with_a_shift_give_thirteen():
    value = frechet_distance_from_statistics([0, 0], np.diag([1, 4]), [1, 2], np.diag([9, 16]))
    assert value == pytest.approx(13, abs=1e-12)


@pytest.mark.parametrize("route", ["auto", "covariance", "features"])
def test_every_route_agrees_with_the_matrix_square_root(sets, route):
    assert frechet_distance(*sets, route=route) == pytest.approx(by_sqrtm(*sets), rel=1e-9)


@pytest.mark.parametrize("counts", [(20, 20), (20, 100), (100, 20)])
def test_both_routes_agree_where_samples_are_fewer_than_features(counts):
    generator = np.random.default_rng(1)
    x, y = (generator.normal(size=(count, 32)) for count in counts)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert frechet_distance(x, y, route="features") == pytest.approx(frechet_distance(x, y, route="covariance"), rel=1e-6)


def test_identical_sets_below_the_dimension_give_zero_to_rounding():
    x = np.random.default_rng(2).normal(size=(30, 64))
    with pytest.warns(MetricWarning, match="below|singular"):
        assert 0 <= frechet_distance(x, x) < 1e-10


def test_identical_sets_of_full_rank_give_zero_to_rounding(sets):
    assert 0 <= frechet_distance(sets[0], sets[0]) < 1e-10


def test_a_common_orthogonal_map_changes_nothing(sets):
    rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(8, 8)))[0]
    moved = [x @ rotation for x in sets]
    assert frechet_distance(*moved) == pytest.approx(frechet_distance(*sets), rel=1e-9)


def test_real_and_fake_may_be_swapped(sets):
    assert frechet_distance(sets[1], sets[0]) == pytest.approx(frechet_distance(*sets), rel=1e-9)


def test_a_shift_alone_adds_its_squared_length(sets):
    assert frechet_distance(sets[0], sets[0] + 2.0) == pytest.approx(8 * 4.0, abs=1e-9)


def test_a_collapsed_generator_gives_shift_plus_the_real_variance(sets):
    real, point = sets[0], np.full((60, 8), 5.0)
    expected = ((real.mean(0) - 5) ** 2).sum() + real.var(0, ddof=1).sum()
    assert frechet_distance(real, point) == pytest.approx(expected, rel=1e-9)


def test_float32_features_are_computed_in_float64(sets):
    x, y = (s.astype(np.float32) + 1000 for s in sets)
    assert frechet_distance(x, y) == pytest.approx(frechet_distance(x.astype(float), y.astype(float)), rel=1e-12)


def test_moments_give_the_value_of_the_covariance_route(sets):
    assert frechet_distance_from_moments(*map(Moments.of, sets)) == frechet_distance(*sets, route="covariance")


def test_streams_of_unequal_pieces_equal_the_batch_value(sets):
    streams = [Moments(8), Moments(8)]
    for stream, features in zip(streams, sets, strict=True):
        for piece in np.split(features, [1, 7, 30]):
            stream.update(piece)
    assert frechet_distance_from_moments(*streams) == pytest.approx(frechet_distance(*sets), rel=1e-9)


def test_singular_covariances_take_the_eigenvalue_root():
    s = np.ones((3, 3))  # rank 1, Cholesky fails or is useless
    assert trace_from_covariances(s, s) == pytest.approx(3.0, abs=1e-6)


def test_trace_from_features_of_a_single_direction():
    assert trace_from_features(np.array([[2.0, 0.0]]), np.array([[3.0, 0.0], [0.0, 1.0]])) == pytest.approx(6.0)


def test_few_samples_warn_that_the_value_is_biased():
    x = np.random.default_rng(4).normal(size=(10, 16))
    with pytest.warns(MetricWarning, match="FID with 10 samples of 16 features"):
        frechet_distance(x, x + 1)


def test_unequal_counts_warn(sets):
    with pytest.warns(MetricWarning, match="60 real against 50 fake"):
        frechet_distance(sets[0], sets[1][:50])


def test_a_covariance_that_is_none_is_refused_instead_of_a_negative_distance():
    bad = np.array([[1.0, 9.0], [9.0, 1.0]])  # eigenvalues 10 and -8
    with pytest.raises(DataError, match="no covariances"):
        frechet_distance_from_statistics([0, 0], bad, [0, 0], bad)


@pytest.mark.parametrize(
    ("real", "fake", "options", "error", "message"),
    [
        (np.ones((1, 2)), np.ones((5, 2)), {}, DataError, r"`real` must hold at least 2 samples"),
        (np.ones((5, 2)), np.ones((5, 3)), {}, DataError, r"equally many features.*\(5, 2\).*\(5, 3\)"),
        (np.ones((5, 2)), np.full((5, 2), np.nan), {}, DataError, r"`fake` must be finite.*row 0"),
        (np.ones((5, 2)), np.full((5, 2), np.inf), {}, DataError, r"`fake` must be finite"),
        (np.ones(5), np.ones(5), {}, DataError, r"shape \(samples, features\).*\(5,\).*reshape"),
        (np.ones((5, 0)), np.ones((5, 0)), {}, DataError, r"at least one feature"),
        (np.array([[object()]] * 3), np.ones((3, 1)), {}, DataError, r"real numbers.*dtype=object"),
        (np.ones((3, 1), complex), np.ones((3, 1)), {}, DataError, r"real numbers.*complex"),
        ([[1.0], [1.0, 2.0]], np.ones((3, 1)), {}, DataError, r"rectangular"),
        (np.eye(4) * 1e200, np.eye(4), {}, DataError, r"large|overflow"),
        (np.eye(4) * 1e200, np.eye(4), {"route": "features"}, DataError, r"overflowed float64"),
        (np.eye(4), np.eye(4), {"route": "sqrtm"}, ConfigError, r"`route`.*'sqrtm'.*covariance"),
    ],
)
def test_bad_input_is_refused(real, fake, options, error, message):
    with pytest.raises(error, match=message):
        frechet_distance(real, fake, **options)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.0], [[1.0]], [0.0, 0.0], np.eye(2)), "one length"),
        (([0.0], np.eye(2), [0.0], [[1.0]]), r"`covariance_1` \(D, D\)"),
        (([0.0], [[np.nan]], [0.0], [[1.0]]), "must be finite"),
        (([0.0, 0.0], [[1.0, 0.5], [0.0, 1.0]], [0.0, 0.0], np.eye(2)), "symmetric"),
        (([0.0], [[1.0]], [0.0], [[-1.0]]), "`covariance_2` must be symmetric with a non-negative"),
    ],
)
def test_bad_statistics_are_refused(arguments, message):
    with pytest.raises(DataError, match=message):
        frechet_distance_from_statistics(*arguments)
