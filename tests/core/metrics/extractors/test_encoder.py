import json

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors import Encoder, train_encoder


@pytest.fixture(scope="module")
def classifier(bars):
    said = []
    return train_encoder(*bars, epochs=12, say=said.append), said


def test_it_learns_classes_that_can_be_told_apart(classifier):
    assert classifier[0].accuracy >= 0.75
    assert classifier[0].is_classifier


def test_it_tells_the_accuracy_of_every_epoch(classifier):
    assert len(classifier[1]) == 12
    assert classifier[1][-1].endswith(f"{classifier[0].accuracy:.3f}")


def test_features_have_a_mean_variance_of_1_on_the_training_images(classifier, bars):
    assert classifier[0].features(bars[0]).var(axis=0).mean() == pytest.approx(1, abs=0.01)


def test_no_unit_decides_a_distance_because_it_is_silent_on_real_images(classifier, bars):
    """Dividing each unit by its own spread would multiply what silent units do on other images a thousandfold."""
    strange = np.random.default_rng(1).integers(0, 256, bars[0].shape, np.uint8)
    shares = (classifier[0].features(strange) ** 2).mean(axis=0)
    assert shares.max() < 0.5 * shares.sum()


def test_probabilities_sum_to_one_and_agree_with_the_labels(classifier, bars):
    probabilities = classifier[0].probabilities(bars[0], batch_size=32)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert np.mean(probabilities.argmax(1) == bars[1]) > 0.8


def test_without_labels_it_learns_rotations_and_has_no_classes(bars):
    encoder = train_encoder(bars[0], epochs=1)
    assert encoder.task == "rotations"
    assert encoder.logits(bars[0][:2]) is None
    with pytest.raises(ConfigError, match="no class probabilities"):
        encoder.probabilities(bars[0])


def test_it_comes_back_from_its_file(classifier, bars, tmp_path):
    encoder = Encoder.load(classifier[0].save(tmp_path / "new" / "encoder.keras"))
    assert encoder.identity == classifier[0].identity
    np.testing.assert_array_equal(encoder.features(bars[0]), classifier[0].features(bars[0]))
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == ["encoder.json", "encoder.keras"]


def test_other_weights_than_were_saved_are_refused(classifier, tmp_path):
    path = classifier[0].save(tmp_path / "encoder.keras")
    notes = json.loads(path.with_suffix(".json").read_text())
    path.with_suffix(".json").write_text(json.dumps({**notes, "hash": "0" * 16}))
    with pytest.raises(DataError, match=r"is damaged: found weights .*, expected 0000"):
        Encoder.load(path)


@pytest.mark.parametrize("break_it", [
    lambda path: path.unlink(),
    lambda path: path.write_bytes(path.read_bytes()[:100]),
    lambda path: path.with_suffix(".json").write_text("{}"),
    lambda path: path.with_suffix(".json").write_text("[]"),
])
def test_a_damaged_file_is_named(classifier, tmp_path, break_it):
    path = classifier[0].save(tmp_path / "encoder.keras")
    break_it(path)
    with pytest.raises(DataError, match=r"encoder\.keras is no encoder that can be read"):
        Encoder.load(path)


def test_a_file_without_its_notes_says_that_an_encoder_is_two_files(classifier, tmp_path):
    path = classifier[0].save(tmp_path / "encoder.keras")
    path.with_suffix(".json").unlink()
    with pytest.raises(DataError, match=r"encoder\.json is missing: an encoder is two files, and encoder\.keras is only "
                                        r"one of them\. Put the other beside it"):
        Encoder.load(path)


def test_training_is_repeatable(bars):
    first, second = (train_encoder(bars[0][:24], bars[1][:24], epochs=1, size=4) for _ in range(2))
    np.testing.assert_allclose(first.features(bars[0]), second.features(bars[0]), rtol=1e-3, atol=1e-3)


def test_few_images_still_train(bars):
    said = []
    untrained = train_encoder(bars[0][:20], bars[1][:20], epochs=1, size=4)
    trained = train_encoder(bars[0][:20], bars[1][:20], epochs=8, size=4, say=said.append)
    assert not np.allclose(untrained.model.get_weights()[0], trained.model.get_weights()[0])


def test_more_images_than_the_limit_are_drawn_at_random(bars):
    encoder = train_encoder(bars[0], bars[1], epochs=1, size=4, limit=20)
    assert encoder.features(bars[0]).shape == (80, 128)


def test_the_global_random_state_stays_as_it_was(bars):
    np.random.seed(3)  # noqa: NPY002
    expected = np.random.get_state()[1].copy()  # noqa: NPY002
    train_encoder(bars[0][:20], epochs=1, size=4)
    np.testing.assert_array_equal(np.random.get_state()[1], expected)  # noqa: NPY002


@pytest.mark.parametrize(
    ("count", "labels", "options", "error", "message"),
    [
        (19, None, {}, DataError, "at least 20 images. Received: 19"),
        (30, np.zeros(30, int), {}, DataError, "at least two classes. Received: one"),
        (30, np.arange(29), {}, DataError, r"one class id per image. Received: int64 \(29,\) for 30"),
        (30, np.zeros((30, 5), np.float32), {}, DataError, "one class id per image"),
        (30, np.arange(30) - 1, {}, DataError, "`labels` must be 0 or more. Received: -1"),
        (30, None, {"epochs": 0}, ConfigError, "epochs=0"),
        (30, None, {"size": 2}, ConfigError, "size=2"),
        (30, None, {"limit": 5}, ConfigError, "limit=5"),
    ],
)
def test_what_cannot_be_learnt_from_is_refused(bars, count, labels, options, error, message):
    with pytest.raises(error, match=message):
        train_encoder(bars[0][:count], labels, **options)


def test_a_path_that_is_no_keras_file_is_refused(classifier, tmp_path):
    with pytest.raises(ConfigError, match=r"must end in \.keras"):
        classifier[0].save(tmp_path / "encoder.h5")
