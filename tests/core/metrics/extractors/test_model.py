import keras
import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.extractors import CallableExtractor, keras_extractor

IMAGES = np.random.default_rng(0).integers(0, 256, (5, 8, 8, 3), np.uint8)


def build(shape=(4, 4, 3), outputs=None):
    image = keras.Input(shape)
    x = keras.layers.Flatten()(keras.layers.Conv2D(2, 1)(image)) if None not in shape else \
        keras.layers.GlobalAveragePooling2D()(image)
    if outputs == "logits":
        return keras.Model(image, {"features": x, "logits": keras.layers.Dense(3)(x)})
    return keras.Model(image, {outputs: x} if outputs else x)


def test_a_function_gets_the_bytes_and_may_return_any_shape():
    extractor = CallableExtractor(lambda images: images[:, :2, :2, :1], "corner")
    np.testing.assert_array_equal(extractor.features(IMAGES), IMAGES[:, :2, :2, 0].reshape(5, 4))
    assert extractor.dimension == 4


def test_a_function_without_a_hash_says_so_with_every_score():
    assert "no hash" in CallableExtractor(lambda images: images, "mine").caveat
    assert CallableExtractor(lambda images: images, "mine", hash="ab").caveat == ""


def test_a_function_gets_resized_bytes_if_asked():
    seen = []
    CallableExtractor(lambda images: seen.append(images) or images, "mine", size=4).features(IMAGES)
    assert seen[0].shape == (5, 4, 4, 3)
    assert seen[0].dtype == np.uint8


def test_a_model_gets_its_value_range():
    image = keras.Input((2, 2, 1))
    model = keras.Model(image, keras.layers.Flatten()(image))
    extractor = CallableExtractor(model, "flat", value_range=(0, 2))
    np.testing.assert_allclose(extractor.features(np.array([[[[0], [255]], [[51], [0]]]], np.uint8)), [[0, 2, 0.4, 0]],
                               atol=1e-6)


def test_the_identity_of_a_model_follows_its_weights():
    model = build()
    before = CallableExtractor(model, "mine").identity
    model.set_weights([weight + 1 for weight in model.get_weights()])
    assert CallableExtractor(model, "mine").identity != before


def test_wrong_rows_are_refused():
    with pytest.raises(DataError, match=r"one row per image. Received: shape \(3,\) for 5 images"):
        CallableExtractor(lambda images: np.zeros(3), "mine").features(IMAGES)


def test_a_saved_model_takes_size_and_channels_from_its_input(tmp_path):
    build((4, 6, 1)).save(tmp_path / "mine.keras")
    extractor = keras_extractor(tmp_path / "mine.keras")
    assert extractor.features(IMAGES).shape == (5, 48)
    assert extractor.label == "keras:mine[-1,1]@4x6"
    assert len(extractor.hash) == 16


def test_a_saved_model_of_any_size_takes_the_size_asked_for(tmp_path):
    build((None, None, 3)).save(tmp_path / "mine.keras")
    assert keras_extractor(tmp_path / "mine.keras").size is None
    assert keras_extractor(tmp_path / "mine.keras", size=5).size == 5


def test_a_model_with_logits_is_a_classifier(tmp_path):
    build(outputs="logits").save(tmp_path / "mine.keras")
    extractor = keras_extractor(tmp_path / "mine.keras")
    assert extractor.is_classifier
    assert extractor.logits(IMAGES).shape == (5, 3)
    assert not CallableExtractor(build(), "mine").is_classifier


def test_outputs_without_features_are_refused(tmp_path):
    extractor = CallableExtractor(build(outputs="code"), "mine", size=4)
    with pytest.raises(DataError, match=r'must return "features".*Received: \'code\''):
        extractor.features(IMAGES)


@pytest.mark.parametrize(("name", "content", "message"), [
    ("absent.keras", None, "does not exist"),
    ("text.keras", b"hello", "no Keras model that can be read"),
])
def test_a_file_that_is_no_model_is_named(tmp_path, name, content, message):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataError, match=f"{name}.*{message}"):
        keras_extractor(tmp_path / name)


def test_a_model_of_vectors_is_refused(tmp_path):
    vector = keras.Input((3,))
    keras.Model(vector, keras.layers.Dense(1)(vector)).save(tmp_path / "mine.keras")
    with pytest.raises(DataError, match=r"must take images.*Found: \(None, 3\)"):
        keras_extractor(tmp_path / "mine.keras")


def test_a_file_with_code_of_its_own_is_refused(tmp_path):
    image = keras.Input((2, 2, 1))
    keras.Model(image, keras.layers.Lambda(lambda x: x + 1)(image)).save(tmp_path / "code.keras")
    with pytest.raises(DataError, match=r"keras\.layers\.Lambda in the layer 'lambda.*' is not allowed"):
        keras_extractor(tmp_path / "code.keras")
