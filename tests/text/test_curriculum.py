import numpy as np
import pytest
import tensorflow as tf

from gan_core.random import Stream
from gan_text.curriculum import VisiblePrefix, stages
from gan_text.errors import TextConfigError


def lengths(prefix, count=2000, step=0):
    seen = np.asarray(prefix(tf.ones((count, prefix.length, 3)), Stream(0, step)))
    assert np.array_equal(seen[..., 0], np.sort(seen[..., 0], axis=1)[:, ::-1])  # ones, then zeros
    return seen[..., 0].sum(1)


def test_lengths_are_mixed_evenly_up_to_the_visible_one():
    prefix = VisiblePrefix(8)
    prefix.visible.assign(4)
    values, counts = np.unique(lengths(prefix), return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert counts.min() > 400
    assert counts.max() < 600


def test_everything_is_visible_in_the_last_stage():
    assert set(lengths(VisiblePrefix(8))) == {8}


def test_a_hidden_token_has_no_gradient():
    prefix, samples = VisiblePrefix(3), tf.Variable(tf.ones((1, 3, 2)))
    prefix.visible.assign(1)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(prefix(samples, Stream(0, 0)))
    assert np.asarray(tape.gradient(total, samples))[0, :, 0].tolist() == [1, 0, 0]


def test_stages_grow_evenly_and_end_with_whole_rows():
    assert stages(100, 3, 20, 32) == [(8, 20), (16, 20), (24, 20), (32, 40)]


def test_more_steps_change_only_the_last_stage():
    assert stages(1000, 3, 20, 32)[:3] == stages(100, 3, 20, 32)[:3]


@pytest.mark.parametrize(("arguments", "text"), [
    ((100, 8, 1, 8), "curriculum=8, length=8"), ((60, 3, 20, 32), "steps=60, curriculum=3, stage_steps=20")])
def test_impossible_stages_are_refused(arguments, text):
    with pytest.raises(TextConfigError, match=text):
        stages(*arguments)
