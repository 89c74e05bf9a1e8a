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


def test_what_is_given_replaces_the_previous_distribution():
    cell = FeedbackLSTMCell(4, 5, helped=True)
    cell.build((2, 2 + 5))
    noise, given = tf.random.normal((2, 2), seed=1), tf.one_hot([3, 3], 5)
    states = cell.get_initial_state(2)
    states[2] = tf.constant([[0.2] * 5, [0, 0, 0, 0, 1.0]])
    alike = tf.concat([tf.repeat(noise[:1], 2, axis=0), given], 1)
    helped, _ = cell(alike, states)
    np.testing.assert_array_equal(helped[0], helped[1])  # what it wrote itself no longer counts
    free, _ = cell(tf.concat([tf.repeat(noise[:1], 2, axis=0), 0 * given], 1), states)
    assert not np.allclose(free[0], free[1])
    plain = FeedbackLSTMCell(4, 5)
    plain.build((2, 2))
    plain.set_weights(cell.get_weights())
    np.testing.assert_allclose(plain(tf.repeat(noise[:1], 2, axis=0), states)[0], free, rtol=1e-6)
