"""Construction, data forms, validation and sampling of a GAN."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment
from gan_core.errors import ConfigError, DataError
from gan_core.game.batch import OneHot
from gan_core.game.gan import GAN
from gan_core.game.latent import NoLatent, Normal
from gan_core.game.objective import Objective
from gan_core.game.schedules import wgan_warmup
from gan_core.losses import NonSaturating, Wasserstein


def values(variables):
    return [variable.numpy() for variable in variables]


def same(before, after):
    return all(np.array_equal(old, new) for old, new in zip(before, after, strict=True))


class Distance:
    """A validation metric that is no Keras metric: |mean of real - mean of fake|, and what it was shown."""

    name = "distance"

    def __init__(self):
        self.fakes = []
        self.total = tf.Variable(0.0)

    def update_state(self, real, fake):
        self.fakes.append(fake)
        self.total.assign_add(tf.abs(tf.reduce_mean(real) - tf.reduce_mean(fake)))

    def result(self):
        return self.total.value()

    def reset_state(self):
        self.total.assign(0.0)


# ---------------------------------------------------------------------- parts that do not fit


@pytest.mark.parametrize(("options", "message"), [
    ({"update": "both"}, r"`update` must be one of \('alternating', 'shared', 'simultaneous'\). Received: update='both'"),
    ({"discriminators": []}, r"`discriminators` must not be empty. Received: discriminators=\[\]"),
    ({"n_critic": 0}, "`n_critic` must be an int of at least 1, or a function .* Received: n_critic=0"),
    ({"n_critic": 2.5}, "`n_critic` must be an int .* Received: n_critic=2.5"),
    ({"update": "simultaneous", "n_critic": 2}, "needs `n_critic=1`. Received: n_critic=2. Use update='alternating'"),
    ({"update": "simultaneous", "n_critic": wgan_warmup()}, "needs `n_critic=1`"),
    ({"augment": AdaptiveAugment(), "objective": Objective(Wasserstein())},
     "`augment=AdaptiveAugment` .* without a decision boundary cannot tell. Received: wasserstein. Use FixedAugment"),
    ({"generator": keras.Sequential([keras.layers.Dense(2)], name="raw")}, "network 'raw' has no weights yet. Call it once"),
    ({"ema": 1.0}, r"`decay` must lie in \(0, 1\). Received: decay=1.0"),
    ({"ema": 0}, r"`decay` must lie in \(0, 1\). Received: decay=0"),
    ({"latent": 3}, r"`latent` must be a prior such as Normal\(100\), or NoLatent\(\). Received: latent=3"),
    ({"augment": "ada"}, r"`augment` must be an augmentation such as AdaptiveAugment\(\). Received: augment='ada'"),
], ids=["update", "no discriminator", "n_critic 0", "n_critic 2.5", "simultaneous", "simultaneous schedule",
        "adaptive critic", "unbuilt", "ema 1", "ema 0", "latent", "augment"])
def test_parts_that_do_not_fit_are_refused_with_the_reason(make_generator, make_discriminator, options, message):
    parts = {"generator": make_generator(), "discriminators": [make_discriminator()],
             "objective": Objective(NonSaturating()), "latent": Normal(3), **options}
    with pytest.raises(ConfigError, match=message):
        GAN(**parts)


def test_a_frozen_player_is_refused(make_gan, make_discriminator):
    """Keras' old idiom for stacked players, which here would leave the discriminator untrained without a word."""
    discriminator = make_discriminator()
    discriminator.trainable = False
    with pytest.raises(ConfigError, match="'discriminator' has nothing to learn: all its weights are frozen"):
        make_gan(discriminators=discriminator)


def test_the_schedule_may_be_a_numpy_integer(make_gan):
    assert make_gan(n_critic=np.int64(2)).n_critic == 2


@pytest.mark.parametrize("count", [0, 10])
def test_training_on_less_than_a_batch_is_no_success(make_gan, count):
    data = tf.data.Dataset.from_tensor_slices(np.zeros((count, 2), "float32")).batch(16, drop_remainder=True)
    with pytest.raises(DataError, match=r"`fit` needs at least one batch. Found: none"):
        make_gan().fit(data, verbose=0)


def test_a_leaking_augmentation_is_warned_of(make_gan, make_generator, make_discriminator):
    gan = make_gan(generator=make_generator((4, 4, 1)), discriminators=make_discriminator((4, 4, 1)),
                   augment=AdaptiveAugment("paper", initial=0.9))
    gan.augment.updates_above.assign(1000)
    with pytest.warns(UserWarning, match="augmentation leak: aug_p has been above 0.8"):
        gan.fit(np.zeros((8, 4, 4, 1), "float32"), verbose=0)


