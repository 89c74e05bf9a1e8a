"""What is drawn, before it is drawn."""

from __future__ import annotations

import numpy as np

from gan_core.run.curves import POINTS, curves, loss_curve, other_curves, thinned


def test_null_becomes_a_gap_and_counters_are_left_out():
    known = curves([{"step": 1, "d_loss": 2.0, "examples": 64}, {"step": 2, "d_loss": None, "examples": 128}])
    assert list(known) == ["d_loss"]
    np.testing.assert_array_equal(known["d_loss"][0], [1, 2])
    np.testing.assert_array_equal(known["d_loss"][1], [2, np.nan])


def test_a_quantity_recorded_once_makes_no_curve():
    assert curves([{"step": 1, "kid": 2.0}, {"step": 2, "d_loss": 1.0}]) == {}


def test_a_thinned_curve_keeps_its_mean_and_its_extremes():
    values = np.arange(8000.0) % 10
    values[4321] = 99.0
    steps, means, low, high = thinned(np.arange(8000.0), values)
    assert len(steps) == POINTS
    assert abs(means.mean() - values.mean()) < 1e-9
    assert high.max() == 99.0
    assert low.max() == 0.0


def test_a_short_curve_is_drawn_as_it_is():
    _, means, low, high = thinned(np.arange(3.0), np.array([1.0, 5.0, 2.0]))
    assert means is low is high
    np.testing.assert_array_equal(means, [1.0, 5.0, 2.0])


def test_constant_learning_rates_alone_need_no_panel():
    known = curves([{"step": step, "d_learning_rate": 2e-4, "g_learning_rate": 2e-4} for step in (1, 2)])
    assert other_curves(known) is None


def test_gradient_norms_of_zero_can_be_drawn():
    known = curves([{"step": step, "d_gradient_norm": 0.0, "g_gradient_norm": float(step)} for step in range(5)])
    assert other_curves(known).startswith(b"\x89PNG")


def test_without_losses_there_is_no_curve_of_losses():
    assert loss_curve({}) is None


def test_everything_a_run_records_can_be_drawn():
    names = ["real_logit", "fake_logit", "real_accuracy", "fake_accuracy", "d_gradient_norm", "g_gradient_norm", "aug_p",
             "sample_diversity", "sample_spread", "kid", "examples_per_second", *(f"d_part{number}" for number in range(8))]
    lines = [{"step": step, **{name: float(step * place) for place, name in enumerate(names, 1)}} for step in range(3)]
    assert other_curves(curves(lines)).startswith(b"\x89PNG")
