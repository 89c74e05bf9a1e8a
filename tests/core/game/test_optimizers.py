"""Each player has an optimizer of its own."""

import keras
import pytest

from gan_core.errors import ConfigError


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
