"""Every loss against an independent float64 form in NumPy, and against the properties they share."""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.losses import LOSSES, loss_by_name
from gan_core.random import Stream

R, F = np.array([2.0, 0.0]), np.array([-2.0, 1.0])


def softplus(t):
    return np.logaddexp(0.0, t)


def relu(t):
    return np.maximum(t, 0.0)


def relative(r, f):
    return r - f.mean(), f - r.mean()


def rasgan(r, f):
    a, b = relative(r, f)
    return softplus(-a).mean() + softplus(b).mean()


def ralsgan(r, f):
    a, b = relative(r, f)
    return ((a - 1) ** 2).mean() + ((b + 1) ** 2).mean()


def rahinge(r, f):
    a, b = relative(r, f)
    return relu(1 - a).mean() + relu(1 + b).mean()


def cross_entropy(r, f):
    return softplus(-r).mean() + softplus(f).mean()


# name: (discriminator, generator) as functions of (real, fake)
ORACLES = {
    "minimax": (cross_entropy, lambda r, f: -softplus(f).mean()),
    "non_saturating": (cross_entropy, lambda r, f: softplus(-f).mean()),
    "least_squares": (lambda r, f: ((r - 1) ** 2).mean() / 2 + (f**2).mean() / 2, lambda r, f: ((f - 1) ** 2).mean() / 2),
    "least_squares_pearson": (lambda r, f: ((r - 1) ** 2).mean() / 2 + ((f + 1) ** 2).mean() / 2,
                              lambda r, f: (f**2).mean() / 2),
    "wasserstein": (lambda r, f: f.mean() - r.mean(), lambda r, f: -f.mean()),
    "hinge": (lambda r, f: relu(1 - r).mean() + relu(1 + f).mean(), lambda r, f: -f.mean()),
    "rsgan": (lambda r, f: softplus(f - r).mean(), lambda r, f: softplus(r - f).mean()),
    "rasgan": (rasgan, lambda r, f: rasgan(f, r)),
    "ralsgan": (ralsgan, lambda r, f: ralsgan(f, r)),
    "rahinge": (rahinge, lambda r, f: rahinge(f, r)),
}

AT_P = {
    "minimax": (1.130132, -0.720095),
    "non_saturating": (1.130132, 1.220095),
    "least_squares": (1.75, 2.25),
    "least_squares_pearson": (1.75, 1.25),
    "wasserstein": (-1.5, 0.5),
    "hinge": (1.5, 0.5),
    "rsgan": (0.665706, 2.165706),
    "rasgan": (0.647351, 3.647351),
    "ralsgan": (3.75, 15.75),
    "rahinge": (0.75, 5.0),
}

UNINFORMATIVE = {
    "minimax": (1.386294, -0.693147),
    "non_saturating": (1.386294, 0.693147),
    "wasserstein": (0.0, 0.0),
    "hinge": (2.0, 0.0),
    "rsgan": (0.693147, 0.693147),
    "rasgan": (1.386294, 1.386294),
    "ralsgan": (2.0, 2.0),
    "rahinge": (2.0, 2.0),
}


def both(name, real, fake):
    loss = loss_by_name(name)
    real, fake = tf.constant(real, tf.float32), tf.constant(fake, tf.float32)
    return loss.discriminator(real, fake), loss.generator(fake, real)


def test_the_oracles_cover_every_loss():
    assert set(LOSSES) == set(ORACLES) == set(AT_P)


@pytest.mark.parametrize("name", LOSSES)
def test_a_loss_knows_its_name_in_the_table(name):
    assert loss_by_name(name).name == name


