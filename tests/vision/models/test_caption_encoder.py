"""gan_vision.models.caption_encoder: vectors of captions that depend on words and their order."""

import numpy as np
import pytest

from gan_core.testing import check_network
from gan_vision.data.word_codes import WordCodes
from gan_vision.models.caption_encoder import CaptionEncoder, build_picture_encoder


@pytest.fixture(scope="module")
def encode():
    encoder, words = CaptionEncoder(words=8, runs=6, buckets=512, size=12, width=8), WordCodes(8, 6, 512)
    return lambda *texts: np.asarray(encoder(words.codes(texts)))


def test_vectors_have_mean_square_one(encode):
    assert np.mean(encode("a red circle", "blue")**2, axis=1) == pytest.approx(1, abs=1e-5)


def test_the_order_of_words_counts(encode):
    swapped = encode("red circle, green border", "green circle, red border")
    assert np.abs(swapped[0] - swapped[1]).max() > 1e-3


def test_a_caption_alone_and_among_others_has_the_same_vector(encode):
    assert encode("red circle")[0] == pytest.approx(encode("a much longer caption of words", "red circle")[1], abs=1e-6)


def test_an_empty_caption_is_finite(encode):
    assert np.isfinite(encode("", "red")).all()


def test_the_picture_encoder_keeps_the_contract():
    check_network(lambda: build_picture_encoder(16, 1, width=8, vector=5), inputs={"sample": (16, 16, 1)}, output=(5,))


def test_settings_survive_the_config():
    encoder = CaptionEncoder(words=8, runs=6, buckets=512, size=12, width=8)
    again = CaptionEncoder.from_config(encoder.get_config())
    assert [weight.shape for weight in again.weights] == [weight.shape for weight in encoder.weights]
