"""Published details that no count shows: initialisers, normalisation, slopes, activations."""

import keras
import numpy as np
import pytest
from keras import layers

from gan_vision.models import NETWORKS


def both(name, **options):
    network = NETWORKS[name]
    return network.build_generator(**options), network.build_discriminator(**options)


def found(models, kind, attribute):
    return {getattr(layer, attribute) for model in models for layer in model.layers if isinstance(layer, kind)}


@pytest.mark.parametrize(("name", "momentum", "epsilon", "scale"), [
    ("dcgan", 0.9, 1e-5, True), ("cifar10", 0.99, 1e-3, True), ("bricks", 0.9, 1e-3, True),
    ("tutorial", 0.99, 1e-3, True), ("ada", 0.99, 1e-3, False), ("resnet", 0.9, 1e-5, True),
])
def test_normalisation_has_the_published_settings(name, momentum, epsilon, scale):
    models = both(name, width=16)
    settings = [found(models, layers.BatchNormalization, key) for key in ("momentum", "epsilon", "scale")]
    assert settings == [{momentum}, {epsilon}, {scale}]


@pytest.mark.parametrize(("name", "slope"), [("cifar10", 0.2), ("bricks", 0.2), ("tutorial", 0.3)])
def test_leaky_slopes_are_the_published_ones(name, slope):
    assert found(both(name, width=16), layers.LeakyReLU, "negative_slope") == {slope}


@pytest.mark.parametrize("name", ["dcgan", "ada"])
def test_generators_with_plain_relu_pair_with_leaky_discriminators(name):
    generator, discriminator = both(name, width=16)
    assert not found([generator], layers.LeakyReLU, "negative_slope")
    assert found([discriminator], layers.LeakyReLU, "negative_slope") == {0.2}


@pytest.mark.parametrize("name", ["dcgan", "cifar10"])
def test_kernels_are_drawn_with_a_standard_deviation_of_two_hundredths(name):
    for model in both(name, width=64, size=16):
        kernels = [weight.numpy().ravel() for weight in model.trainable_weights if len(weight.shape) > 1]
        for kernel in kernels:
            assert abs(kernel.std() - 0.02) < 0.02 * 4 / np.sqrt(2 * kernel.size)


@pytest.mark.parametrize("name", ["bricks", "tutorial", "ada"])
def test_kernels_of_the_others_are_glorot_uniform(name):
    for model in both(name, width=16):
        kinds = {type(layer.kernel_initializer).__name__ for layer in model.layers if hasattr(layer, "kernel")}
        assert kinds == {"GlorotUniform"}


