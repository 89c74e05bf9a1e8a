"""What one step of the loop does, and what it leaves alone."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment, InstanceNoise
from gan_core.constraints import WeightClipping
from gan_core.game.gan import GAN
from gan_core.game.latent import NoLatent, Normal
from gan_core.game.objective import Objective
from gan_core.game.schedules import wgan_warmup
from gan_core.losses import NonSaturating, RelativisticAverage, Targets, Wasserstein
from gan_core.random import Stream
from gan_core.regularizers import GradientPenalty

GRAPH = {"run_eagerly": False}


class Spy(keras.layers.Layer):
    """Passes its input through and notes who was called with what."""

    def __init__(self, player, notes):
        super().__init__(dtype="float32")
        self.player, self.note = player, notes.append  # Keras would replace a list by a copy

    def call(self, x, training=None):
        if isinstance(x, tf.Tensor):
            self.note((self.player, training, x))
        return x


@pytest.fixture
def watched(make_gan):
    """(objective, options) -> a GAN, and the calls of its players in order."""

    def make(objective, **options):
        notes = []
        latent, sample = keras.Input((3,), name="latent"), keras.Input((2,), name="sample")
        generator = keras.Model(latent, keras.layers.Dense(2)(Spy("G", notes)(latent)))
        discriminator = keras.Model(sample, keras.layers.Dense(1)(Spy("D", notes)(sample)))
        gan = make_gan(objective, generator=generator, discriminators=discriminator, **options)
        notes.clear()
        return gan, notes

    return make


def train(gan, points, steps, batch=8):
    data = tf.data.Dataset.from_tensor_slices({"real": points}).repeat().batch(batch)
    gan.fit(data, steps_per_epoch=steps, shuffle=False, verbose=0)


def values(variables):
    return [variable.numpy() for variable in variables]


def same(before, after):
    return all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


def players(gan):
    """The variables of each player: weights and optimizer."""
    return {
        "generator": [*gan.generator.weights, *gan.generator_optimizer.variables],
        "discriminator": [*gan.discriminators[0].weights, *gan.discriminator_optimizer.variables],
    }


# ---------------------------------------------------------------------- who changes


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_a_players_step_changes_him_and_leaves_the_other_bit_identical(make_gan, points, player):
    gan = make_gan(ema=0.9)
    before = {name: values(variables) for name, variables in players(gan).items()}
    getattr(gan, f"{player}_step")(tf.constant(points), {})
    changed = {name: not same(before[name], values(variables)) for name, variables in players(gan).items()}
    assert changed == {name: name == player for name in changed}


@pytest.mark.parametrize("network", ["generator", "discriminators"])
def test_a_step_without_learning_rate_changes_no_weight_of_that_player(make_gan, points, network):
    gan = make_gan()
    frozen = gan.generator_optimizer if network == "generator" else gan.discriminator_optimizer
    frozen.learning_rate = 0.0
    networks = {"generator": [gan.generator], "discriminators": gan.discriminators}
    before = {name: values(parts[0].weights) for name, parts in networks.items()}
    gan.fit(points, batch_size=32, verbose=0)
    for name, parts in networks.items():
        assert same(before[name], values(parts[0].weights)) is (name == network)


def test_the_generator_learns_through_the_updated_discriminator(make_gan, points):
    """With a discriminator of learning rate 0, or a huge one, the generator's first gradient differs."""
    norms = []
    for rate in (0.0, 10.0):
        gan = make_gan(optimizer=keras.optimizers.SGD(0.0))
        gan.discriminator_optimizer.learning_rate = rate
        train(gan, points, 1)
        norms.append(gan.running_means.reported()["g_gradient_norm"])
    assert norms[1] > 2 * norms[0]


def test_in_simultaneous_mode_the_generator_learns_through_the_old_discriminator(make_gan, points):
    norms = []
    for rate in (0.0, 10.0):
        gan = make_gan(optimizer=keras.optimizers.SGD(0.0), update="simultaneous")
        gan.discriminator_optimizer.learning_rate = rate
        train(gan, points, 1)
        norms.append(gan.running_means.reported()["g_gradient_norm"])
    assert norms[0] == norms[1]


