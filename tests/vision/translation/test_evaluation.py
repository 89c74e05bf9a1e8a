"""Scores of translations by hand: copies, nearest training pairs, agreement of a segmentation."""

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data import Columns, Examples, LabelMap, Photo
from gan_vision.translation.evaluation import (
    copies_of_the_input,
    nearest_training_pairs,
    paired_score,
    scores_of,
    segmentation_agreement,
)


def pairs(sources, reals):
    """Flat gray sources and flat coloured targets of these levels."""
    source = np.ones((len(sources), 8, 8, 1), np.uint8) * np.array(sources, np.uint8)[:, None, None, None]
    real = np.ones((len(reals), 8, 8, 3), np.uint8) * np.array(reals, np.uint8)[:, None, None, None]
    return Examples(Columns({"source": source, "real": real}), {"source": Photo(1), "real": Photo(3)})


def test_a_copy_of_the_input_has_the_channels_of_the_target():
    copies = copies_of_the_input(pairs([10, 200], [0, 0]), np.array([1, 0]))
    assert copies.shape == (2, 8, 8, 3)
    assert copies[:, 0, 0].tolist() == [[200] * 3, [10] * 3]


def test_the_nearest_training_pair_is_found_by_the_source():
    train, held_out = pairs([0, 100, 250], [1, 2, 3]), pairs([90, 240, 5], [0, 0, 0])
    assert nearest_training_pairs(train, held_out, np.arange(3))[:, 0, 0, 0].tolist() == [2, 3, 1]


def test_scores_are_means_over_pairs_with_intervals():
    real = np.zeros((4, 8, 8, 3), np.uint8)
    made = real.copy()
    made[0] = 255
    found = scores_of({"run": made}, real, ["l1"], reference="pairs")["run"][0]
    assert found.value == pytest.approx(0.25)
    assert found.interval[0] <= 0.25 <= found.interval[1]
    assert not found.higher_is_better


def test_pairs_that_are_equal_are_left_out_of_a_mean_of_decibels():
    found = paired_score("psnr", np.array([20.0, np.inf, 30.0]), reference="")
    assert found.value == pytest.approx(25)
    assert "1 pairs are equal" in found.warnings[0]


def test_the_agreement_of_a_segmentation_by_hand():
    """Two classes: the classifier finds class 1 everywhere; the unknown pixels do not count."""
    labels = np.array([[[0, 1, 1, 255]]], np.uint8)

    def segment(pictures):
        return np.tile(np.array([0.0, 1.0]), (*pictures.shape[:3], 1))

    accuracy, overlap = segmentation_agreement(np.zeros((1, 1, 4, 3), np.uint8), labels, LabelMap(2, (255,)), segment)
    assert accuracy.value == pytest.approx(2 / 3)
    assert overlap.value == pytest.approx((0 + 2 / 3) / 2)


def test_a_classifier_of_other_classes_is_refused():
    with pytest.raises(DataError, match="must give 3 scores for each pixel of pictures of 4 x 4"):
        segmentation_agreement(np.zeros((1, 4, 4, 3), np.uint8), np.zeros((1, 4, 4), np.uint8), LabelMap(3),
                               lambda pictures: np.zeros((*pictures.shape[:3], 2)))
