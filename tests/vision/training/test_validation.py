"""gan_vision.training.validation: KID against held-out images while a run trains."""

import numpy as np

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


def test_the_scored_images_are_a_function_of_the_seed():
    def scored(seed):
        return KidAgainst(sorted_by_class(500), (-1, 1), extractor=Brightness(), count=50, seed=seed).real

    assert np.array_equal(scored(1), scored(1))
    assert not np.array_equal(scored(1), scored(2))


def test_no_more_images_than_are_scored_keep_their_order():
    held_out = sorted_by_class(50)
    scored = KidAgainst(held_out, (-1, 1), extractor=Brightness(), count=50, seed=3)
    assert np.array_equal(scored.real.ravel(), held_out.labels)
