import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import DiscriminatorOutput
from gan_core.game.objective import ForwardPass
from gan_core.random import Stream
from gan_text.recipes.objectives import GAMES, objective
from gan_text.recipes.texts import TextConfig


def linear(weights):
    """A critic whose input gradient is `weights` everywhere."""
    return lambda samples, condition: DiscriminatorOutput(tf.reduce_sum(samples * weights, axis=(1, 2))[:, None])


def forward_pass(weights):
    weights = tf.constant(weights, tf.float32)
    real, fake = tf.random.stateless_uniform((5, *weights.shape), (0, 1)), tf.zeros((5, *weights.shape))
    return ForwardPass([linear(weights)], real, fake, {}, Stream(0, 0))


@pytest.mark.parametrize(("name", "weights", "expected"), [
    ("wgan-gp", [[3.0, 0.0], [0.0, 4.0]], 10 * (5 - 1) ** 2),
    ("wgan-gp", [[0.0, 0.3], [0.4, 0.0]], 10 * (0.5 - 1) ** 2),
    ("wgan-gp-lp", [[3.0, 0.0], [0.0, 4.0]], 10 * (5 - 1) ** 2),
    ("wgan-gp-lp", [[0.0, 0.3], [0.4, 0.0]], 0.0),
    ("hinge+gp", [[0.0, 0.3], [0.4, 0.0]], 10 * (0.5 - 1) ** 2),
    ("nonsaturating+r1", [[3.0, 0.0], [0.0, 4.0]], 10 / 2 * 25),
])
def test_the_penalty_of_a_linear_critic_has_its_analytic_value(name, weights, expected):
    """The norm runs over time and vocabulary: |w| of the whole matrix."""
    penalty, = objective(name).regularizers
    assert float(penalty(forward_pass(weights))) == pytest.approx(expected, rel=1e-5, abs=1e-9)


def test_the_penalty_and_its_gradient_are_finite_where_the_critic_is_constant():
    weights = tf.Variable(tf.zeros((2, 2)))
    penalty, = objective("wgan-gp").regularizers
    with tf.GradientTape() as tape:
        value = penalty(ForwardPass([linear(weights)], tf.ones((3, 2, 2)), tf.zeros((3, 2, 2)), {}, Stream(0, 0)))
    assert float(value) == pytest.approx(10, rel=1e-4)
    assert bool(tf.reduce_all(tf.math.is_finite(tape.gradient(value, weights))))


@pytest.mark.parametrize("name", ["rsgan", "ragan", "ralsgan"])
def test_relativistic_games_have_a_penalty_only_where_it_is_asked_for(name):
    assert objective(name).regularizers == ()
    assert [term.name for term in objective(name, 2.0).regularizers] == ["gradient_penalty"]


def test_a_weight_of_zero_leaves_the_penalty_out():
    assert objective("wgan-gp", 0.0).regularizers == ()


def test_the_names_of_the_config_are_those_of_the_table():
    assert set(TextConfig.model_fields["loss"].annotation.__args__) == set(GAMES)


def test_an_unknown_name_is_refused_with_the_closest():
    with pytest.raises(ConfigError, match="Did you mean 'wgan-gp'"):
        objective("wgangp")
