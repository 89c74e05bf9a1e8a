import numpy as np
import pytest
import torch
import torch_fidelity.metric_isc

from gan_core.metrics.functional import inception_score


@pytest.mark.parametrize(("count", "splits"), [(600, 10), (605, 10), (101, 2), (60, 1)])
@pytest.mark.parametrize("scale", [1.0, 30.0])
def test_torch_fidelity_agrees(count, splits, scale):
    logits = scale * np.random.default_rng(0).normal(size=(count, 12))
    oracle = torch_fidelity.metric_isc.isc_features_to_metric(torch.tensor(logits), splits, shuffle=False)
    result = inception_score(logits, splits=splits, seed=None)
    assert result.mean == pytest.approx(oracle["inception_score_mean"], rel=1e-9)
    assert result.std == pytest.approx(oracle["inception_score_std"], rel=1e-9, abs=1e-12)
