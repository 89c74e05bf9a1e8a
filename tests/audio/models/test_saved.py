import zipfile

import keras
import numpy as np
import pytest

from gan_audio.enhancement.enhancer import Enhancer
from gan_audio.errors import CheckpointError
from gan_audio.models import network_size
from gan_audio.models.saved import ENTRY, ModelCard, load_generator, read_card, save_generator
from gan_audio.models.segan import generator_of

SIZE = network_size("segan-tiny", filters=(4, 6), latent_channels=3, window=64, kernel=5, skip="conv", upsample="nearest")
CARD = ModelCard(SIZE, 8000, 0.9, "segan-tiny", 12)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    keras.utils.set_random_seed(0)
    generator = generator_of(SIZE)
    return generator, save_generator(tmp_path_factory.mktemp("model") / "model.keras", generator, CARD)


def test_a_generator_comes_back_with_its_values(saved):
    generator, path = saved
    again, _ = load_generator(path)
    inputs = {"noisy": np.full((1, 128, 1), 0.1, np.float32), "latent": np.ones((1, 8, 3), np.float32)}
    np.testing.assert_array_equal(again(inputs), generator(inputs))


def test_a_card_comes_back_whole(saved):
    card = read_card(saved[1])
    assert (card.size, card.sample_rate, card.preemphasis, card.recipe, card.step) == (SIZE, 8000, 0.9, "segan-tiny", 12)
    assert {"gan-audio", "tensorflow", "keras"} <= card.versions.keys()


def test_an_enhancer_takes_rate_window_and_emphasis_from_the_file(saved):
    enhancer = Enhancer.load(saved[1], mode="concat")
    assert (enhancer.sample_rate, enhancer.preemphasis, enhancer.shape.window, enhancer.mode) == (8000, 0.9, 64, "concat")
    assert enhancer.enhance(np.zeros(1000), 8000).shape == (1000,)


@pytest.mark.parametrize(("options", "message"), [
    ({"sample_rate": 16_000}, "trained with sample_rate=8000. Received: sample_rate=16000"),
    ({"preemphasis": 0.95}, "trained with preemphasis=0.9. Received: preemphasis=0.95")])
def test_another_rate_or_coefficient_is_refused(saved, options, message):
    with pytest.raises(CheckpointError, match=message):
        load_generator(saved[1], **options)


def test_the_right_rate_and_coefficient_are_accepted(saved):
    assert load_generator(saved[1], sample_rate=8000, preemphasis=0.9)[1].step == 12


def _without_card(saved, path):
    saved[0].save(path)


def _other_schema(saved, path):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(ENTRY, '{"schema": 9, "versions": {"gan-audio": "9.0"}}')


def _no_weights(saved, path):
    with zipfile.ZipFile(saved[1]) as whole, zipfile.ZipFile(path, "w") as archive:
        archive.writestr(ENTRY, whole.read(ENTRY))


@pytest.mark.parametrize(("make", "message"), [
    (_without_card, f"{ENTRY} is missing"), (_other_schema, "another version of gan-audio.*9.0"),
    (_no_weights, "model.weights.h5 are missing"), (lambda saved, path: path.write_bytes(b"RIFF"), "is not a model file"),
    (lambda saved, path: None, "there is no such model file")])
def test_other_files_are_refused_by_name(saved, tmp_path, make, message):
    path = tmp_path / "other.keras"
    make(saved, path)
    with pytest.raises(CheckpointError, match=f"other.keras.*{message}"):
        load_generator(path)


def test_a_model_file_ends_in_keras(saved, tmp_path):
    with pytest.raises(CheckpointError, match=r"must end in \.keras"):
        save_generator(tmp_path / "model.h5", saved[0], CARD)
    assert not list(tmp_path.iterdir())


def test_a_blank_generator_has_the_layers_of_a_drawn_one_and_no_kernels():
    drawn, blank = generator_of(SIZE), generator_of(SIZE, blank=True)
    assert [variable.shape for variable in blank.variables] == [variable.shape for variable in drawn.variables]
    assert not np.any(blank.get_layer("encoder_1").kernel)
    assert np.any(drawn.get_layer("encoder_1").kernel)
