import numpy as np
import pytest
import tensorflow as tf

from gan_core.auxiliary import Reconstruction
from gan_core.errors import ConfigError
from gan_core.game.objective import Objective
from gan_core.losses import NonSaturating

REAL, FAKE = tf.constant([[1.0, 2.0], [0.0, 4.0]]), tf.constant([[0.0, 4.0], [3.0, 4.0]])


@pytest.mark.parametrize(("order", "expected"), [(1, 6 / 4), (2, 14 / 4)])
def test_the_distance_of_partners_is_averaged_over_all_elements_and_not_weighted(make_forward_pass, order, expected):
    value = Reconstruction(100, order=order)(make_forward_pass(REAL, FAKE))
    assert value.dtype == tf.float32
    assert float(value) == pytest.approx(expected, rel=1e-6)


def test_samples_are_compared_before_augmentation(make_forward_pass):
    value = Reconstruction(100)(make_forward_pass(REAL, FAKE, augment=lambda x, stream: x * 0))
    assert float(value) == pytest.approx(1.5, rel=1e-6)


def test_a_condition_can_be_the_target(make_forward_pass):
    value = Reconstruction(1, "clean")(make_forward_pass(REAL, FAKE, condition={"clean": FAKE + 2}))
    assert float(value) == pytest.approx(2.0, rel=1e-6)


def test_the_gradient_reaches_the_generated_side_only(make_forward_pass):
    real, fake = tf.Variable(REAL), tf.Variable(FAKE)
    with tf.GradientTape() as tape:
        value = Reconstruction(1)(make_forward_pass(real, fake))
    real_gradient, fake_gradient = tape.gradient(value, [real, fake])
    assert real_gradient is None
    np.testing.assert_allclose(fake_gradient, [[-0.25, 0.25], [0.25, 0.0]])


def discriminated(make_forward_pass, step=0):
    return make_forward_pass(REAL, FAKE, features=[()], step=step)


def test_the_generators_loss_contains_it_weighted_and_the_report_unweighted(make_forward_pass):
    loss, report = Objective(NonSaturating(), auxiliary=(Reconstruction(100),)).generator_loss(discriminated(make_forward_pass))
    assert float(loss) == pytest.approx(150 + np.log(2), rel=1e-6)
    assert float(report["g_reconstruction"]) == pytest.approx(1.5, rel=1e-6)


@pytest.mark.parametrize(("step", "weight"), [(0, 100.0), (50, 50.0), (200, 0.0)])
def test_a_weight_may_be_a_function_of_the_step(make_forward_pass, step, weight):
    schedule = Reconstruction(lambda step: tf.maximum(100.0 - tf.cast(step, tf.float32), 0.0))
    loss, _ = Objective(NonSaturating(), auxiliary=(schedule,)).generator_loss(discriminated(make_forward_pass, step))
    assert float(loss) == pytest.approx(1.5 * weight + np.log(2), rel=1e-6)


def test_two_reconstructions_need_names_of_their_own(make_forward_pass):
    with pytest.raises(ConfigError, match=r"`auxiliary` must have different names. Received: reconstruction, reconstruc"):
        Objective(NonSaturating(), auxiliary=(Reconstruction(1), Reconstruction(1, order=2)))
    pair = Objective(NonSaturating(), auxiliary=(Reconstruction(1), Reconstruction(1, order=2, name="squared")))
    assert float(pair.generator_loss(discriminated(make_forward_pass))[0]) == pytest.approx(1.5 + 3.5 + np.log(2), rel=1e-6)


@pytest.mark.parametrize(("options", "message"), [
    ({"weight": -1}, "`weight` must be a finite number of at least 0.*Received: weight=-1"),
    ({"weight": float("nan")}, "`weight` must be a finite number.*Received: weight=nan"),
    ({"order": 3}, r"`order` must be 1 .* or 2 .*Received: order=3"),
])
def test_arguments_out_of_range_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        Reconstruction(**options)


@pytest.mark.parametrize(("target", "fake", "message"), [
    ("clean", FAKE, "`target` must be 'real' or a key of the batch. Received: target='clean'. This batch has: real, noisy"),
    ("real", FAKE[:, :1], r"must have equal shapes. Received: \(2, 2\) for the target, \(2, 1\) for the generated"),
])
def test_targets_that_do_not_fit_are_refused(make_forward_pass, target, fake, message):
    with pytest.raises(ConfigError, match=message):
        Reconstruction(1, target)(make_forward_pass(REAL, fake, condition={"noisy": REAL}))
