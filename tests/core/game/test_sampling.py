"""How a game makes samples: one attribute decides the mode, one graph per network and mode does the work."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.latent import Normal
from gan_core.game.training_mode import InTrainingMode
from gan_core.testing import check_saved_networks

L = keras.layers


@pytest.fixture
def translator():
    """A generator whose only noise is dropout, and whose batch normalisation has wrong statistics at first."""
    keras.utils.set_random_seed(1)
    source = keras.Input((4,), name="source")
    x = L.Dropout(0.5)(L.BatchNormalization()(L.Dense(16)(source)))
    return keras.Model(source, L.Dense(2)(x), name="generator")


SOURCE = {"source": np.random.default_rng(0).normal(size=(6, 4)).astype("float32")}


def test_sampling_in_training_mode_draws_dropout_from_the_seed_and_leaves_no_trace(make_gan, translator):
    gan = make_gan(generator=translator, sampling="training")
    before = [variable.numpy() for variable in gan.variables]
    first, again, other = (gan.generate(SOURCE, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert all(np.array_equal(old, variable.numpy()) for old, variable in zip(before, gan.variables, strict=True))


def test_the_caller_may_ask_for_the_other_mode(make_gan, translator):
    plain, noisy = make_gan(generator=translator), make_gan(generator=translator, sampling="training")
    np.testing.assert_array_equal(plain.generate(SOURCE, training=True, seed=3), noisy.generate(SOURCE, seed=3))
    np.testing.assert_array_equal(plain.generate(SOURCE), noisy.generate(SOURCE, training=False))


class Watch:
    """A validation metric that keeps the samples it was shown."""

    def __init__(self):
        self.name, self.variables, self.fakes = "watch", [], []

    def update_state(self, real, fake):
        self.fakes.append(fake.numpy())

    def result(self):
        return tf.constant(0.0)

    def reset_state(self):
        pass


def test_validation_samples_in_the_same_mode_and_leaves_no_trace(make_gan, translator):
    watch = Watch()
    gan = make_gan(generator=translator, sampling="training", compile={"validation_metrics": [watch]})
    statistics = [variable.numpy() for variable in translator.non_trainable_variables]
    data = tf.data.Dataset.from_tensors({"real": np.zeros((6, 2), "float32"), **SOURCE})
    for _ in range(2):
        gan.evaluate(data, verbose=0)
    np.testing.assert_array_equal(*watch.fakes)
    assert not np.allclose(watch.fakes[0], translator(SOURCE["source"]))
    assert all(map(np.array_equal, statistics, [variable.numpy() for variable in translator.non_trainable_variables]))


@pytest.mark.slow
def test_an_exported_network_stays_in_training_mode_in_a_fresh_process(make_gan, translator, tmp_path):
    gan = make_gan(generator=translator, sampling="training")
    exported = gan.standalone_generator()
    assert [tensor.name for tensor in exported.inputs] == ["source"]
    exported.save(tmp_path / "generator.keras")
    loaded = keras.saving.load_model(tmp_path / "generator.keras")
    draws = [np.asarray(loaded(SOURCE, training=False)) for _ in range(2)]
    assert not np.allclose(*draws)  # dropout is on
    centred = np.asarray(loaded.layers[-1].network.layers[2](loaded.layers[-1].network.layers[1](SOURCE["source"]), training=True))
    np.testing.assert_allclose(centred.mean(0), 0, atol=1e-5)  # and normalises by the batch
    check_saved_networks([(InTrainingMode.wrap(no_noise()), {"source": (4,)})], imports=["gan_core.game.training_mode"])


def no_noise():
    source = keras.Input((4,), name="source")
    return keras.Model(source, L.Dense(2)(source))


def test_a_network_that_samples_in_inference_is_exported_as_it_is(make_gan):
    gan = make_gan(ema=0.9)
    assert gan.standalone_generator() is gan.averaged_generator


def test_a_graph_is_traced_once_for_every_number_of_samples(make_gan):
    traces = []

    class Counting(keras.Model):
        input_names = ("latent",)

        def __init__(self):
            super().__init__()
            self.dense = L.Dense(2)
            self.dense.build((None, 3))
            self.built = True

        def call(self, latent, training=False):
            traces.append(training)
            return self.dense(latent)

    gan = make_gan(generator=Counting())
    for count in (1, 5, 64, 65, 200):
        assert gan.generate(count=count, seed=0).shape == (count, 2)
    assert traces == [False]
    gan.generate(count=3, training=True)
    assert traces == [False, True]


def test_batches_of_any_size_give_the_same_samples(make_gan):
    gan = make_gan()
    np.testing.assert_allclose(gan.generate(count=10, seed=1), gan.generate(count=10, seed=1, batch_size=3), atol=1e-6)


def test_weights_that_have_changed_are_seen(make_gan):
    gan = make_gan()
    before = gan.generate(count=2)
    gan.generator.layers[-2].bias.assign_add([1.0, 1.0])
    np.testing.assert_allclose(gan.generate(count=2), before + 1, atol=1e-6)


def test_conditions_that_the_generator_does_not_read_are_not_sent(make_gan):
    assert make_gan().generate({"real": np.zeros((3, 9, 9)), "label": np.array(["a", "b", "c"])}).shape == (3, 2)


def test_an_input_that_is_missing_is_named(make_gan, make_generator):
    gan = make_gan(generator=make_generator(conditions=[("text", 4)]), discriminators=None)
    with pytest.raises(ConfigError, match="reads the input `text`"):
        gan.generate(count=2)


def test_an_unknown_mode_is_refused(make_gan):
    with pytest.raises(ConfigError, match=r"`sampling` must be one of .*Received: sampling='test'"):
        make_gan(sampling="test")


def test_compiling_for_another_level_traces_anew(growing_networks, make_gan):
    generator, discriminator = growing_networks()
    gan = make_gan(generator=generator, discriminators=discriminator, latent=Normal(4))
    assert gan.generate(count=2).shape == (2, 4, 4, 1)
    generator.grow(1)
    gan.compile()
    assert gan.generate(count=2).shape == (2, 8, 8, 1)