@pytest.mark.parametrize("update", ["alternating", "simultaneous"])
def test_each_player_descends_his_own_loss(make_gan, points, update):
    """One SGD step of each player moves along minus the gradient that TensorFlow finds for the loss written out."""
    gan = make_gan(optimizer=keras.optimizers.SGD(0.5), update=update)
    generator, discriminator = gan.generator, gan.discriminators[0]
    real = tf.constant(points)
    latent = Normal(3).sample(64, Stream(0, 0, "discriminator"))
    with tf.GradientTape(persistent=True) as tape:
        r, f = discriminator(real), discriminator(generator(latent))
        d_loss = tf.reduce_mean(tf.nn.softplus(-r)) + tf.reduce_mean(tf.nn.softplus(f))
        g_loss = tf.reduce_mean(tf.nn.softplus(-f))
    expected_d = [w - 0.5 * g for w, g in zip(discriminator.trainable_weights,
                                              tape.gradient(d_loss, discriminator.trainable_variables), strict=True)]
    expected_g = [w - 0.5 * g for w, g in zip(generator.trainable_weights,
                                              tape.gradient(g_loss, generator.trainable_variables), strict=True)]
    gan.train_on_batch(points)
    for ours, expected in zip(discriminator.trainable_weights, expected_d, strict=True):
        np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)
    if update == "simultaneous":  # the alternating generator saw other noise and another discriminator
        for ours, expected in zip(generator.trainable_weights, expected_g, strict=True):
            np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-6)


def test_one_generated_batch_serves_both_players_as_two_equal_ones_would(make_gan, make_generator, make_discriminator):
    """Without noise, the generator's second pass of an alternating step repeats the first."""
    draw = np.random.default_rng(0)
    data = {"real": draw.normal(size=(8, 2)).astype("float32"), "source": draw.normal(size=(8, 3)).astype("float32")}
    weights = {}
    for update in ("alternating", "shared"):
        keras.utils.set_random_seed(4)
        gan = make_gan(generator=make_generator(latent=0, conditions=[("source", 3)]), update=update, latent=NoLatent(),
                       discriminators=make_discriminator(), optimizer=keras.optimizers.SGD(0.3))
        for _ in range(3):
            gan.train_on_batch(data)
        weights[update] = [weight.numpy() for network in (gan.generator, *gan.discriminators)
                           for weight in network.weights]
    for one, other in zip(*weights.values(), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)


# ---------------------------------------------------------------------- who is asked


@pytest.mark.parametrize(("objective", "options", "expected"), [
    (Objective(NonSaturating()), {}, "GDD GD"),
    (Objective(NonSaturating()), {"update": "simultaneous"}, "GDD"),
    (Objective(NonSaturating()), {"update": "shared"}, "GDD D"),
    (Objective(RelativisticAverage()), {}, "GDD GDD"),
    (Objective(RelativisticAverage()), {"update": "simultaneous"}, "GDD"),
    (Objective(Wasserstein(), regularizers=(GradientPenalty(10),)), {}, "GDDD GD"),
], ids=["alternating", "simultaneous", "shared", "relativistic", "relativistic simultaneous", "gradient penalty"])
def test_a_step_calls_the_players_this_often(watched, points, objective, options, expected):
    gan, notes = watched(objective, **options)
    train(gan, points, 1)
    assert sorted("".join(player for player, _, _ in notes)) == sorted(expected.replace(" ", ""))
    assert notes[0][0] == "G"


def test_steps_that_the_generator_sits_out_cost_no_generator_phase(watched, points):
    gan, notes = watched(Objective(Wasserstein()), n_critic=3)
    train(gan, points, 6)
    assert "".join(player for player, _, _ in notes) == 2 * "GDDGDDGDDGD"


def test_every_call_in_a_step_is_in_training_mode(watched, points):
    gan, notes = watched(Objective(Wasserstein(), regularizers=(GradientPenalty(10),)))
    train(gan, points, 2)
    assert {training for _, training, _ in notes} == {True}


def test_every_phase_draws_fresh_noise(watched, points):
    gan, notes = watched(Objective(NonSaturating()), n_critic=2)
    train(gan, points, 4)
    latents = [x.numpy() for player, _, x in notes if player == "G"]
    assert len(latents) == 6
    assert len({latent.tobytes() for latent in latents}) == 6


def test_a_discriminator_step_sees_one_fresh_real_batch(watched, points):
    gan, notes = watched(Objective(Wasserstein()), n_critic=2)
    train(gan, points, 4)
    asked = [x.numpy() for player, _, x in notes if player == "D"]
    real = [x for x in asked if any(np.array_equal(x, points[i:i + 8]) for i in range(0, 64, 8))]
    np.testing.assert_array_equal(np.concatenate(real), points[:32])


