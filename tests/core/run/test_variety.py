"""Diversity of samples, against SciPy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from gan_core.run.variety import variety

DRAW = np.random.default_rng(0)
REALS = DRAW.normal(size=(64, 6, 6, 3)).astype(np.float32)
FAKES = (0.5 * DRAW.normal(size=(40, 6, 6, 3)) + 7).astype(np.float32)


def test_diversity_is_the_ratio_of_mean_pairwise_distances():
    expected = pdist(FAKES.reshape(40, -1)).mean() / pdist(REALS.reshape(64, -1)).mean()
    assert abs(variety(FAKES, REALS)["sample_diversity"] - expected) < 1e-6


def test_spread_is_the_ratio_of_median_standard_deviations():
    expected = np.median(FAKES.std(axis=0)) / np.median(REALS.std(axis=0))
    assert abs(variety(FAKES, REALS)["sample_spread"] - expected) < 1e-5


def test_distances_of_nearly_equal_samples_far_from_zero_are_exact():
    fakes = 1e3 + 1e-6 * DRAW.normal(size=(20, 50))
    reals = DRAW.normal(size=(20, 50))
    assert abs(variety(fakes, reals)["sample_diversity"] / (pdist(fakes).mean() / pdist(reals).mean()) - 1) < 1e-3


def test_data_whose_elements_are_mostly_constant_have_no_spread():
    reals = REALS * (np.arange(6) == 0)[:, None, None].astype(np.float32)
    assert list(variety(FAKES, reals)) == ["sample_diversity"]


@pytest.mark.parametrize(("fakes", "reals"), [
    (np.zeros((9, 3), int), np.zeros((9, 3))), (np.zeros((9, 3)), np.array([["a"]] * 9)), (FAKES[:1], REALS),
    (FAKES, REALS[:1]), (FAKES * np.nan, REALS), (FAKES, np.ones_like(REALS))])
def test_what_cannot_be_compared_gives_nothing(fakes, reals):
    assert variety(fakes, reals) == {}
