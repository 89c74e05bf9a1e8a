"""Means of what was reported since the last reset."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.game.running_means import RunningMeans


def test_the_result_is_the_mean_of_the_observations():
    means = RunningMeans(["a", "b"])
    means.update_state({"a": 1.0, "b": 10.0})
    means.update_state({"a": 4.0, "b": 20.0})
    assert {name: float(value) for name, value in means.result().items()} == {"a": 2.5, "b": 15.0}


def test_a_quantity_that_is_not_reported_in_a_step_does_not_count_in_it():
    means = RunningMeans(["a", "b"])
    means.update_state({"a": 1.0, "b": 10.0})
    means.update_state({"a": 3.0})
    assert means.reported() == {"a": 2.0, "b": 10.0}


def test_what_was_never_reported_is_zero_in_the_result_and_absent_from_the_report():
    means = RunningMeans(["a", "b"])
    means.update_state({"a": 1.0})
    assert float(means.result()["b"]) == 0.0
    assert means.reported() == {"a": 1.0}


def test_a_reset_forgets_everything():
    means = RunningMeans(["a"])
    means.update_state({"a": 1.0})
    means.reset_state()
    assert means.reported() == {}


def test_a_value_that_is_not_finite_shows_in_the_mean():
    means = RunningMeans(["a", "b"])
    means.update_state({"a": float("nan"), "b": 1.0})
    assert np.isnan(means.reported()["a"])
    assert means.reported()["b"] == 1.0


def test_lower_precisions_are_accumulated_in_float32():
    means = RunningMeans(["a"])
    for _ in range(3):
        means.update_state({"a": tf.constant(1 / 3, tf.bfloat16)})
    assert means.reported()["a"] == pytest.approx(float(tf.constant(1 / 3, tf.bfloat16)), abs=1e-7)


def test_names_keep_their_order_and_count_once():
    assert list(RunningMeans(["b", "a", "b"]).result()) == ["b", "a"]


def test_an_unannounced_quantity_is_refused():
    with pytest.raises(KeyError, match=r"unannounced quantities \['c'\]; known: \['a'\]"):
        RunningMeans(["a"]).update_state({"c": 1.0})
