"""Real samples beside a condition that is not theirs."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.mismatched_pairs import ShuffledCondition, SuppliedSamples
from gan_core.random import Stream

REAL = tf.range(5.0)[:, None]
CONDITION = {"text": tf.range(5), "other": 10 + tf.range(5)}


@pytest.mark.parametrize("step", range(20))
def test_no_sample_keeps_its_condition(step):
    _, wrong = ShuffledCondition()(REAL, CONDITION, Stream(0, step))
    assert np.all(wrong["text"] != np.arange(5))
    np.testing.assert_array_equal(np.sort(wrong["text"]), np.arange(5))


def test_every_shift_occurs():
    firsts = {int(ShuffledCondition()(REAL, CONDITION, Stream(0, step))[1]["text"][0]) for step in range(60)}
    assert firsts == {1, 2, 3, 4}


def test_conditions_move_together_and_samples_stay():
    real, wrong = ShuffledCondition()(REAL, CONDITION, Stream(0, 3))
    np.testing.assert_array_equal(real, REAL)
    np.testing.assert_array_equal(wrong["other"], 10 + wrong["text"])


def test_only_the_named_conditions_move():
    _, wrong = ShuffledCondition(["text"])(REAL, CONDITION, Stream(0, 3))
    np.testing.assert_array_equal(wrong["other"], CONDITION["other"])
    assert np.all(wrong["text"] != np.arange(5))


def test_a_batch_of_one_passes():
    _, wrong = ShuffledCondition()(REAL[:1], {"text": tf.constant([7])}, Stream(0, 0))
    np.testing.assert_array_equal(wrong["text"], [7])


def test_supplied_samples_meet_the_conditions_of_the_real_ones():
    samples, condition = SuppliedSamples()(REAL, {**CONDITION, "mismatched": -REAL}, Stream(0, 0))
    np.testing.assert_array_equal(samples, -REAL)
    assert set(condition) == {"text", "other"}
    np.testing.assert_array_equal(condition["text"], CONDITION["text"])


@pytest.mark.parametrize(("pairs", "message"), [
    (ShuffledCondition(["label"]), "need the condition 'label'. Received: other, text. Add the key"),
    (SuppliedSamples(), "need the key 'mismatched' in every batch. Received: real, other, text"),
])
def test_a_missing_key_is_named(pairs, message):
    with pytest.raises(ConfigError, match=message):
        pairs(REAL, CONDITION, Stream(0, 0))


def test_without_any_condition_there_is_nothing_to_mismatch():
    with pytest.raises(ConfigError, match=r"need a condition to exchange\. Received: none"):
        ShuffledCondition()(REAL, {}, Stream(0, 0))
