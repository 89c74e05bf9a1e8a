"""Each player has an optimizer of its own."""

import keras
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.optimizers import ScheduledAdam
from gan_core.game.schedules import Cosine


def test_one_optimizer_may_be_given_for_both_players(make_gan, points):
    optimizer = keras.optimizers.Adam(0.01)
    gan = make_gan(optimizer=optimizer)
    gan.train_on_batch(points)
    assert gan.generator_optimizer is not gan.discriminator_optimizer
    assert int(gan.generator_optimizer.iterations) == int(gan.discriminator_optimizer.iterations) == 1


def test_an_optimizer_that_is_free_is_used_as_it_is(make_gan, points):
    """A copy by config would lose what configs do not hold, such as exclusions from weight decay."""
    mine, others = keras.optimizers.AdamW(0.01), keras.optimizers.AdamW(0.01)
    mine.exclude_from_weight_decay(var_names=["bias"])
    gan = make_gan()
    gan.compile(mine, others)
    assert gan.generator_optimizer is mine
    assert gan.discriminator_optimizer is others


class Halving(keras.optimizers.schedules.LearningRateSchedule):
    """A schedule that is not registered, and so has no config to copy."""

    def __call__(self, step):
        return 0.01 * 0.5 ** keras.ops.cast(step, "float32")


def test_an_unregistered_schedule_works_for_one_player_each(make_gan, points):
    gan = make_gan()
    gan.compile(keras.optimizers.SGD(Halving()), keras.optimizers.SGD(Halving()))
    gan.train_on_batch(points)
    assert int(gan.generator_steps) == 1


@pytest.mark.parametrize(("optimizer", "message"), [
    (lambda: keras.optimizers.SGD(Halving()), "`SGD` cannot be copied by its config: .* Give each player"),
    (lambda: None, "an optimizer must be a Keras optimizer, its config or its name. Received: None")])
def test_an_optimizer_that_cannot_serve_both_is_refused(make_gan, optimizer, message):
    optimizer, gan = optimizer(), make_gan()
    with pytest.raises(ConfigError, match=message):
        gan.compile(optimizer, optimizer)


def adam_by_hand(gradients, rate, beta_1, betas, epsilon=1e-7):
    """Kingma and Ba 2015, each update with the beta_2 of its time."""
    w = m = v = 0.0
    for number, (g, beta) in enumerate(zip(gradients, betas, strict=True), start=1):
        m, v = beta_1 * m + (1 - beta_1) * g, beta * v + (1 - beta) * g**2
        scale = rate * (1 - beta**number) ** 0.5 / (1 - beta_1**number)
        w -= scale * m / (v**0.5 + epsilon)
    return w


@pytest.mark.parametrize("beta_1", [0.0, 0.5])
def test_the_second_momentum_may_follow_a_schedule(beta_1):
    gradients = [1.0, -2.0, 0.5, 3.0]
    optimizer, weight = ScheduledAdam(0.1, beta_1, Cosine(0.5, 0.9, 3)), keras.Variable(0.0)
    optimizer.build([weight])
    step = tf.function(lambda gradient: optimizer.apply([gradient], [weight]))
    for gradient in gradients:
        step(tf.constant(gradient))
    betas = [float(Cosine(0.5, 0.9, 3)(number)) for number in range(4)]
    assert float(weight) == pytest.approx(adam_by_hand(gradients, 0.1, beta_1, betas), rel=1e-5)
    assert step.experimental_get_tracing_count() == 1


def test_without_a_schedule_it_is_adam():
    weights = [keras.Variable([1.0, 2.0]) for _ in range(2)]
    for weight, kind in zip(weights, (ScheduledAdam, keras.optimizers.Adam), strict=True):
        optimizer = kind(0.1, 0.5, 0.9)
        for gradient in ([1.0, -1.0], [0.5, 2.0]):
            optimizer.apply([tf.constant(gradient)], [weight])
    assert weights[0].numpy().tolist() == weights[1].numpy().tolist()


def test_a_scheduled_optimizer_comes_back_from_its_configuration():
    copy = ScheduledAdam.from_config(ScheduledAdam(0.1, 0.0, Cosine(0.5, 0.9, 3)).get_config())
    assert repr(copy.beta_2) == "Cosine(0.5 to 0.9 in 3 steps)"
