import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.errors import AudioConfigError
from gan_audio.layers import ReferenceBatch
from gan_audio.models import NETWORK_SIZES, build_discriminator, build_generator, network_size, set_reference
from gan_core.testing import check_network

RANDOM = np.random.default_rng(0)
SMALL = {"filters": (4, 6), "latent_channels": 3, "window": 64, "kernel": 5}  # S = 16


def sound(count, time=64):
    return RANDOM.normal(0, 0.3, (count, time, 1)).astype(np.float32)


def trainable(model):
    return sum(int(np.prod(variable.shape)) for variable in model.trainable_variables)


@pytest.mark.parametrize(("name", "count"), [("segan", 73_100_049), ("segan-compact", 64_770_561), ("segan-tiny", 135_029)])
def test_generator_counts(name, count):
    generator = build_generator(name)
    assert generator.count_params() == trainable(generator) == count


@pytest.mark.parametrize(("name", "count"), [("segan", 24_373_081), ("segan-compact", 25_825_793), ("segan-tiny", 210_241)])
def test_discriminator_counts(name, count):
    assert trainable(build_discriminator(name)) == count


def test_compact_discriminator_with_its_running_statistics():
    assert build_discriminator("segan-compact").count_params() == 25_829_761


def test_the_table_of_the_compact_generator():
    sizes = {layer.name: layer.count_params() for layer in build_generator("segan-compact").layers}
    assert [sizes[f"encoder_{index}"] for index in range(1, 6)] == [2048, 254_080, 1_016_064, 4_063_744, 16_253_952]
    assert [sizes[f"decoder_{index}"] for index in range(1, 6)] == [32_506_368, 8_126_720, 2_031_744, 507_968, 3969]
    assert sum(size for name, size in sizes.items() if name.startswith("skip")) == 960
    assert sum(size for name, size in sizes.items() if name.startswith("encoder") and "prelu" in name) == 1984
    assert sum(size for name, size in sizes.items() if name.startswith("decoder") and "prelu" in name) == 960


def test_the_shapes_of_the_paper():
    generator = build_generator("segan")
    shapes = [generator.get_layer(name).output.shape[-1] for name in ("code", "decoder_1", "decoder_1_concat",
                                                                      "decoder_10_concat")]
    assert shapes == [2048, 512, 1024, 32]
    assert not [layer.name for layer in generator.layers if layer.name.startswith("skip")]


@pytest.mark.parametrize("options", [
    {}, {"upsample": "nearest"}, {"skip": "none"}, {"skip": "constant"}, {"skip": "conv"}, {"skip_from": "post"}])
def test_generator_contract(options):
    check_network(lambda: build_generator("segan-tiny", **SMALL, **options), inputs={"noisy": (64, 1), "latent": (4, 3)},
                  output=(64, 1), value_range=(-1, 1))


@pytest.mark.parametrize("options", [
    {}, {"norm": "none"}, {"norm": "spectral"}, {"phase_shift": 3}, {"head": "conv1x1"}, {"head": "gmax"},
    {"head": "gavg"}, {"activation": "leaky_relu"}])
def test_discriminator_contract(options):
    # In front of batch statistics a bias has no gradient of its own.
    check_network(lambda: build_discriminator("segan-tiny", **SMALL, **options),
                  inputs={"sample": (64, 1), "noisy": (64, 1)}, output=(1,), exempt=("bias",))


def virtual(reference=3):
    discriminator = build_discriminator("segan-tiny", **SMALL, norm="virtual", reference=reference)
    set_reference(discriminator, sound(reference), sound(reference))
    return discriminator


def test_virtual_discriminator_contract():
    check_network(virtual, inputs={"sample": (64, 1), "noisy": (64, 1)}, output=(1,), exempt=("bias",))


def test_a_virtual_answer_does_not_depend_on_the_other_examples():
    discriminator, sample, noisy = virtual(), sound(6), sound(6)
    together = discriminator({"sample": sample, "noisy": noisy}, training=True)
    alone = discriminator({"sample": sample[2:3], "noisy": noisy[2:3]}, training=True)
    np.testing.assert_allclose(together[2:3], alone, atol=1e-5)


