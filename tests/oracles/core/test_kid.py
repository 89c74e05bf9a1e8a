"""Kernel distance against three public implementations, on features."""

import cleanfid.fid
import numpy as np
import pytest
import torch
import torch_fidelity.metric_kid
import torchmetrics.image.kid

from gan_core.metrics.functional import kernel_distance


@pytest.fixture(params=[(50, 8), (120, 64)], ids=str)
def sets(request):
    generator = np.random.default_rng(0)
    return generator.normal(size=request.param), generator.normal(0.3, 1.1, size=request.param)


@pytest.fixture
def value(sets):
    return kernel_distance(*sets, subsets=1, subset_size=len(sets[0])).value


def test_torch_fidelity_agrees(sets, value):
    oracle = torch_fidelity.metric_kid.kid_features_to_metric(
        *map(torch.tensor, sets), kid_subsets=1, kid_subset_size=len(sets[0]), kid_kernel="poly",
        kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1, rng_seed=0, verbose=False,
    )  # fmt: skip
    assert value == pytest.approx(oracle["kernel_inception_distance_mean"], rel=1e-9)


def test_clean_fid_agrees(sets, value):
    oracle = cleanfid.fid.kernel_distance(*sets, num_subsets=1, max_subset_size=len(sets[0]))
    assert value == pytest.approx(oracle, rel=1e-9)


def test_torchmetrics_agrees(sets, value):
    assert value == pytest.approx(float(torchmetrics.image.kid.poly_mmd(*map(torch.tensor, sets))), rel=1e-9)


def test_mean_and_deviation_over_many_subsets_agree_with_torch_fidelity(sets):
    oracle = torch_fidelity.metric_kid.kid_features_to_metric(
        *map(torch.tensor, sets), kid_subsets=400, kid_subset_size=20, kid_kernel="poly",
        kid_kernel_poly_degree=3, kid_kernel_poly_gamma=None, kid_kernel_poly_coef0=1, rng_seed=0, verbose=False,
    )  # fmt: skip
    result = kernel_distance(*sets, subsets=400, subset_size=20)
    deviation = oracle["kernel_inception_distance_std"]
    assert result.value == pytest.approx(oracle["kernel_inception_distance_mean"], abs=5 * deviation / 400**0.5)
    assert result.spread == pytest.approx(deviation, rel=0.2)
