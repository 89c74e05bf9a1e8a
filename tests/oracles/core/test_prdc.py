import numpy as np
import pytest
import torch
import torch_fidelity.metric_prc

from gan_core.metrics.functional import precision_recall_density_coverage


@pytest.mark.parametrize("k", [1, 3, 5])
def test_torch_fidelity_agrees(k):
    generator = np.random.default_rng(k)
    real, fake = generator.normal(size=(300, 8)), generator.normal(0.4, 0.8, size=(300, 8))
    oracle = torch_fidelity.metric_prc.prc_features_to_metric(  # generated samples come first
        torch.tensor(fake), torch.tensor(real), prc_neighborhood=k, prc_batch_size=64, save_cpu_ram=False, verbose=False
    )
    scores = precision_recall_density_coverage(real, fake, manifold_k=k)
    assert scores.precision == pytest.approx(oracle["precision"], abs=1e-6)
    assert scores.recall == pytest.approx(oracle["recall"], abs=1e-6)
    assert scores.f1 == pytest.approx(oracle["f_score"], abs=1e-6)