def test_a_batch_norm_answer_does():
    discriminator, sample, noisy = build_discriminator("segan-tiny", **SMALL), sound(6), sound(6)
    together = discriminator({"sample": sample, "noisy": noisy}, training=True)
    alone = discriminator({"sample": sample[2:4], "noisy": noisy[2:4]}, training=True)
    assert np.abs(np.asarray(together[2:4] - alone)).max() > 1e-4


def test_a_virtual_discriminator_needs_its_reference():
    discriminator = build_discriminator("segan-tiny", **SMALL, norm="virtual", reference=2)
    with pytest.raises(RuntimeError, match="Call `set_reference"):
        discriminator({"sample": sound(1), "noisy": sound(1)})


def test_the_reference_is_saved_with_the_network(tmp_path):
    discriminator = virtual()
    discriminator.save(tmp_path / "d.keras")
    again = keras.saving.load_model(tmp_path / "d.keras")
    pair = {"sample": sound(2), "noisy": sound(2)}
    np.testing.assert_allclose(again(pair), discriminator(pair), atol=1e-6)


def test_the_reference_holds_sample_then_noisy():
    discriminator = virtual()
    layer = next(layer for layer in discriminator.layers if isinstance(layer, ReferenceBatch))
    sample, noisy = sound(5), sound(5)
    set_reference(discriminator, sample, noisy)
    np.testing.assert_array_equal(layer.examples, np.concatenate([sample, noisy], axis=-1)[:3])


@pytest.mark.parametrize("side", [sound(2), sound(3, 32)])
def test_too_small_a_reference_is_refused(side):
    with pytest.raises(AudioConfigError, match=r"`sample` must have the shape \(at least 3, 64, 1\)"):
        set_reference(virtual(), side, side)


def test_other_discriminators_need_no_reference():
    set_reference(build_discriminator("segan-tiny", **SMALL), sound(1), sound(1))


def test_the_generator_takes_any_multiple_of_its_strides():
    generator = build_generator("segan-tiny", **SMALL)
    for time in (16, 48, 160):
        assert generator({"noisy": sound(2, time), "latent": np.zeros((2, time // 16, 3))}).shape == (2, time, 1)


def test_other_lengths_are_refused_with_the_multiple():
    with pytest.raises(ValueError, match="multiple of 16, the product of its strides"):
        build_generator("segan-tiny", **SMALL)({"noisy": sound(1, 40), "latent": np.zeros((1, 2, 3))})


def test_noise_and_sound_both_reach_the_output():
    generator = build_generator("segan-tiny", **SMALL)
    noisy, latent = tf.constant(sound(1)), tf.constant(RANDOM.normal(size=(1, 4, 3)), tf.float32)
    with tf.GradientTape() as tape:
        tape.watch([noisy, latent])
        output = generator({"noisy": noisy, "latent": latent})
    assert all(np.abs(gradient).max() > 0 for gradient in tape.gradient(output, [noisy, latent]))


def test_a_discriminator_tells_the_sample_from_the_condition():
    discriminator, one, two = build_discriminator("segan-tiny", **SMALL), sound(2), sound(2)
    assert not np.allclose(discriminator({"sample": one, "noisy": two}), discriminator({"sample": two, "noisy": one}))


def test_no_network_has_a_lambda_layer():
    for build in (build_generator, build_discriminator):
        assert not [layer for layer in build("segan-tiny").layers if isinstance(layer, keras.layers.Lambda)]


@pytest.mark.parametrize("mode", ["overlap", "concat", "full"])
def test_an_enhancer_around_a_network(mode):
    size = network_size("segan-tiny", **SMALL)
    enhancer = Enhancer.of(build_generator("segan-tiny", **SMALL), size, mode=mode, sample_rate=8000)
    wave = RANDOM.uniform(-0.5, 0.5, (1000, 2)).astype(np.float32)
    result = enhancer.enhance(wave, 8000)
    assert result.shape == wave.shape
    np.testing.assert_array_equal(result, enhancer.enhance(wave, 8000))
    assert not np.array_equal(result, enhancer.enhance(wave, 8000, seed=1))


def test_every_size_is_named_in_the_table():
    assert list(NETWORK_SIZES) == ["segan", "segan-compact", "segan-tiny"]
