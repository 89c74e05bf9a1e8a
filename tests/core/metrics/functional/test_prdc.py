import tracemalloc
import warnings

import numpy as np
import pytest
from prdc import compute_prdc

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, precision_recall_density_coverage


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


def four(scores):
    return scores.precision, scores.recall, scores.density, scores.coverage


@pytest.fixture
def sets():
    generator = np.random.default_rng(0)
    return generator.normal(size=(150, 5)), generator.normal(0.4, 0.8, size=(130, 5))


def test_the_hand_check():
    scores = precision_recall_density_coverage(
        [[0], [1], [2], [3]], [[0.5], [10], [11], [12]], manifold_k=1, density_k=1
    )
    assert four(scores) == (0.25, 1.0, 0.5, 0.5)


@pytest.mark.parametrize("k", [1, 3, 5])
def test_continuous_features_score_as_in_the_prdc_package(sets, k, capsys):
    oracle = compute_prdc(*sets, nearest_k=k)
    scores = precision_recall_density_coverage(*sets, manifold_k=k, density_k=k)
    assert four(scores) == pytest.approx([oracle[n] for n in ("precision", "recall", "density", "coverage")], abs=1e-12)


@pytest.mark.parametrize("chunk_bytes", [600, 5_000, 50_000])
def test_tiles_of_any_size_give_one_answer(sets, chunk_bytes):
    assert precision_recall_density_coverage(*sets, chunk_bytes=chunk_bytes) == precision_recall_density_coverage(*sets)


def test_the_two_k_belong_to_their_own_pair(sets):
    mixed = precision_recall_density_coverage(*sets, manifold_k=2, density_k=7)
    two, seven = (precision_recall_density_coverage(*sets, manifold_k=k, density_k=k) for k in (2, 7))
    assert four(mixed) == (two.precision, two.recall, seven.density, seven.coverage)


def test_swapping_the_sets_swaps_precision_and_recall(sets):
    scores, swapped = precision_recall_density_coverage(*sets), precision_recall_density_coverage(*sets[::-1])
    assert (scores.precision, scores.recall) == (swapped.recall, swapped.precision)


@pytest.mark.parametrize("shift", [0.0, 1000.0])
@pytest.mark.parametrize("chunk_bytes", [3_000, 1e8])
def test_identical_sets_are_fully_precise_recalled_and_covered_and_of_density_above_one(sets, shift, chunk_bytes):
    x = sets[0] + shift
    scores = precision_recall_density_coverage(x, x, chunk_bytes=chunk_bytes)
    assert four(scores) == (1.0, 1.0, (5 + 1) / 5, 1.0)  # each radius holds its centre and k neighbours


@pytest.mark.parametrize("chunk_bytes", [60_000, 1e8])
def test_differences_of_rounding_do_not_push_a_sample_out_of_its_neighbourhood(chunk_bytes):
    x = np.random.default_rng(2).normal(size=(400, 129))
    rounded = x * (1 + 2e-16 * np.random.default_rng(3).integers(-1, 2, size=x.shape))
    scores = precision_recall_density_coverage(x, rounded, chunk_bytes=chunk_bytes)
    assert four(scores) == (1.0, 1.0, (5 + 1) / 5, 1.0)


def test_points_at_exactly_the_radius_are_inside():
    grid = np.arange(10.0)[:, None] * 0.1  # distances that do not round alike
    scores = precision_recall_density_coverage(grid, grid + 0.1, manifold_k=1, density_k=1)
    assert scores.recall == 1.0
    assert scores.precision == 1.0


def test_duplicated_real_points_are_matched_by_copies():
    x = np.repeat(np.random.default_rng(0).normal(size=(4, 3)), 5, axis=0)
    assert four(precision_recall_density_coverage(x, x, manifold_k=2, density_k=2))[:2] == (1.0, 1.0)


def test_a_generator_collapsed_to_a_typical_sample_has_precision_without_recall(sets):
    real = sets[0]
    point = real[np.linalg.norm(real, axis=1).argmin()]
    scores = precision_recall_density_coverage(real, np.tile(point, (150, 1)))
    assert scores.precision == 1.0
    assert scores.recall <= 1 / 150
    assert scores.coverage < 0.5


def test_a_collapsed_generator_is_named_in_a_warning(sets):
    with pytest.warns(MetricWarning, match="100.0% of the fake samples.*collapsed"):
        precision_recall_density_coverage(sets[0], np.zeros((150, 5)))


def test_far_fakes_score_nothing(sets):
    scores = precision_recall_density_coverage(sets[0], sets[0] + 1e6)
    assert four(scores) == (0.0, 0.0, 0.0, 0.0)
    assert scores.f1 == 0.0


def test_f1_is_the_harmonic_mean(sets):
    scores = precision_recall_density_coverage(*sets)
    p, r = scores.precision, scores.recall
    assert scores.f1 == pytest.approx(2 / (1 / p + 1 / r))


def test_a_common_orthogonal_map_changes_nothing(sets):
    rotation = np.linalg.qr(np.random.default_rng(3).normal(size=(5, 5)))[0]
    assert precision_recall_density_coverage(*(x @ rotation for x in sets)) == precision_recall_density_coverage(*sets)


def test_unequal_counts_warn(sets):
    with pytest.warns(MetricWarning, match="150 real against 130 fake"):
        precision_recall_density_coverage(*sets)


def test_working_memory_stays_below_the_limit_whatever_the_count():
    def peak(count):
        x, y = np.random.default_rng(0).normal(size=(2, count, 16)).astype(np.float32)
        tracemalloc.start()
        precision_recall_density_coverage(x, y, chunk_bytes=1_000_000)
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    assert peak(200) < 1_500_000
    assert peak(1000) < 1_500_000  # the whole distance matrix would take 8 MB


@pytest.mark.parametrize(
    ("real", "fake", "options", "error", "message"),
    [
        (np.eye(5), np.eye(6, 5), {}, DataError, "`real` must hold at least 6 samples"),
        (np.eye(9), np.eye(3, 9), {"manifold_k": 2, "density_k": 3}, DataError, "`fake` must hold at least 4"),
        (np.eye(9), np.eye(9, 8), {}, DataError, "equally many features"),
        (np.eye(9), np.full((9, 9), np.nan), {}, DataError, "`fake` must be finite"),
        (np.eye(9) * 1e200, np.eye(9), {}, DataError, "overflowed"),
        (np.eye(9), np.eye(9), {"manifold_k": 0}, ConfigError, "`manifold_k`"),
        (np.eye(9), np.eye(9), {"density_k": True}, ConfigError, "`density_k`"),
        (np.eye(9), np.eye(9), {"chunk_bytes": 10}, ConfigError, "`chunk_bytes` must hold a pair"),
        (np.eye(9), np.eye(9), {"chunk_bytes": None}, ConfigError, "`chunk_bytes`"),
    ],
)
def test_bad_input_is_refused(real, fake, options, error, message):
    with pytest.raises(error, match=message):
        precision_recall_density_coverage(real, fake, **options)
