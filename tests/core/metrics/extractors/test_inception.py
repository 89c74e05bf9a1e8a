import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors import KerasInceptionV3

IMAGES = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """Random weights of the network: real ones are no part of a test."""
    path = tmp_path_factory.mktemp("inception") / "notop.weights.h5"
    keras.utils.set_random_seed(0)
    keras.applications.InceptionV3(include_top=False, weights=None, input_shape=(75, 75, 3)).save_weights(path)
    return path


@pytest.mark.slow
def test_features_are_those_of_keras_network_and_do_not_follow_the_dtype_policy(weights):
    import tensorflow as tf

    reference = keras.applications.InceptionV3(include_top=False, weights=str(weights), pooling="avg",
                                               input_shape=(75, 75, 3))
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        extractor = KerasInceptionV3(weights, size=75)
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
    finally:
        keras.config.set_dtype_policy("float32")
    expected = reference(tf.image.resize(tf.cast(IMAGES, tf.float32), (75, 75)) / 127.5 - 1, training=False)
    np.testing.assert_allclose(extractor.features(IMAGES), expected, rtol=1e-4, atol=1e-5)
    assert extractor.dimension == expected.shape[1]
    assert extractor.identity.startswith("keras-inception-v3@75/bilinear/sha256:")


@pytest.mark.slow
def test_a_pinned_hash_is_compared_before_anything_is_loaded(weights):
    with pytest.raises(DataError, match=r"has another content: found sha256 [0-9a-f]{64}, expected 00"):
        KerasInceptionV3(weights, size=75, sha256="00")


@pytest.mark.slow
def test_weights_of_something_else_are_refused(tmp_path):
    image = keras.Input((4,))
    keras.Model(image, keras.layers.Dense(2)(image)).save_weights(tmp_path / "other.weights.h5")
    with pytest.raises(DataError, match=r"other\.weights\.h5 does not fit InceptionV3"):
        KerasInceptionV3(tmp_path / "other.weights.h5", size=75)


def test_a_missing_file_is_named_and_nothing_is_downloaded(tmp_path):
    with pytest.raises(DataError, match=r"notop\.h5 does not exist.*Download them once"):
        KerasInceptionV3(tmp_path / "notop.h5")


def test_images_below_what_the_network_takes_are_refused():
    with pytest.raises(ConfigError, match=r"`size` must be at least 75.*size=64"):
        KerasInceptionV3("any.h5", size=64)
