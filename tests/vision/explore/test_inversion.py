"""Inversion of runs whose reach is known exactly."""


import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.data.labels import Labels
from gan_vision.explore.inversion import features_of, invert_images


@pytest.fixture(scope="module")
def plain(tmp_path_factory, linear_run):
    return linear_run(tmp_path_factory.mktemp("plain"))


@pytest.fixture(scope="module")
def of_classes(tmp_path_factory, linear_run):
    return linear_run(tmp_path_factory.mktemp("classes"), classes=3)


def test_the_noise_of_a_picture_that_the_generator_made_is_found(plain):
    inputs = plain.inputs(3, seed=4)
    found = invert_images(plain, plain.images_of(inputs), steps=200, restarts=2)
    np.testing.assert_allclose(found.inputs["latent"], inputs["latent"], atol=0.03)  # the bytes were rounded
    assert found.rmse.max() < 1 / 255
    assert found.labels is None


def test_an_unreachable_picture_keeps_its_distance(plain):
    target = np.random.default_rng(1).integers(0, 256, (1, 16, 16, 1), np.uint8)
    kernel = plain.gan.generator.get_layer("reach").get_weights()[0]
    offset = target.reshape(-1) / 255 - 0.5
    expected = np.mean((offset - kernel.T @ (kernel @ offset)) ** 2)
    found = invert_images(plain, target, steps=200, restarts=1)
    assert found.loss[0] == pytest.approx(expected, rel=1e-3)
    assert found.rmse[0] == pytest.approx(np.sqrt(expected), rel=0.01)
    assert found.psnr[0] == pytest.approx(-20 * np.log10(found.rmse[0]))
    assert found.losses.shape == (201, 1)


def test_equal_pictures_have_no_number_of_decibels_in_a_json(plain):
    inputs = plain.inputs(1, seed=4)
    found = invert_images(plain, plain.images_of(inputs), steps=0, encoder=lambda images, training: inputs["latent"])
    facts, = found.facts()
    assert (facts["rmse"], facts["psnr"], facts["found_label"], len(facts["losses"])) == (0, None, None, 1)
    assert facts["latent_norm"] == pytest.approx(np.linalg.norm(inputs["latent"]))


def test_all_classes_are_tried_and_the_best_one_named(of_classes):
    wanted = {"latent": np.float32([[0.5, 0, -0.5], [0, 1, 0]]), "label": np.int32([2, 0])}
    found = invert_images(of_classes, of_classes.images_of(wanted), steps=150, restarts=1)
    assert found.labels == ("c", "a")
    assert found.inputs["label"].tolist() == [2, 0]
    np.testing.assert_allclose(found.inputs["latent"], wanted["latent"], atol=0.03)


def test_a_class_that_is_given_is_kept(of_classes):
    target = of_classes.images_of({"latent": np.zeros((1, 3), np.float32), "label": np.int32([2])})
    found = invert_images(of_classes, target, label="b", steps=50, restarts=1)
    assert (found.labels, found.inputs["label"].tolist()) == (None, [1])
    # The offsets of both classes are 2 long and at right angles: what is left is their distance.
    assert found.loss[0] == pytest.approx(8 / 256, rel=0.05)


def test_an_encoder_alone_is_taken_at_its_word(plain):
    inputs = plain.inputs(2, seed=1)
    found = invert_images(plain, plain.images_of(inputs), steps=0, restarts=4,
                          encoder=lambda images, training: np.full((len(images), 3), 0.25, np.float32))
    np.testing.assert_array_equal(found.inputs["latent"], np.full((2, 3), 0.25))
    assert found.restarts.tolist() == [0, 0]


def test_features_of_the_discriminator_join_the_loss(plain):
    target = plain.images_of({"latent": np.zeros((1, 3), np.float32)})
    options = {"steps": 0, "encoder": lambda images, training: np.float32([[1, 0, 0]])}
    alone = invert_images(plain, target, **options).loss[0]
    # The layer "features" of this discriminator holds the pixels themselves.
    assert invert_images(plain, target, feature_weight=3.0, **options).loss[0] == pytest.approx(4 * alone, rel=1e-5)


def test_a_discriminator_without_features_is_refused(plain):
    import keras

    sample = keras.Input((16, 16, 1), name="sample")
    blind = keras.Model(sample, keras.layers.Dense(1)(keras.layers.Flatten()(sample)))
    with pytest.raises(ConfigError, match="`--features` needs a discriminator that shows its features"):
        features_of(blind, plain)


def test_returned_features_are_taken(plain):
    import keras

    sample = keras.Input((16, 16, 1), name="sample")
    halved = keras.layers.AveragePooling2D(2)(sample)
    network = keras.Model(sample, {"logits": keras.layers.Dense(1)(halved), "features": [sample, halved]})
    found = features_of(network, plain)(np.zeros((2, 16, 16, 1), np.float32), {})
    assert [tuple(feature.shape) for feature in found] == [(2, 16, 16, 1), (2, 8, 8, 1)]


@pytest.mark.parametrize(("options", "message"), [
    ({"steps": 0}, "`--steps 0` is for `--encoder`"), ({"restarts": 0}, "restarts=0"),
    ({"label": "a"}, "`--label` is for conditional runs"), ({"text": "a cat"}, "`--text` is for runs that read captions")])
def test_bad_options_are_refused(plain, options, message):
    with pytest.raises(ConfigError, match=message):
        invert_images(plain, np.zeros((1, 16, 16, 1), np.uint8), **options)


def test_attributes_must_be_given(plain, hand_made):
    faces = hand_made(plain.gan, "runs/faces", labels=Labels(("smiling", "male"), attributes=True))
    with pytest.raises(ConfigError, match=r"Give those of the picture by `--label`, as in `--label smiling\+male`"):
        invert_images(faces, np.zeros((1, 16, 16, 1), np.uint8))


def test_captions_must_be_given(plain, hand_made):
    captioned = hand_made(plain.gan, "runs/birds")
    captioned.encode = None
    with pytest.raises(ConfigError, match="Give the picture's caption by `--text`"):
        invert_images(captioned, np.zeros((1, 16, 16, 1), np.uint8))
