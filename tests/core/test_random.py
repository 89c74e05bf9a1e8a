"""Stateless draws: equal for equal names, independent for different ones."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.random import Stream, fold, row_uniform

N = 20_000


def correlation(a, b):
    return abs(np.corrcoef(np.ravel(a), np.ravel(b))[0, 1])


def test_fold_is_the_same_number_on_every_machine():
    assert fold(0, "order") == 1895737674  # CRC-32 of "0/order", without the sign bit


def test_a_purpose_gives_the_same_numbers_each_time_it_is_asked():
    stream = Stream(7, 3, "discriminator")
    np.testing.assert_array_equal(stream.normal((5, 2), "latent"), stream.normal((5, 2), "latent"))


def test_two_streams_with_the_same_arguments_give_the_same_numbers():
    np.testing.assert_array_equal(Stream(7, 3, "a").uniform((9,), "x"), Stream(7, 3, "a").uniform((9,), "x"))


@pytest.mark.parametrize("other", [
    Stream(8, 3, "a"), Stream(7, 4, "a"), Stream(7, 3, "b"), Stream(7, 3, "a").scoped("b"),
], ids=["seed", "step", "scope", "scoped"])
def test_another_seed_step_or_scope_gives_independent_numbers(other):
    assert correlation(Stream(7, 3, "a").normal((N,), "x"), other.normal((N,), "x")) < 5 / N**0.5


def test_another_purpose_gives_independent_numbers():
    stream = Stream(7, 3, "a")
    assert correlation(stream.normal((N,), "x"), stream.normal((N,), "y")) < 5 / N**0.5


def test_a_scoped_stream_keeps_the_step():
    assert int(Stream(7, 3, "a").scoped("b").step) == 3


def test_a_traced_step_draws_the_numbers_of_an_eager_one():
    draw = tf.function(lambda step: Stream(7, step, "a").normal((4,), "x"))
    np.testing.assert_array_equal(draw(tf.constant(5, tf.int64)), Stream(7, 5, "a").normal((4,), "x"))


def test_normal_draws_have_the_requested_moments():
    draws = Stream(0, 0).normal((N,), "x", 2.0, 3.0).numpy()
    assert abs(draws.mean() - 2) < 4 * 3 / N**0.5
    assert abs(draws.std() - 3) < 4 * 3 / (2 * N) ** 0.5


def test_uniform_draws_fill_the_half_open_interval():
    draws = Stream(0, 0).uniform((N,), "x", -1.0, 3.0).numpy()
    assert -1 <= draws.min() < -0.99
    assert 2.99 < draws.max() < 3


def test_integers_reach_both_ends_and_never_the_bound():
    draws = Stream(0, 0).integers((N,), "x", high=5, low=2).numpy()
    assert set(draws) == {2, 3, 4}


def test_chance_is_true_as_often_as_its_probability():
    share = np.mean(Stream(0, 0).chance((N,), "x", 0.3))
    assert abs(share - 0.3) < 4 * (0.21 / N) ** 0.5


@pytest.mark.parametrize("probability", [0.0, 1.0])
def test_chance_of_zero_never_happens_and_of_one_always(probability):
    assert np.all(Stream(0, 0).chance((N,), "x", probability).numpy() == bool(probability))


def test_a_number_per_row_depends_on_its_own_seed_and_the_purpose_alone():
    seeds = tf.stack([tf.range(1000, dtype=tf.int64), tf.range(1000, dtype=tf.int64) * 7], axis=1)
    many, few = row_uniform(seeds, "a").numpy(), row_uniform(seeds[::100], "a").numpy()
    np.testing.assert_array_equal(many[::100], few)
    assert not np.array_equal(many, row_uniform(seeds, "b").numpy())


def test_numbers_per_row_fill_the_half_open_interval_evenly():
    seeds = tf.stack([tf.zeros(N, tf.int64), tf.range(N, dtype=tf.int64)], axis=1)
    draws = row_uniform(seeds, "x").numpy()
    assert 0 <= draws.min() < 0.001
    assert 0.999 < draws.max() < 1
    counts = np.histogram(draws, 10, (0, 1))[0]
    assert np.abs(counts - N / 10).max() < 5 * (N * 0.09) ** 0.5
