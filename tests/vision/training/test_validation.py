"""gan_vision.training.validation: KID against held-out images while a run trains."""

import keras
import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.extractors import extractor_by_name
from gan_vision.data import Examples
from gan_vision.training.validation import KidAgainst


class Brightness:
    """Features that are the first pixel."""

    def features(self, images):
        return images[:, 0, 0, :].astype(np.float64)


def sorted_by_class(count):
    """Images filled with their class, 0 to 9, one class after another."""
    labels = np.arange(count) * 10 // count
    return Examples.of_images(labels.astype(np.uint8)[:, None, None, None].repeat(4, 1).repeat(4, 2), labels)


def test_of_more_images_than_are_scored_every_class_is_among_them():
    scored = KidAgainst(sorted_by_class(2000), (-1, 1), extractor=Brightness(), count=200)
    assert set(scored.real.ravel()) == set(range(10))


class Recorder:
    """A generator that keeps the conditions it is asked for, and makes pictures as bright as its label."""

    def __init__(self):
        self.asked = []

    def fixed_latent(self, count):
        return np.arange(count)[:, None]

    def generate(self, condition, count, *, latent, raw=False):
        self.asked.append((condition["label"], latent[:, 0]))
        return np.broadcast_to((condition["label"] / 127.5 - 1)[:, None, None, None], (count, 4, 4, 1))


def test_a_conditional_generator_is_asked_for_the_labels_of_the_scored_images():
    scored, gan = KidAgainst(sorted_by_class(2000), (-1, 1), extractor=Brightness(), count=200), Recorder()
    scored(gan)
    assert np.array_equal(np.concatenate([label for label, _ in gan.asked]), scored.real.ravel())
    assert np.array_equal(np.concatenate([latent for _, latent in gan.asked]), np.arange(200))


def test_a_generator_that_gives_back_what_it_was_asked_for_is_as_good_as_the_data():
    gan = Recorder()
    scored = KidAgainst(sorted_by_class(300), (-1, 1), extractor=Brightness(), count=300)
    assert scored(gan)["kid"] < 1e-6


def test_an_extractor_may_be_named_and_is_part_of_the_identity():
    scored = KidAgainst(sorted_by_class(20), (-1, 1), extractor="random:7", count=10)
    assert scored.identity == f"KID[{extractor_by_name('random:7').identity}/n=10/full]"
    assert np.array_equal(scored.real, extractor_by_name("random:7").features(scored.held_out.gather(scored.rows)["real"]))


def test_another_than_the_random_extractor_is_said_once(capsys):
    scored = KidAgainst(sorted_by_class(20), (-1, 1), extractor="random:7")
    assert capsys.readouterr().err == ""
    assert scored.real is scored.real
    assert capsys.readouterr().err == f"kid is measured with {extractor_by_name('random:7').identity}, against 20 held-out images\n"


def test_the_extractors_file_is_read_at_the_first_score():
    scored = KidAgainst(sorted_by_class(20), (-1, 1), extractor="keras:gone.keras")
    with pytest.raises(DataError, match=r"gone\.keras does not exist"):
        scored(Recorder())


def test_a_keras_model_from_a_file_measures(tmp_path):
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.GlobalAveragePooling2D()(image)).save(tmp_path / "mean.keras")
    scored = KidAgainst(sorted_by_class(100), (-1, 1), extractor=f"keras:{tmp_path / 'mean.keras'}@8", count=100)
    assert scored.identity.startswith("KID[keras:mean[-1,1]@8/bilinear-antialias/sha256:")
    assert scored(Recorder())["kid"] < 1e-6


def test_the_scored_images_are_a_function_of_the_seed():
    def scored(seed):
        return KidAgainst(sorted_by_class(500), (-1, 1), extractor=Brightness(), count=50, seed=seed).real

    assert np.array_equal(scored(1), scored(1))
    assert not np.array_equal(scored(1), scored(2))


def test_no_more_images_than_are_scored_keep_their_order():
    held_out = sorted_by_class(50)
    scored = KidAgainst(held_out, (-1, 1), extractor=Brightness(), count=50, seed=3)
    assert np.array_equal(scored.real.ravel(), held_out.labels)


def test_images_with_opacity_are_compared_as_they_look_over_white_and_the_identity_says_so():
    clear = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 4), np.uint8)
    seen = (255 - np.rint((255 - clear[..., :3].astype(float)) * (clear[..., 3:] / 255))).astype(np.uint8)
    scored, plain = (KidAgainst(Examples.of_images(images), (-1, 1), count=10) for images in (clear, seen))
    assert scored.identity == plain.identity.removesuffix("]") + "/over white]"
    assert np.abs(scored.real - plain.real).max() < 0.02  # up to the rounding of a byte
