import numpy as np
import pytest
import scipy.stats
from scipy.spatial.distance import cdist

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, memorisation


def draw(count, seed):
    return np.random.default_rng(seed).normal(size=(count, 4))


def test_a_copying_sampler_gives_one():
    train, held_out = draw(100, 0), draw(100, 1)
    result = memorisation(train[:50], train, held_out)
    assert result.share == 1.0
    assert result.copies == 50
    assert result.p_value < 1e-12
    assert result.interval[0] > 0.9


def test_a_nearly_copying_sampler_gives_about_one():
    train, held_out = draw(100, 0), draw(100, 1)
    result = memorisation(train + 0.01 * draw(100, 2), train, held_out)
    assert result.share > 0.95
    assert result.distances.rejected


def test_new_samples_of_the_distribution_give_about_a_half():
    result = memorisation(draw(400, 3), draw(300, 4), draw(300, 5))
    assert result.interval[0] < 0.5 < result.interval[1]
    assert result.copies == 0


def test_copies_of_the_held_out_set_give_zero():
    train, held_out = draw(100, 0), draw(100, 1)
    assert memorisation(held_out, train, held_out).share == 0.0


def test_share_interval_and_distances_agree_with_scipy():
    fake, train, held_out = draw(80, 6), draw(60, 7), draw(60, 8)
    result = memorisation(fake, train, held_out)
    to_train, to_held = cdist(fake, train).min(1), cdist(fake, held_out).min(1)
    nearer = int((to_train < to_held).sum())
    assert result.share == nearer / 80
    assert result.p_value == pytest.approx(scipy.stats.binomtest(nearer, 80).pvalue)
    oracle = scipy.stats.ks_2samp(to_train, cdist(held_out, train).min(1)).statistic
    assert result.distances.statistic == pytest.approx(oracle)
    np.testing.assert_array_equal(result.train_indices, cdist(fake, train).argmin(1))


def test_ties_are_left_out_of_the_share():
    result = memorisation([[0.0], [5.1]], [[-1.0], [5.0]], [[1.0], [9.0]])
    assert (result.ties, result.share) == (1, 1.0)


def test_nothing_but_ties_gives_a_half_with_the_widest_interval_and_a_warning():
    with pytest.warns(MetricWarning, match="nothing can be said"):
        result = memorisation(np.zeros((9, 1)), [[-1.0]], [[1.0]])
    assert (result.share, result.interval, result.p_value) == (0.5, (0.0, 1.0), 1.0)


def test_held_out_samples_that_are_also_training_samples_warn():
    with pytest.warns(MetricWarning, match="3 of 10 held-out samples"):
        memorisation(draw(5, 0), draw(10, 1), np.concatenate([draw(10, 1)[:3], draw(7, 2)]))


@pytest.mark.parametrize(
    ("fake", "train", "held_out", "options", "error", "message"),
    [
        (draw(5, 0), draw(9, 1), draw(8, 2), {}, DataError, "equally large.*9 and 8.*Draw 8"),
        (draw(5, 0), draw(9, 1), np.ones((9, 3)), {}, DataError, "equally many features"),
        (draw(5, 0) * np.nan, draw(9, 1), draw(9, 2), {}, DataError, "`fake` must be finite"),
        (np.ones((0, 4)), draw(9, 1), draw(9, 2), {}, DataError, "`fake` must hold at least 1"),
        (draw(5, 0), draw(9, 1), draw(9, 2), {"metric": "x"}, ConfigError, "`metric`"),
        (draw(5, 0), draw(9, 1), draw(9, 2), {"confidence": 0}, ConfigError, "`confidence`"),
    ],
)
def test_bad_input_is_refused(fake, train, held_out, options, error, message):
    with pytest.raises(error, match=message):
        memorisation(fake, train, held_out, **options)
