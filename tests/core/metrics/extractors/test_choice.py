import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors import Encoder, RandomConvolution, check_extractor, extractor_by_name


def test_random_takes_a_seed():
    assert extractor_by_name("random").identity == RandomConvolution(0).identity
    assert extractor_by_name("random:7").identity == RandomConvolution(7).identity


def test_images_are_not_asked_for_unless_they_are_needed():
    extractor_by_name("random", images=lambda: pytest.fail("asked"))


def test_an_encoder_is_trained_once_and_found_again(bars, tmp_path):
    images, labels = bars[0][:20], bars[1][:20]
    said = []
    first = extractor_by_name("encoder", images=lambda: images, labels=labels, folder=tmp_path, say=said.append)
    assert any("training an encoder on 20 images, by its labels" in text for text in said)
    said.clear()
    second = extractor_by_name("encoder", images=images, labels=labels, folder=tmp_path, say=said.append)
    assert said == []
    assert second.identity == first.identity


def test_one_changed_image_asks_for_another_encoder(bars, tmp_path):
    images = bars[0][:20].copy()
    extractor_by_name("encoder", images=images, folder=tmp_path)
    images[3, 0, 0] ^= 1
    extractor_by_name("encoder", images=images, folder=tmp_path)
    assert len(list(tmp_path.glob("encoder-*.keras"))) == 2


def test_a_kept_encoder_that_cannot_be_read_is_trained_anew(bars, tmp_path):
    images, said = bars[0][:20], []
    extractor_by_name("encoder", images=images, folder=tmp_path)
    next(tmp_path.glob("*.keras")).write_bytes(b"")
    extractor_by_name("encoder", images=images, folder=tmp_path, say=said.append)
    assert "Training it anew." in said[0]
    assert Encoder.load(next(tmp_path.glob("*.keras")))


def test_an_encoder_is_read_from_a_file(bars, tmp_path):
    path = extractor_by_name("encoder", images=bars[0][:20]).save(tmp_path / "mine.keras")
    assert extractor_by_name(f"encoder:{path}").identity == Encoder.load(path).identity


def test_keras_takes_a_file_and_a_size(tmp_path):
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.GlobalMaxPooling2D()(image)).save(tmp_path / "mine.keras")
    extractor = extractor_by_name(f"keras:{tmp_path / 'mine.keras'}@6")
    assert extractor.size == 6
    assert extractor.features(np.zeros((2, 3, 3, 3), np.uint8)).shape == (2, 3)


@pytest.mark.parametrize(("name", "error", "message"), [
    ("encodr", ConfigError, "unknown extractor. Received: 'encodr'. Did you mean 'encoder'?"),
    ("random:x", ConfigError, "takes a seed. Received: 'random:x'"),
    ("inception", ConfigError, "`inception` needs a file.*Write inception:WEIGHTS"),
    ("keras:", ConfigError, "`keras` needs a file"),
    ("inception:absent.h5@75", DataError, "absent.h5 does not exist"),
    ("keras:absent.keras", DataError, "absent.keras does not exist"),
    ("encoder:absent.keras", DataError, "absent.keras is no encoder"),
    ("encoder", DataError, "must be trained on real images. Received: none"),
])
def test_names_that_mean_nothing_are_refused(name, error, message):
    with pytest.raises(error, match=message.replace("?", r"\?")):
        extractor_by_name(name)


@pytest.mark.parametrize(("name", "error", "message"), [
    ("encodr", ConfigError, "unknown extractor. Received: 'encodr'"),
    ("random:x", ConfigError, "takes a seed. Received: 'random:x'"),
    ("inception", ConfigError, "`inception` needs a file"),
    ("inception:absent.h5@75", DataError, "the file absent.h5 of the extractor 'inception' does not exist: pass the path of one that does, or use `--extractor random`, which needs none."),
    ("keras:absent.keras", DataError, "the file absent.keras of the extractor 'keras' does not exist"),
    ("encoder:absent.keras", DataError, "the file absent.keras of the extractor 'encoder' does not exist"),
])
def test_what_a_name_alone_shows_to_be_wrong_can_be_asked_before_anything_is_loaded(name, error, message):
    with pytest.raises(error, match=message):
        check_extractor(name)


@pytest.mark.parametrize(("name", "size"), [("inception:w.h5", 299), ("inception:w.h5@75", 75), ("inception:a@b.h5@80", 80)])
def test_inception_has_the_size_of_the_name_or_its_own(name, size, monkeypatch):
    monkeypatch.setattr("gan_core.metrics.extractors.inception.KerasInceptionV3", lambda path, size: (path, size))
    assert extractor_by_name(name) == (name.removeprefix("inception:").removesuffix(f"@{size}"), size)


def test_files_that_exist_are_not_opened(tmp_path):
    (tmp_path / "w@75.h5").touch()
    for name in ("random", "random:3", "encoder", f"inception:{tmp_path}/w@75.h5@75", f"keras:{tmp_path}/w@75.h5"):
        check_extractor(name)


def test_a_home_directory_is_expanded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "w.h5").touch()
    check_extractor("inception:~/w.h5@75")
