"""Sheets and scores of a translation follow the size of the generator."""

from types import SimpleNamespace

import keras
import numpy as np
import pytest
from PIL import Image

import gan_core as core
from gan_vision.data import Columns, Examples, Photo
from gan_vision.training.translation import TranslationScores, TranslationSheets, at_size, size_of


@pytest.fixture
def examples():
    draw = np.random.default_rng(0)
    values = draw.integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    return Examples(Columns({"source": values, "real": values}), {"source": Photo(3), "real": Photo(3)})


def copying(size):
    """A game whose generator gives back what it reads."""
    source = keras.Input((size, size, 3), name="source")
    kernel = np.eye(3, dtype="float32")[None, None]
    generator = keras.Model(source, keras.layers.Conv2D(3, 1, use_bias=False,
                                                        kernel_initializer=lambda *_, **__: kernel)(source))
    return core.GAN(generator, core.build_spectator((None, None, 3)), core.Objective(core.NonSaturating()), core.NoLatent())


@pytest.mark.parametrize("size", [32, 16])
def test_a_perfect_translation_has_perfect_scores_at_any_size(examples, size):
    gan = copying(size)
    assert size_of(gan) == (size, size)
    scores = TranslationScores(examples, (-1, 1))(gan)
    assert scores["l1"] == 0
    assert scores["psnr"] == 100
    assert scores["ssim"] == pytest.approx(1)
    assert scores["kid"] <= 1e-6


def test_small_pictures_have_no_structural_similarity(examples):
    assert "ssim" not in TranslationScores(examples, (-1, 1))(copying(8))


def test_a_strip_is_input_output_and_target(examples, tmp_path):
    pictures = []
    record = SimpleNamespace(image=lambda step, name, picture: pictures.append(picture))
    folder = SimpleNamespace(samples=tmp_path)
    TranslationSheets(examples, (-1, 1))(copying(32), 0, folder, record)
    strip = np.asarray(Image.open(tmp_path / "step-000000000.png"))
    assert (tmp_path / "real.png").is_file()
    assert len(pictures) == 1
    scale = 2  # small pictures are enlarged
    first = strip[8:8 + 64, 8:8 + scale * (3 * 32 + 4)]
    parts = [first[:, scale * (34 * number):scale * (34 * number + 32)] for number in range(3)]
    np.testing.assert_array_equal(parts[0], parts[2])
    assert np.abs(parts[0].astype(int) - parts[1]).max() <= 1


def test_examples_of_the_size_are_left_as_they_are(examples):
    assert at_size(examples, (32, 32)) is examples
    assert at_size(examples, (8, 16)).image_shape == (8, 16, 3)