def test_several_steps_per_execution_cannot_follow_a_schedule(make_gan):
    with pytest.raises(ConfigError, match=r"`steps_per_execution` must be 1 unless `n_critic=1`.*Received: steps_per_execution=4"):
        make_gan(n_critic=2, compile={"steps_per_execution": 4})


@pytest.mark.parametrize("eagerly", [True, False])
@pytest.mark.parametrize("network", ["generator", "discriminator"])
def test_a_missing_input_is_named(make_gan, make_generator, make_discriminator, points, network, eagerly):
    conditions = {"generator": [], "discriminator": [], network: [("text", 4)]}
    gan = make_gan(generator=make_generator(conditions=conditions["generator"]),
                   discriminators=make_discriminator(conditions=conditions["discriminator"]),
                   compile={"run_eagerly": eagerly})
    with pytest.raises(ConfigError, match=f"network '{network}' reads the input `text`, which this batch does not have"):
        gan.fit({"real": points, "label": points[:, 0]}, verbose=0)


def test_data_without_real_samples_are_refused(make_gan, points):
    with pytest.raises(ConfigError, match="a batch needs the key `real`"):
        make_gan().fit({"images": points}, verbose=0)


# ---------------------------------------------------------------------- forms of data


def trained_on(make_gan, conditional, *arguments, **keywords):
    gan = make_gan(**conditional)
    gan.fit(*arguments, batch_size=32, shuffle=False, verbose=0, **keywords)
    return values(gan.generator.weights)


@pytest.fixture
def conditional(make_generator, make_discriminator):
    return lambda: {"generator": make_generator(conditions=[("label", 2)]),
                    "discriminators": make_discriminator(conditions=[("label", 2)])}


def test_an_array_a_dict_and_a_data_set_train_alike(make_gan, points):
    plain = trained_on(make_gan, {}, points)
    assert same(plain, trained_on(make_gan, {}, {"real": points}))
    gan = make_gan()
    gan.fit(tf.data.Dataset.from_tensor_slices(points).batch(32), shuffle=False, verbose=0)
    assert same(plain, values(gan.generator.weights))


def test_samples_with_labels_and_a_dict_train_alike(make_gan, conditional, points):
    labels = np.eye(2, dtype="float32")[np.arange(64) % 2]
    pair = trained_on(make_gan, conditional(), points, labels)
    assert same(pair, trained_on(make_gan, conditional(), {"real": points, "label": labels}))
    assert not same(pair, trained_on(make_gan, conditional(), points, labels[::-1].copy()))


def test_a_last_batch_of_another_size_is_trained_on(make_gan, points):
    gan = make_gan(update="simultaneous")
    gan.fit(points[:33], batch_size=32, verbose=0)
    assert int(gan.discriminator_steps) == 2


def test_prepare_works_on_the_batch_before_the_step(make_gan, make_generator, make_discriminator):
    gan = make_gan(generator=make_generator((4, 3)), discriminators=make_discriminator((4, 3)), prepare=OneHot(3))
    gan.fit(np.random.default_rng(0).integers(0, 3, (16, 4)), batch_size=8, verbose=0)
    assert int(gan.generator_steps) == 2


def test_fit_returns_a_history_of_both_losses(make_gan, points):
    history = make_gan().fit(points, epochs=2, verbose=0).history
    assert {"d_loss", "g_loss", "d_gradient_norm"} <= set(history)
    assert len(history["d_loss"]) == 2


# ---------------------------------------------------------------------- validation


def test_validation_scores_real_against_generated_samples(make_gan, points):
    gan = make_gan(compile={"validation_metrics": [Distance()]})
    scores = gan.evaluate(points, batch_size=64, verbose=0, return_dict=True)
    fake = gan.validation_metrics[0].total.numpy()
    assert scores["distance"] == pytest.approx(float(fake))
    assert scores["distance"] > 0


def test_validation_repeats_exactly(make_gan, points):
    gan = make_gan(compile={"validation_metrics": [Distance()]})
    first, second = (gan.evaluate(points, batch_size=16, verbose=0, return_dict=True)["distance"] for _ in range(2))
    assert first == second


def test_validation_draws_other_noise_for_every_batch(make_gan, points):
    metric = Distance()
    gan = make_gan(compile={"validation_metrics": [metric]})
    gan.evaluate(points, batch_size=16, verbose=0)
    assert len({fake.numpy().tobytes() for fake in metric.fakes}) == 4