@pytest.mark.parametrize("name", LOSSES)
def test_values_at_the_asymmetric_point(name):
    np.testing.assert_allclose(both(name, R, F), AT_P[name], rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", UNINFORMATIVE)
def test_values_of_an_uninformative_discriminator(name):
    np.testing.assert_allclose(both(name, np.zeros(4), np.zeros(4)), UNINFORMATIVE[name], rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_values_of_a_map_of_logits_equal_the_float64_form(name):
    real, fake = np.random.default_rng(0).normal(size=(2, 3, 4, 5, 1)) * 2
    expected = [oracle(real, fake) for oracle in ORACLES[name]]
    np.testing.assert_allclose(both(name, real, fake), expected, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("player", [0, 1], ids=["discriminator", "generator"])
def test_gradients_equal_central_differences(name, player):
    point = np.array([[1.7, -0.4, 0.3], [-1.9, 0.8, 0.15]])  # away from the kinks of the hinge
    loss, variable = loss_by_name(name), tf.Variable(point, dtype=tf.float32)
    with tf.GradientTape() as tape:
        real, fake = variable[0], variable[1]
        value = loss.generator(fake, real) if player else loss.discriminator(real, fake)
    numeric = np.zeros_like(point)
    for index in np.ndindex(*point.shape):
        step = np.zeros_like(point)
        step[index] = 1e-5
        numeric[index] = (ORACLES[name][player](*(point + step)) - ORACLES[name][player](*(point - step))) / 2e-5
    np.testing.assert_allclose(tape.gradient(value, variable), numeric, rtol=0, atol=1e-4)


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize("sign", [1, -1])
def test_values_and_gradients_are_finite_at_huge_logits(name, sign):
    real = tf.Variable([1e4 * sign, -1e4, 0.0, 1e4])
    with tf.GradientTape() as tape:
        loss = loss_by_name(name)
        fake = -real
        value = loss.discriminator(real, fake) + loss.generator(fake, real)
    assert np.all(np.isfinite(tape.gradient(value, real)))
    assert np.isfinite(value)


@pytest.mark.parametrize("name", ["minimax", "non_saturating", "rasgan"])
def test_a_wrong_discriminator_with_huge_logits_still_gets_a_gradient(name):
    real = tf.Variable([-1e4, -1e4])
    with tf.GradientTape() as tape:
        value = loss_by_name(name).discriminator(real, tf.constant([1e4, 1e4]))
    assert np.all(np.asarray(tape.gradient(value, real)) <= -0.5)


@pytest.mark.parametrize("name", [name for name in LOSSES if name != "rsgan"])
def test_the_order_of_either_batch_does_not_matter(name):
    real, fake = np.random.default_rng(1).normal(size=(2, 8))
    shuffled = both(name, real[::-1].copy(), np.roll(fake, 3))
    np.testing.assert_allclose(both(name, real, fake), shuffled, rtol=1e-6)


def test_the_paired_loss_depends_on_the_pairing_but_not_on_the_order_of_pairs():
    real, fake = np.random.default_rng(1).normal(size=(2, 8))
    np.testing.assert_allclose(both("rsgan", real, fake), both("rsgan", real[::-1].copy(), fake[::-1].copy()), rtol=1e-6)
    assert abs(float(both("rsgan", real, fake)[0] - both("rsgan", real[::-1].copy(), fake)[0])) > 1e-3


@pytest.mark.parametrize("name", LOSSES)
def test_half_precision_logits_are_computed_in_float32(name):
    loss = loss_by_name(name)
    real, fake = tf.constant(R, tf.float16), tf.constant(F, tf.float16)
    values = [loss.discriminator(real, fake), loss.generator(fake, real)]
    assert {value.dtype for value in values} == {tf.float32}
    np.testing.assert_allclose(values, AT_P[name], atol=1e-6)


@pytest.mark.parametrize("name", LOSSES)
def test_a_stream_changes_nothing_without_random_targets(name):
    real, fake = tf.constant(R, tf.float32), tf.constant(F, tf.float32)
    loss = loss_by_name(name)
    assert float(loss.discriminator(real, fake)) == float(loss.discriminator(real, fake, stream=Stream(1, 2)))


@pytest.mark.parametrize("name", LOSSES)
def test_only_relativistic_losses_look_at_real_logits_in_the_generators_step(name):
    loss, fake = loss_by_name(name), tf.constant(F, tf.float32)
    if loss.relativistic:
        with pytest.raises(ConfigError, match="compares with real logits"):
            loss.generator(fake)
    else:
        assert float(loss.generator(fake)) == float(loss.generator(fake, tf.constant(R, tf.float32)))


@pytest.mark.parametrize(("name", "boundary"), [
    ("minimax", 0.0), ("non_saturating", 0.0), ("hinge", 0.0), ("least_squares", 0.5), ("least_squares_pearson", 0.0),
    ("wasserstein", None), ("rsgan", 0.0), ("rasgan", 0.0), ("ralsgan", 0.0), ("rahinge", 0.0)])
def test_the_boundary_of_each_loss(name, boundary):
    assert loss_by_name(name).boundary == boundary


def test_an_unknown_name_is_refused_with_the_closest_one():
    with pytest.raises(ConfigError, match=r"unknown loss. Received: 'hinged'. Did you mean 'hinge'\?"):
        loss_by_name("hinged")
