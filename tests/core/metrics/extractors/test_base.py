import numpy as np
import pytest

from gan_core.errors import DataError
from gan_core.metrics.extractors.base import Extractor, check_images, over_white, weights_hash

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 6, 6, 3), np.uint8)


class Means(Extractor):
    """The mean of each channel after resizing."""

    name, hash = "means", "00ff"

    def batch(self, images):
        return np.asarray(self.resized(images)).mean(axis=(1, 2))


def test_features_do_not_depend_on_the_batch_size():
    np.testing.assert_allclose(Means().features(IMAGES, 2), Means().features(IMAGES, 7), rtol=1e-6)


def test_a_stream_gives_the_features_of_each_batch():
    parts = list(Means().stream([IMAGES[:3], IMAGES[3:]]))
    assert [part.shape for part in parts] == [(3, 3), (4, 3)]


def test_the_identity_holds_size_rule_and_hash():
    extractor = Means()
    assert extractor.identity == "means/sha256:00ff"
    extractor.size, extractor.resize = (8, 4), "bilinear"
    assert extractor.identity == "means@8x4/bilinear/sha256:00ff"


def test_gray_becomes_three_equal_channels():
    features = Means().features(IMAGES[..., :1])
    np.testing.assert_array_equal(features[:, 0], features[:, 2])


def test_opacity_is_seen_over_white():
    clear = np.concatenate([IMAGES, np.full((7, 6, 6, 1), 51, np.uint8)], -1)
    expected = np.rint(255 - 0.2 * (255 - IMAGES.astype(np.float64)))
    np.testing.assert_array_equal(over_white(clear), expected)
    np.testing.assert_array_equal(Means().features(clear, 3), Means().features(expected.astype(np.uint8)))


def test_images_without_opacity_are_seen_as_they_are():
    assert over_white(IMAGES) is IMAGES


def test_colour_becomes_luminance_for_an_extractor_of_gray():
    extractor = Means()
    extractor.channels = 1
    expected = (IMAGES @ np.array([0.299, 0.587, 0.114])).mean(axis=(1, 2))
    np.testing.assert_allclose(extractor.features(IMAGES)[:, 0], expected, rtol=1e-5)


def test_antialiasing_shrinks_a_fine_checkerboard_to_gray():
    board = np.repeat((np.indices((64, 64)).sum(0) % 2 * 255).astype(np.uint8)[None, ..., None], 1, 0)
    extractor = Means()
    extractor.size, extractor.resize = 9, "bilinear-antialias"
    assert np.ptp(np.asarray(extractor.resized(board))[0, 1:-1, 1:-1]) < 20
    extractor.resize = "bilinear"
    assert np.ptp(np.asarray(extractor.resized(board))[0, 1:-1, 1:-1]) > 100


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (IMAGES.astype(np.float32), "float32"),
        (IMAGES[..., 0], r"\(7, 6, 6\)"),
        (np.zeros((2, 6, 6, 2), np.uint8), r"\(2, 6, 6, 2\)"),
        (IMAGES[:0], r"\(0, 6, 6, 3\)"),
        ([1, 2], "list"),
    ],
)
def test_anything_but_bytes_is_refused(images, message):
    with pytest.raises(DataError, match=f"takes uint8 images.*{message}"):
        check_images(images)


def test_the_hash_sees_values_and_shapes():
    a = np.arange(6, dtype=np.float32)
    assert weights_hash([a]) == weights_hash([a.astype(np.float64)])
    assert len({weights_hash([a]), weights_hash([a + 1]), weights_hash([a.reshape(2, 3)]), weights_hash([a[:3], a[3:]])}) == 4
