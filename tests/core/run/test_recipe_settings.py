"""Settings that recur in recipes, and what is made of them."""

import pytest

from gan_core.run.recipe_settings import AdamConfig


def numbers(optimizer):
    return [pytest.approx(float(value)) for value in (optimizer.learning_rate, optimizer.beta_1, optimizer.beta_2)]


def test_each_player_gets_an_adam_of_its_own_with_the_same_numbers():
    generator, discriminator = AdamConfig(learning_rate=1e-3, beta_1=0.1, beta_2=0.9).optimizers()
    assert generator is not discriminator
    assert numbers(generator) == numbers(discriminator) == [1e-3, 0.1, 0.9]


def test_a_player_may_have_a_rate_of_its_own():
    generator, discriminator = AdamConfig().optimizers(discriminator_rate=1e-5)
    assert (numbers(generator)[0], numbers(discriminator)[0]) == (2e-4, 1e-5)