def test_kernels_of_equal_shape_are_drawn_apart():
    model = NETWORKS["ada"].build_discriminator(32, width=8, initializer="normal")
    _, first, second, *_ = [layer.kernel.numpy() for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert first.shape == second.shape
    assert not np.array_equal(first, second)


def test_the_first_normalisation_of_flat_vectors_works_per_unit():
    for name, width in (("ada", 128), ("tutorial", 128)):
        generator = NETWORKS[name].build_generator()
        first = next(layer for layer in generator.layers if isinstance(layer, layers.BatchNormalization))
        assert first.moving_mean.shape == (16 * width,)


def test_bricks_has_no_bias_at_all():
    for model in both("bricks", width=16):
        assert found([model], layers.Conv2D, "use_bias") | found([model], layers.Conv2DTranspose, "use_bias") == {False}


@pytest.mark.parametrize(("name", "rates"), [("bricks", {0.3}), ("ada", {0.4}), ("cifar10", set()), ("dcgan", set())])
def test_dropout_has_the_published_rate(name, rates):
    assert found([NETWORKS[name].build_discriminator(width=16)], layers.Dropout, "rate") == rates


@pytest.mark.parametrize("name", ["dcgan", "cifar10"])
def test_the_first_convolution_of_the_discriminator_has_no_normalisation(name):
    model = NETWORKS[name].build_discriminator(16, width=16)
    assert isinstance(model.layers[2], layers.LeakyReLU)


def test_activation_between_adds_one_activation_per_block_and_one_after_the_projection():
    added = []
    for player in ("generator", "discriminator"):
        build = getattr(NETWORKS["tutorial"], f"build_{player}")
        count = [sum(isinstance(layer, layers.LeakyReLU) for layer in build(width=16, activation_between=flag).layers)
                 for flag in (False, True)]
        added.append(count[1] - count[0])
    assert added == [1, 4]


@pytest.mark.parametrize(("size", "filters"), [(8, [64, 128]), (16, [64, 128, 256]), (32, [64, 128, 256, 512])])
def test_small_pictures_keep_64_channels_on_the_largest_map(size, filters):
    model = NETWORKS["cifar10"].build_discriminator(size)
    assert [layer.filters for layer in model.layers if isinstance(layer, layers.Conv2D)] == filters


def test_the_leaky_residual_networks_have_the_published_slope_and_no_other_activation():
    for model in both("resnet", width=4, activation="leaky_relu"):
        assert found([model], layers.LeakyReLU, "negative_slope") == {0.2}
        assert not found([model], layers.ReLU, "name")


def test_only_the_main_path_of_residual_blocks_has_the_initial_values_of_he():
    for model in both("resnet", width=4):
        for layer in model.layers:
            if hasattr(layer, "kernel"):
                main = isinstance(layer, layers.Conv2D) and layer.kernel_size == (3, 3) and layer.filters == 4
                assert type(layer.kernel_initializer).__name__ == ("HeUniform" if main else "GlorotUniform")


@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_every_residual_block_adds_its_own_input(player):
    model = getattr(NETWORKS["resnet"], f"build_{player}")(16, width=4)
    main = [layer for layer in model.layers if isinstance(layer, layers.Conv2D) and layer.kernel_size == (3, 3)
            and layer.filters == 4]
    inputs = np.random.default_rng(0).normal(size=(2, *model.input_shape[1:]))
    answers = []
    for silenced in (main[2:], main[:2]):  # the first block must be heard through the shortcuts of the others
        for layer in silenced:
            layer.kernel.assign(keras.ops.zeros_like(layer.kernel))
        answers.append(model(inputs, training=False).numpy())
    assert len(main) == (4 if player == "generator" else 6)
    assert np.abs(answers[0] - answers[1]).max() > 1e-3


def test_the_layer_normalised_critic_judges_each_sample_by_itself():
    critic = NETWORKS["resnet"].build_discriminator(16, 1, width=4, normalization="layer")
    samples = np.random.default_rng(0).normal(size=(3, 16, 16, 1))
    together = critic(samples, training=True).numpy()
    assert together[:1] == pytest.approx(critic(samples[:1], training=True).numpy(), abs=1e-6)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_last_layers_compute_in_float32_under_a_mixed_policy(name):
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        generator, discriminator = both(name, width=16)
    finally:
        keras.config.set_dtype_policy(before)
    assert generator.layers[-1].compute_dtype == "float32"
    assert next(layer for layer in reversed(discriminator.layers) if layer.weights).compute_dtype == "float32"
    assert generator.layers[1].compute_dtype == "bfloat16"


@pytest.mark.parametrize("count", [1, 3, 7])
def test_generated_images_fill_the_range_without_leaving_it(count):
    # Large latents saturate the last activation: its two ends are the ends of the range.
    for name in ("ada", "bricks"):
        network = NETWORKS[name]
        generator = network.build_generator(16, 1, width=16, latent=4, **({"depth": 2} if name == "ada" else {}))
        images = generator(1e4 * np.random.default_rng(count).normal(size=(count, 4)), training=False).numpy()
        low, high = network.value_range
        assert images.shape == (count, 16, 16, 1)
        assert (images.min(), images.max()) == pytest.approx((low, high), abs=1e-3)