def test_validation_looks_at_the_averaged_generator_in_inference_mode(make_gan, make_generator, points):
    metric = Distance()
    gan = make_gan(generator=make_generator(batch_norm=True, dropout=0.5), ema=0.9,
                   compile={"validation_metrics": [metric]})
    gan.averaged_generator.layers[-2].kernel.assign(tf.zeros_like(gan.averaged_generator.layers[-2].kernel))
    gan.evaluate(points, verbose=0)
    assert float(tf.reduce_max(tf.abs(metric.fakes[0]))) == 0.0


def test_validation_within_fit_reports_val_names_and_changes_no_weight(make_gan, points):
    plain, validated = make_gan(ema=0.9), make_gan(ema=0.9, compile={"validation_metrics": [Distance()]})
    plain.fit(points, epochs=2, verbose=0)
    history = validated.fit(points, epochs=2, validation_data=(points,), verbose=0).history
    assert len(history["val_distance"]) == 2
    assert same(values(plain.generator.weights), values(validated.generator.weights))


# ---------------------------------------------------------------------- sampling


def test_samples_depend_on_the_seed_alone(make_gan):
    gan = make_gan(seed=3)
    np.testing.assert_array_equal(gan.generate(count=5), gan.generate(count=5, seed=3))
    assert not np.array_equal(gan.generate(count=5), gan.generate(count=5, seed=4))


def test_samples_do_not_depend_on_the_batch_size(make_gan):
    gan = make_gan()
    np.testing.assert_allclose(gan.generate(count=10, batch_size=3), gan.generate(count=10), atol=1e-6)


def test_samples_come_from_the_averaged_generator_unless_raw(make_gan, points):
    gan = make_gan(ema=0.999)
    before = gan.generate(count=4)
    gan.fit(points, batch_size=8, verbose=0)
    assert np.abs(gan.generate(count=4) - before).max() < 0.1 * np.abs(gan.generate(count=4, raw=True) - before).max()


def test_given_latents_are_used(make_gan):
    gan = make_gan()
    latent = np.ones((2, 3), "float32")
    np.testing.assert_allclose(gan.generate(latent=latent), gan.generator([latent]), atol=1e-6)


def test_calling_the_gan_samples_from_latents(make_gan):
    gan = make_gan()
    latent = np.ones((2, 3), "float32")
    np.testing.assert_allclose(gan(latent), gan.generate(latent=latent), atol=1e-6)
    np.testing.assert_allclose(gan({"latent": latent}), gan.generate(latent=latent), atol=1e-6)


def test_a_generator_without_latent_is_driven_by_its_condition(make_gan, make_generator):
    gan = make_gan(generator=make_generator(latent=0, conditions=[("source", 3)]), latent=NoLatent())
    source = np.random.default_rng(0).normal(size=(5, 3)).astype("float32")
    np.testing.assert_allclose(gan.generate({"source": source}, batch_size=2), gan.generator([source]), atol=1e-6)


@pytest.mark.parametrize(("arguments", "received"), [
    ({}, "none of them"),
    ({"count": 0}, "{'count': 0}"),
    ({"count": 3, "latent": np.zeros((2, 3))}, "{'latent': 2, 'count': 3}"),
    ({"condition": {"label": np.zeros(4), "text": np.zeros(5)}}, "{'label': 4, 'text': 5}"),
], ids=["nothing", "zero", "latent", "conditions"])
def test_inputs_of_no_common_length_are_refused(make_gan, arguments, received):
    with pytest.raises(ConfigError) as error:
        make_gan().generate(**arguments)
    assert f"must agree on one number of samples, at least 1. Received: {received}" in str(error.value)


@pytest.mark.parametrize("arguments", [{"count": 2.5}, {"count": 3, "batch_size": 0}])
def test_counts_that_are_none_are_refused(make_gan, arguments):
    name, value = list(arguments.items())[-1]
    with pytest.raises(ConfigError, match=rf"`{name}` must be a whole number of at least 1. Received: {name}={value}"):
        make_gan().generate(**arguments)


@pytest.mark.parametrize("options", [{"validation_split": 0.5}, {"validation_data": np.zeros((8, 2), "float32")}])
def test_validating_without_metrics_is_refused_before_training(make_gan, points, options):
    with pytest.raises(ConfigError, match="validation_metrics"):
        make_gan().fit(points, verbose=0, **options)


def test_evaluating_without_metrics_is_refused(make_gan, points):
    with pytest.raises(ConfigError, match="validation_metrics"):
        make_gan().evaluate(points, verbose=0)


def test_saving_as_one_model_says_what_to_save(make_gan, tmp_path):
    with pytest.raises(ConfigError, match=r"gan\.standalone_generator\(\)\.save"):
        make_gan().save(tmp_path / "gan.keras")
