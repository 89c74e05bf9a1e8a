import numpy as np
import pytest
from sklearn.metrics import precision_recall_fscore_support

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional import classification_scores, precision_recall_f1


def test_six_hits_two_false_alarms_and_six_misses():
    assert precision_recall_f1(6, 2, 6) == pytest.approx((0.75, 0.5, 0.6), abs=1e-15)


def test_nothing_found_and_nothing_to_find_gives_zeros():
    assert precision_recall_f1(0, 0, 0) == (0.0, 0.0, 0.0)


def test_scores_per_class_are_those_of_scikit_learn():
    true, predicted = np.random.default_rng(0).integers(0, 5, size=(2, 200))
    oracle = precision_recall_fscore_support(true, predicted)
    scores = classification_scores(true, predicted)
    for found, expected in zip((scores.precision, scores.recall, scores.f1, scores.support), oracle, strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-12)
    assert scores.macro_f1 == pytest.approx(oracle[2].mean())
    assert scores.accuracy == (true == predicted).mean()


def test_classes_without_members_score_zero_and_are_named():
    scores = classification_scores([0, 0, 1], [0, 2, 2], classes=4)
    assert scores.undefined == (1, 2, 3)
    assert scores.f1.tolist() == pytest.approx([2 / 3, 0, 0, 0])


@pytest.mark.parametrize(
    ("true", "predicted", "classes", "error", "message"),
    [
        ([], [], None, DataError, "at least one label"),
        ([0, 1], [0], None, DataError, "equally long.*2 and 1"),
        ([0, -1], [0, 1], None, DataError, "`true` must hold integers of at least 0"),
        ([0, 1], [0, 3], 3, DataError, "`predicted` must hold integers.*below 3"),
        ([0.5], [0], None, DataError, "integers"),
        ([np.nan], [0], None, DataError, "finite"),
        ([0], [0], 0, ConfigError, "`classes`"),
    ],
)
def test_bad_labels_are_refused(true, predicted, classes, error, message):
    with pytest.raises(error, match=message):
        classification_scores(true, predicted, classes=classes)


@pytest.mark.parametrize("counts", [(-1, 0, 0), (1.5, 0, 0), (0, "2", 0)])
def test_bad_counts_are_refused(counts):
    with pytest.raises(ConfigError, match="must be an integer of at least 0"):
        precision_recall_f1(*counts)
