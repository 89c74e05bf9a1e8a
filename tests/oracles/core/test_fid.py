"""Fréchet distance against four public implementations, on features: no weights, no network."""

import warnings

import cleanfid.fid
import numpy as np
import pytest
import pytorch_fid.fid_score
import torch
import torch_fidelity.metric_fid
import torchmetrics.image.fid

from gan_core.metrics.functional import MetricWarning, frechet_distance

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


@pytest.fixture(params=[(200, 200, 16), (400, 300, 64)], ids=str)
def sets(request):
    n, m, dimension = request.param
    generator = np.random.default_rng(0)
    mix = generator.normal(size=(dimension, dimension)) / dimension**0.5
    return generator.normal(size=(n, dimension)), 0.2 + generator.normal(size=(m, dimension)) @ mix


def statistics(features):
    return features.mean(0), np.cov(features, rowvar=False)


@pytest.fixture(params=["covariance", "features"])
def value(sets, request):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)  # unequal counts are one of the cases
        return frechet_distance(*sets, route=request.param)


def test_torch_fidelity_agrees(sets, value):
    made = [torch_fidelity.metric_fid.fid_features_to_statistics(torch.tensor(x)) for x in sets]
    oracle = torch_fidelity.metric_fid.fid_statistics_to_metric(*made, False)
    assert value == pytest.approx(next(iter(oracle.values())), rel=1e-9)


def test_clean_fid_agrees(sets, value):
    assert value == pytest.approx(
        cleanfid.fid.frechet_distance(*statistics(sets[0]), *statistics(sets[1])), rel=1e-9
    )


def test_pytorch_fid_agrees(sets, value):
    oracle = pytorch_fid.fid_score.calculate_frechet_distance(*statistics(sets[0]), *statistics(sets[1]))
    assert value == pytest.approx(oracle, rel=1e-9)


def test_torchmetrics_agrees(sets, value):
    arguments = [torch.tensor(part) for x in sets for part in statistics(x)]
    assert value == pytest.approx(float(torchmetrics.image.fid._compute_fid(*arguments)), rel=1e-9)