# ---------------------------------------------------------------------- when


@pytest.mark.parametrize("eagerly", [True, False])
def test_the_generator_learns_once_in_n_critic_steps(make_gan, points, eagerly):
    gan = make_gan(n_critic=3, compile={"run_eagerly": eagerly})
    train(gan, points, 8)
    assert (int(gan.discriminator_steps), int(gan.generator_steps), int(gan.critic_streak)) == (8, 2, 2)
    train(gan, points, 1)  # the streak goes on in the next call of `fit`
    assert (int(gan.discriminator_steps), int(gan.generator_steps), int(gan.critic_streak)) == (9, 3, 0)


def updates_per_generator_step(gan, first, last):
    """Host side only: what the schedule decides, with the counters moved as the steps move them."""
    gan.generator_steps.assign(first)
    counts = []
    for step in range(first, last):
        gan.critic_streak.assign(0)
        count = 1
        while not gan.next_step_updates_generator():
            count += 1
            gan.critic_streak.assign_add(1)
        counts.append(count)
        gan.generator_steps.assign(step + 1)
    return counts


def test_the_wgan_warm_up_gives_100_critic_updates_25_times_and_then_5(make_gan):
    gan = make_gan(Objective(Wasserstein()), n_critic=wgan_warmup(5, 100))
    assert updates_per_generator_step(gan, 0, 30) == [100] * 25 + [5] * 5


def test_the_wgan_schedule_boosts_the_500th_generator_step(make_gan):
    gan = make_gan(Objective(Wasserstein()), n_critic=wgan_warmup(5, 100))
    assert updates_per_generator_step(gan, 498, 503) == [5, 5, 100, 5, 5]


def test_a_schedule_is_followed_by_fit(make_gan, points):
    gan = make_gan(Objective(Wasserstein()), n_critic=wgan_warmup(1, 4, first=2, every=5))
    seen = []
    note = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(int(gan.generator_steps)))
    data = tf.data.Dataset.from_tensor_slices(points).repeat().batch(8)
    gan.fit(data, steps_per_epoch=17, shuffle=False, verbose=0, callbacks=[note])
    assert seen == [0, 0, 0, 1, 1, 1, 1, 2, 3, 4, 5, 5, 5, 5, 6, 7, 8]


def test_the_examples_seen_are_the_real_ones(make_gan, points):
    gan = make_gan(n_critic=2)
    gan.fit(points[:50], batch_size=16, epochs=2, verbose=0)
    assert int(gan.examples_seen) == 100


# ---------------------------------------------------------------------- what comes with it


def test_weights_are_clipped_after_the_update(make_gan, points):
    gan = make_gan(Objective(Wasserstein(), constraints=(WeightClipping(0.01),)))
    gan.train_on_batch(points)
    weights = np.concatenate([np.ravel(w) for w in gan.discriminators[0].trainable_weights])
    limit = np.float32(0.01)
    assert np.abs(weights).max() == limit
    assert np.mean(np.abs(weights) == limit) > 0.5  # most were larger before


def test_the_average_follows_generator_updates_only(make_gan, points):
    gan = make_gan(Objective(Wasserstein()), n_critic=2, ema=0.5)
    first = values(gan.generator.weights)
    gan.train_on_batch(points)
    assert same(first, values(gan.averaged_generator.weights))
    gan.train_on_batch(points)
    for average, old, new in zip(gan.averaged_generator.weights, first, gan.generator.weights, strict=True):
        np.testing.assert_allclose(average, (old + new) / 2, atol=1e-7)


def test_instance_noise_reaches_every_judgement_and_fades(watched, points):
    gan, notes = watched(Objective(Wasserstein()), augment=InstanceNoise(0.5, steps=2))
    train(gan, points, 3, batch=64)
    real = [x.numpy() for player, _, x in notes if player == "D"]
    deviation = [min(np.std(x - points) for x in real[3 * step:3 * step + 3]) for step in range(3)]
    assert deviation[0] == pytest.approx(0.5, rel=0.2)
    assert deviation[1] == pytest.approx(0.25, rel=0.2)
    assert deviation[2] == 0.0


def constant_logits(value):
    sample = keras.Input((2,), name="sample")
    logits = keras.layers.Dense(1, kernel_initializer="zeros", bias_initializer=keras.initializers.Constant(value))(sample)
    return keras.Model(sample, logits)


