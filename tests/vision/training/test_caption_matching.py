"""gan_vision.training.caption_matching: encoders learn which caption belongs to which picture."""

import numpy as np
import pytest
import tensorflow as tf

from gan_vision.data.coded_captions import with_codes
from gan_vision.data.shapes import make_shapes
from gan_vision.models.caption_encoder import CaptionEncoder, build_picture_encoder
from gan_vision.training.caption_matching import CaptionMatching, matching_loss, retrieved


def test_the_loss_is_the_mean_of_both_cross_entropies():
    """Cosines of 1 and 0, times 14: each row and column says log(1 + e^-14) or, wrongly matched, 14 more."""
    vectors, codes = np.float32(np.sqrt(2)) * np.eye(2, dtype=np.float32), tf.constant([[1], [2]])
    right, wrong = float(matching_loss(vectors, vectors, codes)), float(matching_loss(vectors, vectors[::-1], codes))
    assert right == pytest.approx(np.log1p(np.exp(-14)), abs=1e-6)
    assert wrong == pytest.approx(14 + np.log1p(np.exp(-14)), rel=1e-5)


def test_equal_captions_are_equally_right():
    vectors = np.float32(np.sqrt(2)) * np.array([[1, 0], [1, 0]], np.float32)
    assert float(matching_loss(vectors, vectors, tf.constant([[7], [7]]))) == pytest.approx(np.log(2), rel=1e-6)


def test_a_picture_finds_its_caption_or_an_equal_one():
    texts, pictures = np.eye(3), np.eye(3)[[0, 2, 2]]
    assert retrieved(texts, pictures, ["a", "b", "c"]) == pytest.approx(2 / 3)
    assert retrieved(texts, pictures, ["a", "b", "b"]) == 1


def taught(seed=0, steps=60):
    import keras

    keras.utils.set_random_seed(1)
    encoder, pictures = CaptionEncoder(width=32, size=32), build_picture_encoder(16, width=8, vector=32)
    shapes = make_shapes(256, size=16)
    train, held_out = with_codes(shapes, encoder).split()
    matching = CaptionMatching(encoder, pictures, train, held_out, (-1, 1), steps=steps, seed=seed)
    matching()
    found = held_out.gather(np.arange(len(held_out)), ("real", "text"))
    texts = np.asarray(encoder(found["text"][:, 0]))
    images = np.asarray(pictures(found["real"] / 127.5 - 1.0))
    return retrieved(texts, images, [code.tobytes() for code in found["text"][:, 0]]), encoder.get_weights()


@pytest.mark.slow
def test_held_out_pictures_find_their_captions_and_the_same_seed_gives_the_same_weights():
    found, weights = taught()
    assert found > 0.2  # by chance 0.04
    _, again = taught()
    assert all(np.array_equal(one, other) for one, other in zip(weights, again, strict=True))
