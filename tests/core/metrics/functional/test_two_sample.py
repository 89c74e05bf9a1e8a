import numpy as np
import pytest
from sklearn.model_selection import LeaveOneOut, cross_val_score
from sklearn.neighbors import KNeighborsClassifier

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import MetricWarning, two_sample_accuracy


@pytest.fixture
def sets():
    generator = np.random.default_rng(0)
    return generator.normal(size=(40, 3)), generator.normal(0.7, 1, size=(40, 3))


@pytest.mark.parametrize("k", [1, 5])
def test_accuracy_is_that_of_a_leave_one_out_classifier(sets, k):
    pooled, labels = np.concatenate(sets), np.repeat([1, 0], 40)
    oracle = cross_val_score(KNeighborsClassifier(k), pooled, labels, cv=LeaveOneOut())
    result = two_sample_accuracy(*sets, k=k)
    assert result == pytest.approx((oracle.mean(), oracle[:40].mean(), oracle[40:].mean()))


def test_one_distribution_gives_about_a_half():
    x, y = np.random.default_rng(1).normal(size=(2, 400, 3))
    assert abs(two_sample_accuracy(x, y).overall - 0.5) < 0.08


def test_copies_of_the_real_set_give_zero(sets):
    assert two_sample_accuracy(sets[0], sets[0]).overall == 0.0


def test_a_collapsed_generator_shows_in_the_fake_accuracy(sets):
    result = two_sample_accuracy(sets[0], np.zeros((40, 3)))
    assert result.fake == 1.0
    assert result.real < 1.0


def test_unequal_counts_warn(sets):
    with pytest.warns(MetricWarning, match="chance is not ½"):
        two_sample_accuracy(sets[0], sets[1][:30])


@pytest.mark.parametrize(
    ("real", "fake", "options", "error", "message"),
    [
        (np.eye(3), np.eye(3), {"k": 2}, ConfigError, "`k` must be odd.*k=3"),
        (np.eye(3), np.eye(3), {"k": 7}, DataError, "at least 8"),
        (np.eye(1, 3), np.eye(3), {}, DataError, "`real` must hold at least 2"),
        (np.eye(3), np.full((3, 3), np.inf), {}, DataError, "`fake`"),
    ],
)
def test_bad_input_is_refused(real, fake, options, error, message):
    with pytest.raises(error, match=message):
        two_sample_accuracy(real, fake, **options)
