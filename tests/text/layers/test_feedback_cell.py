import numpy as np
import tensorflow as tf

from gan_text.layers import FeedbackLSTMCell


def test_each_step_reads_the_previous_distribution():
    cell = FeedbackLSTMCell(4, 5)
    cell.build((3, 2))
    noise = tf.random.normal((3, 2), seed=1)
    states = cell.get_initial_state(3)
    assert not np.any(states[2])
    first, states = cell(noise, states)
    np.testing.assert_array_equal(states[2], first)
    second, _ = cell(noise, states)
    changed, _ = cell(noise, [*states[:2], tf.one_hot([0, 1, 2], 5)])
    assert not np.allclose(second, changed)


def test_every_output_is_a_distribution():
    cell = FeedbackLSTMCell(4, 5)
    cell.build((3, 2))
    output, _ = cell(tf.ones((3, 2)), cell.get_initial_state(3))
    np.testing.assert_allclose(np.sum(output, -1), 1, rtol=1e-6)
