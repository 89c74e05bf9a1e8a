"""How a game makes samples: one attribute decides the mode, one graph per network and mode does the work."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.latent import NoLatent, Normal
from gan_core.game.per_sample import PerSample, equal_seeds, sample_seeds
from gan_core.layers import SampleDropout
from gan_core.testing import check_saved_networks

L = keras.layers


@pytest.fixture
def translator():
    """A generator whose only noise is dropout, and whose batch normalisation has wrong statistics at first."""
    keras.utils.set_random_seed(1)
    source = keras.Input((4, 4, 2), name="source")
    x = L.Dropout(0.5)(L.BatchNormalization()(L.Conv2D(16, 1)(source)))
    return keras.Model(source, L.Conv2D(1, 1)(x), name="generator")


@pytest.fixture
def pictures_gan(make_gan, translator):
    """A game of that generator; keywords are those of `GAN`."""
    def make(**keywords):
        sample = keras.Input((4, 4, 1), name="sample")
        judge = keras.Model(sample, L.Dense(1)(L.Flatten()(sample)))
        return make_gan(generator=translator, discriminators=judge, latent=NoLatent(), **keywords)

    return make


SOURCE = {"source": np.random.default_rng(0).normal(size=(6, 4, 4, 2)).astype("float32")}
NOISY = PerSample(dropout=True)


def test_dropout_draws_from_the_seed_and_leaves_no_trace(pictures_gan):
    gan = pictures_gan(sampling=NOISY)
    before = [variable.numpy() for variable in gan.variables]
    first, again, other = (gan.generate(SOURCE, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.allclose(first, other)
    assert all(np.array_equal(old, variable.numpy()) for old, variable in zip(before, gan.variables, strict=True))


def test_the_caller_may_ask_for_the_other_way(pictures_gan):
    plain, noisy = pictures_gan(), pictures_gan(sampling=NOISY)
    np.testing.assert_array_equal(plain.generate(SOURCE, sampling=NOISY, seed=3), noisy.generate(SOURCE, seed=3))
    np.testing.assert_array_equal(plain.generate(SOURCE), noisy.generate(SOURCE, sampling=PerSample(dropout=False)))


@pytest.mark.parametrize("statistics", ["own", "stored"])
def test_a_sample_alone_and_among_others_is_the_same(pictures_gan, statistics):
    gan = pictures_gan(sampling=PerSample(statistics=statistics))
    seeds = equal_seeds(6, 5)
    together = gan.generate({**SOURCE, "seeds": seeds})
    for row in range(6):
        alone = gan.generate({"source": SOURCE["source"][row:row + 1], "seeds": seeds[:1]})
        np.testing.assert_allclose(alone[0], together[row], atol=1e-6)


def test_own_statistics_are_what_a_batch_of_one_has_in_training(pictures_gan, translator):
    translator.layers[2].gamma.assign(np.linspace(0.5, 2, 16))
    gan = pictures_gan(sampling=PerSample(dropout=False, statistics="own"))
    normalised = keras.Model(translator.input, translator.layers[2].output)
    kernel, bias = translator.layers[-1].get_weights()
    for row, found in enumerate(gan.generate(SOURCE)):
        inside = np.asarray(normalised(SOURCE["source"][row:row + 1], training=True))
        np.testing.assert_allclose(found, (inside @ kernel[0, 0] + bias)[0], atol=1e-5)


def test_dropout_of_a_sample_keeps_the_mean_and_drops_its_rate():
    ones = np.ones((4, 50, 50, 8), "float32")
    dropped = np.asarray(SampleDropout(0.3)(ones, sample_seeds(4, 1)))
    assert set(np.unique(dropped.round(5))) == {0.0, np.float32(1 / 0.7).round(5)}
    np.testing.assert_allclose((dropped == 0).mean((1, 2, 3)), 0.3, atol=4 * np.sqrt(0.21 / 20_000))
    assert not np.array_equal(dropped[0], dropped[1])
    assert not np.array_equal(dropped, SampleDropout(0.3, number=1)(ones, sample_seeds(4, 1)))


def test_dropout_inside_a_part_is_refused(make_gan):
    source = keras.Input((4,), name="source")
    inner = keras.Input((4,))
    part = keras.Model(inner, L.Dropout(0.5)(L.Dense(2)(inner)), name="part")
    with pytest.raises(ConfigError, match="inside its part 'part'"):
        NOISY.applied(keras.Model(source, part(source)))


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


def test_validation_samples_in_the_same_way_and_leaves_no_trace(pictures_gan, translator):
    watch = Watch()
    gan = pictures_gan(sampling=NOISY, compile={"validation_metrics": [watch]})
    statistics = [variable.numpy() for variable in translator.non_trainable_variables]
    data = tf.data.Dataset.from_tensors({"real": np.zeros((6, 4, 4, 1), "float32"), **SOURCE})
    for _ in range(2):
        gan.evaluate(data, verbose=0)
    np.testing.assert_array_equal(*watch.fakes)
    assert not np.allclose(watch.fakes[0], translator(SOURCE["source"]))
    assert all(map(np.array_equal, statistics, [variable.numpy() for variable in translator.non_trainable_variables]))


@pytest.mark.slow
def test_an_exported_network_draws_the_same_in_a_fresh_process(pictures_gan):
    exported = pictures_gan(sampling=PerSample(statistics="own")).standalone_generator()
    assert [tensor.name for tensor in exported.inputs] == ["source", "seeds"]
    check_saved_networks([(exported, {"source": (4, 4, 2), "seeds": (2,)})],
                         imports=[])


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


def test_an_unknown_way_of_sampling_is_refused(make_gan):
    with pytest.raises(ConfigError, match=r"`sampling` must be how samples are made.*Received: sampling='test'"):
        make_gan(sampling="test")
    with pytest.raises(ConfigError, match=r"`statistics`.*'none'.*own"):
        PerSample(statistics="none")


def test_compiling_for_another_level_traces_anew(growing_networks, make_gan):
    generator, discriminator = growing_networks()
    gan = make_gan(generator=generator, discriminators=discriminator, latent=Normal(4))
    assert gan.generate(count=2).shape == (2, 4, 4, 1)
    generator.grow(1)
    gan.compile()
    assert gan.generate(count=2).shape == (2, 8, 8, 1)
