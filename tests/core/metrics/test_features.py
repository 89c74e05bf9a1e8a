import tracemalloc

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.features import (
    FeatureSet,
    Reservoir,
    check_same_extractor,
    choose_images,
    extract_features,
    fingerprint_of,
)
from gan_core.metrics.functional import Moments
from gan_core.metrics.image_source import open_images


def parts(images, size=7):
    return (images[start:start + size] for start in range(0, len(images), size))


def test_arrays_batches_and_files_give_the_same(blocks, make_images, tmp_path):
    images = make_images(30, 0)
    np.save(tmp_path / "images.npy", images)
    found = [extract_features(source, blocks, batch_size=7) for source in
             (images, parts(images), list(parts(images)), open_images(tmp_path / "images.npy"))]
    for other in found[1:]:
        np.testing.assert_array_equal(other.features, found[0].features)
        assert other.fingerprint == found[0].fingerprint
        assert other.count == 30


def test_within_the_limit_every_row_is_kept(blocks, make_images):
    found = extract_features(make_images(30, 0), blocks)
    assert found.complete
    assert found.moments is None
    np.testing.assert_array_equal(found.features, blocks.features(make_images(30, 0)))


def test_beyond_the_limit_moments_are_those_of_all_and_rows_a_choice(blocks, make_images):
    images = make_images(200, 0)
    found = extract_features(images, blocks, batch_size=16, feature_bytes=50 * 16 * 4)
    everything = blocks.features(images)
    assert found.features.shape == (50, 16)
    assert not found.complete
    np.testing.assert_allclose(found.moments.mean, everything.mean(0, dtype=np.float64), rtol=1e-9)
    np.testing.assert_allclose(found.moments.covariance, np.cov(everything.astype(np.float64), rowvar=False), rtol=1e-9)
    assert found.moments.count == found.count == 200
    rows = {row.tobytes() for row in everything}
    assert all(row.tobytes() in rows for row in found.features)


def test_logits_are_of_the_rows_that_were_kept(block_classifier, make_images):
    found = extract_features(make_images(200, 0), block_classifier, batch_size=16, feature_bytes=50 * 16 * 4)
    np.testing.assert_array_equal(found.logits, found.features[:, :4])


def test_memory_does_not_grow_with_the_number_of_images(blocks, make_images):
    batch = make_images(100, 0)

    def peak(batches):
        tracemalloc.start()
        extract_features((batch for _ in range(batches)), blocks, feature_bytes=1000 * 16 * 4)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(20)
    assert peak(400) < 1.2 * peak(60)


def test_the_fingerprint_sees_one_changed_pixel_and_the_shape(make_images):
    images = make_images(20, 0)
    changed = images.copy()
    changed[13, 5, 5, 0] ^= 1
    assert len({fingerprint_of(images), fingerprint_of(changed), fingerprint_of(images.reshape(20, 6, 24, 1)),
                fingerprint_of(images[:19])}) == 4


def test_an_iterator_has_no_fingerprint_and_is_not_consumed(make_images):
    batches = parts(make_images(20, 0))
    assert fingerprint_of(batches) is None
    assert sum(map(len, batches)) == 20


def test_features_of_two_extractors_are_refused(blocks, make_images):
    first = extract_features(make_images(5, 0), blocks)
    blocks.hash = "ffff"
    with pytest.raises(ConfigError, match=r"unlike extractors.*hash: '0123456789abcdef' against 'ffff'"):
        check_same_extractor(first, extract_features(make_images(5, 0), blocks))


def test_chosen_images_are_different_ones_of_the_set(make_images):
    images = make_images(50, 0)
    for source in (images, list(parts(images))):
        chosen = choose_images(source, 20, seed=1)
        rows = {image.tobytes() for image in images}
        assert len({image.tobytes() for image in chosen} & rows) == 20


def test_fewer_images_than_asked_for_are_all_taken(make_images):
    np.testing.assert_array_equal(choose_images(make_images(5, 0), 20), make_images(5, 0))


def test_advance_hears_of_every_image(blocks, make_images):
    heard = []
    extract_features(make_images(30, 0), blocks, batch_size=8, advance=heard.append)
    assert heard == [8, 8, 8, 6]


@pytest.mark.parametrize(("images", "message"), [
    (iter(()), "there are no images"),
    (np.zeros((0, 6, 6, 1), np.uint8), "takes uint8 images"),
    (np.zeros((3, 6, 6, 1)), "takes uint8 images"),
    ([np.zeros((3, 6, 6, 1), np.uint8), np.zeros((3, 9, 9, 1), np.uint8)], r"one shape. Found: \(9, 9, 1\) after"),
    (7, "Received: int"),
])
def test_images_that_cannot_be_used_are_refused(blocks, images, message):
    with pytest.raises(DataError, match=message):
        extract_features(images, blocks)


def test_features_that_are_not_finite_are_refused(blocks, make_images):
    blocks.batch = lambda images: np.full((len(images), 2), np.nan)
    with pytest.raises(DataError, match="`features of the images` must be finite"):
        extract_features(make_images(3, 0), blocks)


def test_options_out_of_range_are_refused(blocks, make_images):
    with pytest.raises(ConfigError, match="batch_size=0"):
        extract_features(make_images(3, 0), blocks, batch_size=0)


def test_moments_are_only_needed_beyond_the_limit():
    assert FeatureSet(np.zeros((2, 1)), 2, None, None, None, (1, 1, 1), "", "", "", "").complete
    assert not FeatureSet(np.zeros((2, 1)), 3, Moments(1), None, None, (1, 1, 1), "", "", "", "").complete


def filled(capacity, rows, batch, seed=0):
    reservoir = Reservoir(capacity, seed)
    for start in range(0, len(rows), batch):
        reservoir.add(rows[start:start + batch])
    return reservoir


@pytest.mark.parametrize("batch", [1, 7, 100])
def test_everything_is_kept_in_order_while_there_is_room(batch):
    rows = np.random.default_rng(0).normal(size=(100, 3))
    reservoir = filled(100, rows, batch)
    np.testing.assert_array_equal(reservoir.rows, rows)
    assert reservoir.complete


def test_of_more_rows_as_many_as_fit_are_kept_each_once():
    kept = filled(10, np.arange(1000), 33)
    assert len(set(kept.rows.tolist())) == 10
    assert kept.seen == 1000
    assert not kept.complete


def test_every_row_has_the_same_chance():
    counts = np.zeros(40)
    for seed in range(2000):
        counts[filled(10, np.arange(40), 7, seed).rows] += 1
    assert np.abs(counts - 500).max() < 5 * np.sqrt(2000 * 0.25 * 0.75)


def test_the_choice_depends_on_the_seed_alone_and_not_on_the_batches():
    rows = np.arange(500)
    np.testing.assert_array_equal(filled(20, rows, 500, 3).rows, filled(20, rows, 11, 3).rows)
    assert set(filled(20, rows, 500, 3).rows) != set(filled(20, rows, 500, 4).rows)


def test_memory_stays_at_the_capacity():
    reservoir = filled(50, np.zeros((5000, 4), np.float32), 100)
    assert reservoir._kept.nbytes == 50 * 4 * 4


def test_a_choice_of_pictures_with_opacity_is_over_white():
    clear = np.zeros((9, 2, 2, 4), np.uint8) + np.uint8([0, 0, 0, 51])
    for images in (clear, iter([clear[:5], clear[5:]])):
        found = choose_images(images, 4)
        assert found.shape == (4, 2, 2, 3)
        assert (found == 204).all()
