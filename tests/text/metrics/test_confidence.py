import math

import numpy as np
import pytest

from gan_text.errors import TextConfigError
from gan_text.metrics import sharpness, unk_rate


def test_uniform_distributions_are_as_blunt_as_possible():
    values = sharpness(np.full((5, 7, 8), 1 / 8))
    assert (values["max_probability"], values["entropy"]) == pytest.approx((1 / 8, 3.0))


def test_one_hot_distributions_are_as_sharp_as_possible():
    assert sharpness(np.eye(8)[None]) == {"max_probability": 1.0, "entropy": 0.0}


def test_many_distributions_are_averaged_over_all_positions():
    values = np.random.default_rng(0).dirichlet(np.ones(4), (300_000, 4)).astype(np.float32)
    exact = -(values.astype(np.float64) * np.log2(values)).sum(-1).mean()
    assert sharpness(values)["entropy"] == pytest.approx(exact, rel=1e-6)


def test_a_wrong_shape_is_refused():
    with pytest.raises(TextConfigError, match=r"Received: shape=\(2, 3\)"):
        sharpness(np.ones((2, 3)))


def test_unknown_tokens_are_counted_over_all_tokens():
    assert unk_rate([("a", "<unk>"), ("b", "c")]) == 0.25
    assert math.isnan(unk_rate([()]))
