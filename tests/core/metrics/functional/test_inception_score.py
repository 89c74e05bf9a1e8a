import warnings

import numpy as np
import pytest
import scipy.stats

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, inception_score
from gan_core.metrics.functional.inception_score import inception_score_from_probabilities


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)
        yield


def test_the_hand_check_gives_1_444935():
    score = inception_score_from_probabilities([[0.9, 0.1], [0.1, 0.9]], splits=1)
    assert score.mean == pytest.approx(1.444935, abs=5e-7)


def test_logits_and_their_probabilities_score_alike():
    logits = np.random.default_rng(0).normal(size=(50, 7))
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    assert inception_score(logits, splits=3).mean == pytest.approx(
        inception_score_from_probabilities(probabilities, splits=3).mean, rel=1e-12
    )


def test_it_is_the_exponential_of_the_mean_entropy_relative_to_the_marginal():
    p = np.random.default_rng(1).dirichlet(np.ones(5), size=40)
    expected = np.exp(np.mean([scipy.stats.entropy(row, p.mean(0)) for row in p]))
    assert inception_score_from_probabilities(p, splits=1).mean == pytest.approx(expected, rel=1e-12)


def test_certain_answers_spread_over_all_classes_reach_the_number_of_classes():
    assert inception_score_from_probabilities(np.eye(6), splits=1).mean == pytest.approx(6.0, rel=1e-12)


def test_huge_logits_do_not_overflow():
    assert inception_score(np.eye(4) * 1e30, splits=1).mean == pytest.approx(4.0)


def test_a_collapsed_generator_scores_one():
    assert inception_score(np.tile([3.0, -1.0, 0.5], (20, 1)), splits=2).mean == pytest.approx(1.0, abs=1e-12)


def test_splits_begin_at_the_floor_of_their_share_and_give_the_population_deviation():
    logits = np.random.default_rng(2).normal(size=(11, 3))
    score = inception_score(logits, splits=3, seed=None)
    parts = [inception_score(part, splits=1).mean for part in (logits[:3], logits[3:7], logits[7:])]
    assert score.splits == pytest.approx(parts)
    assert score.std == pytest.approx(np.std(parts))


def test_the_shuffle_depends_on_the_seed_alone():
    logits = np.random.default_rng(3).normal(size=(60, 3))
    assert inception_score(logits, seed=1) == inception_score(logits, seed=1) != inception_score(logits, seed=2)


def test_few_samples_per_split_warn():
    with pytest.warns(MetricWarning, match="499 samples in 10 splits"):
        inception_score(np.zeros((499, 3)))


@pytest.mark.parametrize(
    ("function", "values", "options", "error", "message"),
    [
        (inception_score, np.ones((9, 3)), {}, DataError, "at least 10 samples"),
        (inception_score, np.full((20, 3), np.nan), {}, DataError, "finite"),
        (inception_score, np.ones(20), {}, DataError, "shape"),
        (inception_score, np.ones((20, 3)), {"splits": 0}, ConfigError, "`splits`"),
        (inception_score, np.ones((20, 3)), {"seed": -1}, ConfigError, "`seed`"),
        (inception_score_from_probabilities, np.ones((20, 3)), {}, DataError, "row 0 with sum 3.*softmax"),
        (inception_score_from_probabilities, [[1.5, -0.5]] * 20, {}, DataError, "non-negative"),
    ],
)
def test_bad_input_is_refused(function, values, options, error, message):
    with pytest.raises(error, match=message):
        function(values, **options)
