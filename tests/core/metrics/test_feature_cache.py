import dataclasses

import numpy as np
import pytest

from gan_core.metrics.feature_cache import FeatureCache
from gan_core.metrics.features import extract_features, fingerprint_of


@pytest.mark.parametrize("limit", [1 << 20, 40 * 16 * 4])
def test_what_was_stored_comes_back_complete(block_classifier, make_images, tmp_path, limit):
    found = extract_features(make_images(60, 0), block_classifier, feature_bytes=limit)
    cache = FeatureCache(tmp_path / "cache")
    cache.store("key", found)
    back = cache.load("key")
    for field in dataclasses.fields(found):
        ours, theirs = getattr(found, field.name), getattr(back, field.name)
        if field.name == "moments" and ours is not None:
            np.testing.assert_array_equal(theirs.covariance, ours.covariance)
            np.testing.assert_array_equal(theirs.mean, ours.mean)
        else:
            np.testing.assert_array_equal(theirs, ours)


def test_the_key_follows_images_extractor_and_settings(blocks, make_images):
    cache, images = FeatureCache("unused"), make_images(10, 0)
    keys = {cache.key(fingerprint_of(images), blocks, seed=0), cache.key(fingerprint_of(images[:9]), blocks, seed=0),
            cache.key(fingerprint_of(images), blocks, seed=1)}
    blocks.hash = "ff"
    keys.add(cache.key(fingerprint_of(images), blocks, seed=0))
    assert len(keys) == 4


def test_an_extractor_without_a_hash_is_never_cached(blocks, make_images, tmp_path):
    blocks.hash = ""
    cache = FeatureCache(tmp_path)
    key = cache.key("fingerprint", blocks)
    cache.store(key, extract_features(make_images(3, 0), blocks))
    assert key is None
    assert cache.load(key) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut short", None])
def test_a_damaged_entry_counts_as_absent(blocks, make_images, tmp_path, content):
    cache = FeatureCache(tmp_path)
    cache.store("key", extract_features(make_images(30, 0), blocks))
    whole = (tmp_path / "key.npz").read_bytes()
    (tmp_path / "key.npz").write_bytes(whole[:len(whole) // 2] if content is None else content)
    assert cache.load("key") is None


def test_an_entry_with_python_objects_is_not_loaded(tmp_path):
    np.savez(tmp_path / "key.npz", texts=np.array([{"count": 3}], dtype=object))
    assert FeatureCache(tmp_path).load("key") is None


def test_a_folder_that_cannot_be_written_costs_nothing_but_time(blocks, make_images, tmp_path):
    (tmp_path / "file").write_text("in the way")
    cache = FeatureCache(tmp_path / "file")
    cache.store("key", extract_features(make_images(3, 0), blocks))
    assert cache.load("key") is None


def test_the_default_folder_follows_the_users_setting(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert FeatureCache.default_folder() == tmp_path / "gan-core" / "features"
