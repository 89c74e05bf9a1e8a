import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_audio.errors import AudioConfigError
from gan_audio.layers import CheckLength, PhaseShift, SkipScale, apply_skip
from gan_core.testing import check_layer

X = tf.constant(np.random.default_rng(0).normal(size=(3, 8, 2)), tf.float32)


def test_skip_scales_start_as_identity():
    np.testing.assert_array_equal(SkipScale()(X), X)


def test_skip_scales_multiply_each_channel():
    layer = SkipScale()
    layer(X)
    layer.scale.assign([2.0, 0.0])
    np.testing.assert_allclose(layer(X), X * [2.0, 0.0])


@pytest.mark.parametrize(("learned", "counts"), [(True, (2, 0)), (False, (0, 2))])
def test_skip_scale_contract(learned, counts):
    check_layer(lambda: SkipScale(learned), inputs=(8, 2), output=(8, 2), counts=counts)


@pytest.mark.parametrize(("mode", "weights"), [("none", 0), ("alpha", 2), ("constant", 2), ("conv", 11 * 2 * 2 + 2)])
def test_skip_modes(mode, weights):
    inputs = keras.Input((8, 2))
    assert keras.Model(inputs, apply_skip(inputs, mode, "skip")).count_params() == weights


def test_an_unknown_skip_mode_is_refused():
    with pytest.raises(AudioConfigError, match=r"`skip` must be one of none, alpha, constant, conv. Received: skip='beta'"):
        apply_skip(X, "beta", "skip")


def test_shifts_are_circular_within_reach_and_never_zero():
    layer, seen = PhaseShift(2, seed=1), set()
    for _ in range(60):
        shifted = np.asarray(layer(X, training=True))
        seen |= {shift for shift in range(-4, 4) if np.array_equal(shifted, np.roll(X, shift, axis=1))}
    assert seen == {-2, -1, 1, 2}


def test_nothing_is_shifted_at_inference():
    np.testing.assert_array_equal(PhaseShift(5)(X), X)


def test_the_state_of_the_draw_is_a_variable():
    first, second = PhaseShift(3, seed=1), PhaseShift(3, seed=2)
    first(X, training=True)
    for mine, other in zip(second.variables, first.variables, strict=True):
        mine.assign(other)
    for _ in range(5):
        np.testing.assert_array_equal(first(X, training=True), second(X, training=True))


def test_draws_differ_inside_a_graph():
    layer = PhaseShift(3, seed=0)
    run = tf.function(lambda: layer(X, training=True))
    assert len({np.asarray(run()).tobytes() for _ in range(20)}) > 2


def test_phase_shift_contract():
    check_layer(lambda: PhaseShift(3, seed=0), inputs=(8, 2), output=(8, 2), deterministic=True)


def test_fitting_lengths_pass():
    np.testing.assert_array_equal(CheckLength(4)(X), X)


def test_other_lengths_are_refused_with_the_multiple():
    with pytest.raises(ValueError, match=r"multiple of 3, the product of its strides.*Received: 8 samples"):
        CheckLength(3)(X)


def test_other_lengths_are_refused_inside_a_graph():
    run = tf.function(CheckLength(3), input_signature=[tf.TensorSpec((None, None, 2))])
    with pytest.raises(tf.errors.InvalidArgumentError, match="multiple of 3"):
        run(X)
    assert run(X[:, :6]).shape == (3, 6, 2)


def test_check_length_contract():
    check_layer(lambda: CheckLength(4), inputs=(8, 2), output=(8, 2), counts=(0, 0))