def test_smoothed_targets_reach_the_discriminators_loss_alone(make_gan, points):
    gan = make_gan(Objective(NonSaturating(targets=Targets(real=0.9))), discriminators=constant_logits(2.0),
                   update="simultaneous")
    gan.train_on_batch(points)
    report = gan.running_means.reported()
    lose, win = np.log1p(np.exp(2)), np.log1p(np.exp(-2))
    assert report["d_loss"] == pytest.approx(0.9 * win + 0.1 * lose + lose, rel=1e-5)
    assert report["g_loss"] == pytest.approx(win, rel=1e-5)


def test_random_targets_are_drawn_anew_in_every_step(make_gan, points):
    gan = make_gan(Objective(NonSaturating(targets=Targets(real=0.9, noise=0.1, flip=0.2))),
                   discriminators=constant_logits(2.0), optimizer=keras.optimizers.SGD(0.0))
    losses = []
    for _ in range(3):
        gan.train_on_batch(points)
        losses.append(gan.running_means.reported()["d_loss"])
        gan.reset_metrics()
    assert len(set(losses)) == 3


def test_random_targets_repeat_with_the_seed(make_gan, points):
    losses = []
    for seed in (4, 4, 5):
        gan = make_gan(Objective(NonSaturating(targets=Targets(noise=0.1))), seed=seed)
        gan.train_on_batch(points)
        losses.append(gan.running_means.reported()["d_loss"])
    assert losses[0] == losses[1] != losses[2]


def test_the_report_holds_logits_and_accuracies(make_gan, points):
    gan = make_gan(discriminators=constant_logits(2.0), optimizer=keras.optimizers.SGD(0.0))
    gan.train_on_batch(points)
    report = gan.running_means.reported()
    assert [report[name] for name in ("real_logit", "fake_logit", "real_accuracy", "fake_accuracy")] == [2, 2, 1, 0]


def test_a_critic_without_boundary_reports_no_accuracy(make_gan, points):
    gan = make_gan(Objective(Wasserstein()))
    gan.train_on_batch(points)
    assert "real_accuracy" not in gan.running_means.reported()


def test_two_runs_with_the_same_seed_are_bit_identical(make_gan, points):
    results = []
    for _ in range(2):
        gan = make_gan(ema=0.9, n_critic=2, compile=GRAPH)
        train(gan, points, 5)
        results.append(values(gan.variables))
    assert same(*results)


def test_compiling_anew_starts_fresh_moments_and_keeps_the_counters(make_gan, points):
    gan = make_gan(compile=GRAPH)
    optimizer = keras.optimizers.Adam(0.01)
    gan.fit(points, batch_size=16, verbose=0)
    gan.compile(optimizer, optimizer)
    assert int(gan.generator_optimizer.iterations) == 0
    gan.fit(points, batch_size=16, verbose=0)
    assert int(gan.generator_optimizer.iterations) == 4
    assert int(gan.generator_steps) == 8


@pytest.mark.parametrize("discriminators", [1, 2])
@pytest.mark.parametrize("logits", [1, 9])
def test_adaptive_augmentation_counts_images_however_many_logits_judge_them(discriminators, logits):
    """Four steps of 8 images, all recognised: p rises by 4 · 8 / 500,000."""
    def judge():
        sample = keras.Input((4, 4, 1), name="sample")
        dense = keras.layers.Dense(logits, kernel_initializer="zeros", bias_initializer="ones")
        return keras.Model(sample, dense(keras.layers.Flatten()(sample)))

    latent = keras.Input((3,), name="latent")
    generator = keras.Model(latent, keras.layers.Reshape((4, 4, 1))(keras.layers.Dense(16)(latent)))
    gan = GAN(generator, [judge() for _ in range(discriminators)], Objective(NonSaturating()), Normal(3),
              augment=AdaptiveAugment("paper"))
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0))
    gan.fit(np.zeros((32, 4, 4, 1), "float32"), batch_size=8, verbose=0)
    assert float(gan.augment.p) == pytest.approx(4 * 8 / 500_000, rel=1e-5)


def test_the_gan_class_needs_no_subclass_for_a_network_with_several_inputs(make_gan, make_generator,
                                                                             make_discriminator, points):
    gan = make_gan(generator=make_generator(conditions=[("label", 1)]),
                   discriminators=make_discriminator(conditions=[("label", 1)]))
    assert type(gan) is GAN
    gan.train_on_batch({"real": points, "label": points[:, :1]})
    assert int(gan.generator_steps) == 1
