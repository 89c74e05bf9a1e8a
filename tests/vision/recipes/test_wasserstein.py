"""The games of `wgan`, `wgan_gp` and `relativistic`: what is declared, and what the options change."""

import functools
import json

import numpy as np
import pytest
import tensorflow as tf

from gan_core.cli.describe import description
from gan_core.errors import ConfigError
from gan_core.layers.normalization import warn_of_batch_normalization
from gan_core.run.config import validate
from gan_vision.recipes import RECIPES


@functools.cache
def build(name, **options):
    recipe = RECIPES[name]
    config = validate(recipe.config, {"data": "digits", "size": 16, "width": 4, "batch_size": 4, **options}, name)
    return config, recipe.build(config, *recipe.placeholder(config))


@pytest.mark.parametrize(("name", "options", "loss", "regularizers", "constraints"), [
    ("wgan", {}, "wasserstein", [], ["weight_clipping"]),
    ("wgan", {"network": "cifar10", "width": 8}, "wasserstein", [], ["weight_clipping"]),
    ("wgan_gp", {}, "wasserstein", ["gradient_penalty"], []),
    ("relativistic", {}, "rasgan", [], []),
    ("relativistic", {"average": False, "network": "cifar10", "width": 8}, "rsgan", [], []),
])
def test_the_description_names_the_game(name, options, loss, regularizers, constraints):
    found = json.loads(json.dumps(description(RECIPES[name], *build(name, **options))))
    assert (found["loss"], found["regularizers"], found["constraints"], found["update"]) == (
        loss, regularizers, constraints, "alternating")


def test_the_published_critic_has_a_million_parameters_and_none_fixed():
    found = description(RECIPES["wgan_gp"], *build("wgan_gp", data="tfds:cifar10", size=32, width=128))
    (critic,) = found["discriminators"]
    assert (critic["trainable"], critic["non_trainable"]) == (1_053_825, 0)


@pytest.mark.parametrize(("name", "optimizer", "numbers"), [
    ("wgan", "RMSprop", {"learning_rate": 5e-5}),
    ("wgan_gp", "Adam", {"learning_rate": 2e-4, "beta_1": 0.0, "beta_2": 0.9}),
    ("relativistic", "Adam", {"learning_rate": 2e-4, "beta_1": 0.5, "beta_2": 0.999}),
])
def test_optimizers_have_the_published_numbers(name, optimizer, numbers):
    gan = build(name)[1].gan
    for found in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert type(found).__name__ == optimizer
        config = found.get_config()
        assert {key: config[key] for key in numbers} == pytest.approx(numbers)


def test_the_wasserstein_critics_lead_as_published():
    schedule = build("wgan")[1].gan.n_critic
    assert [schedule(step) for step in (0, 24, 25, 499, 500, 501)] == [100, 100, 5, 5, 100, 5]
    assert build("wgan_gp")[1].gan.n_critic == 5
    assert build("relativistic")[1].gan.n_critic == 1


def test_the_constraints_have_the_published_strength():
    assert build("wgan")[1].gan.objective.constraints[0].limit == 0.01
    assert build("wgan_gp")[1].gan.objective.regularizers[0].weight == 10


@pytest.mark.parametrize("normalization", ["none", "layer"])
def test_no_layer_of_the_penalised_critic_couples_samples(normalization):
    gan = build("wgan_gp", normalization=normalization)[1].gan
    assert warn_of_batch_normalization(gan.discriminators) == []


def test_batch_normalisation_of_the_penalised_critic_is_refused():
    with pytest.raises(ConfigError, match=r"`normalization`: Input should be 'none' or 'layer'"):
        build("wgan_gp", normalization="batch")


def test_both_rates_reach_zero_at_the_same_generator_update():
    gan = build("wgan_gp", decay_steps=100, n_critic=3)[1].gan
    rates = [optimizer.get_config()["learning_rate"]["config"]
             for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer)]
    assert rates == [{"rate": 2e-4, "first": 0, "last": 100}, {"rate": 2e-4, "first": 0, "last": 300}]


def test_the_noise_of_dequantization_is_that_of_the_step():
    gan = build("wgan_gp", dequantize=True)[1].gan
    batch = {"real": tf.zeros((2, 16, 16, 1), tf.uint8)}
    first, again = (gan.prepared(batch, gan.stream("prepare"))[0].numpy() for _ in range(2))
    gan.discriminator_steps.assign_add(1)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, gan.prepared(batch, gan.stream("prepare"))[0].numpy())


def test_dequantization_is_off_unless_asked_for():
    batch = {"real": tf.zeros((2, 16, 16, 1), tf.uint8)}
    gan = build("wgan_gp")[1].gan
    assert (gan.prepared(batch, gan.stream("prepare"))[0].numpy() == -1).all()


@pytest.mark.parametrize(("name", "recorded"), [
    ("wgan", {"d_clipped_share"}), ("wgan_gp", {"d_gradient_penalty_norm", "d_gradient_penalty_logit"})])
def test_the_record_says_how_hard_the_critic_is_held(name, recorded):
    """The share of weights at the limit; the mean norm of the gradient that the penalty holds at 1."""
    assert recorded <= set(build(name)[1].gan.running_means.names)
