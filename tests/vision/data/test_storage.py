"""gan_vision.data.storage: memory below the limit, a committed cache entry above it."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gan_core.errors import DataError
from gan_vision.data.rejects import Reject
from gan_vision.data.storage import Filled, cache_folder, store_images

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 4, 5, 3), np.uint8)


class Source:
    """Counts how often it is decoded."""

    def __init__(self, images=IMAGES, labels=None, rejects=()):
        self.images, self.labels, self.rejects, self.runs = images, labels, list(rejects), 0

    def __call__(self, append):
        self.runs += 1
        for image in self.images:
            append(image)
        return Filled(self.labels, self.rejects, len(self.images) + len(self.rejects))


def store(source, cache=None, *, mark="1", limit=None, count=7, settings=None, accept=lambda filled: None):
    return store_images(source, count, (4, 5, 3), settings=settings or {"source": "x"}, fingerprint=lambda: mark,
                        accept=accept, cache=cache, memory_limit=limit)  # fmt: skip


def test_small_sets_stay_in_memory_and_write_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    stored = store(Source())
    assert not isinstance(stored.images, np.memmap)
    assert np.array_equal(stored.images, IMAGES)
    assert not (tmp_path / "user").exists()


def test_large_sets_go_to_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    stored = store(Source(), limit=IMAGES.nbytes - 1)
    assert isinstance(stored.images, np.memmap)
    assert np.array_equal(stored.images, IMAGES)
    assert (tmp_path / "user" / "gan-vision").is_dir()


def test_the_second_start_decodes_nothing(tmp_path):
    source = Source(labels=np.arange(7, dtype=np.int32), rejects=[Reject("a\nb.png", "empty")])
    store(source, tmp_path)
    stored = store(source, tmp_path)
    assert source.runs == 1
    assert np.array_equal(stored.images, IMAGES)
    assert stored.filled.labels.tolist() == list(range(7))
    assert stored.filled.rejects == [Reject("a\nb.png", "empty")]
    assert stored.filled.total == 8


def test_fewer_images_than_expected_are_no_problem(tmp_path):
    for cache in (None, tmp_path):
        assert store(Source(IMAGES[:3]), cache).images.shape == (3, 4, 5, 3)


def test_more_images_than_expected_are_no_problem(tmp_path):
    for cache in (None, tmp_path):
        assert np.array_equal(store(Source(), cache, count=0).images, IMAGES)


def test_other_settings_get_their_own_entry(tmp_path):
    store(Source(), tmp_path, settings={"size": 1})
    store(Source(), tmp_path, settings={"size": 2})
    assert len(list(tmp_path.iterdir())) == 2


def test_a_stale_entry_is_replaced(tmp_path):
    store(Source(), tmp_path, mark="1")
    stored = store(Source(IMAGES[::-1]), tmp_path, mark="2")
    assert np.array_equal(stored.images, IMAGES[::-1])
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("damage", [
    lambda entry: (entry / "images.npy").write_bytes((entry / "images.npy").read_bytes()[:-5]),
    lambda entry: (entry / "images.npy").unlink(),
    lambda entry: (entry / "labels.npy").write_bytes(b""),
    lambda entry: (entry / "entry.json").write_text("{"),
    lambda entry: (entry / "entry.json").write_text(json.dumps({"fingerprint": "1"})),
], ids=["truncated", "no images", "empty labels", "bad json", "missing keys"])  # fmt: skip
def test_a_damaged_entry_is_rebuilt(tmp_path, damage):
    source = Source(labels=np.arange(7, dtype=np.int32))
    store(source, tmp_path)
    damage(next(tmp_path.iterdir()))
    assert np.array_equal(store(source, tmp_path).images, IMAGES)
    assert source.runs == 2


def test_an_interrupted_run_leaves_no_entry(tmp_path):
    def interrupted(append):
        append(IMAGES[0])
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store(interrupted, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_after_a_day(tmp_path):
    for name, age in ((".old.tmp", 2 * 86_400), (".young.tmp", 60)):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (time.time() - age,) * 2)
    store(Source(), tmp_path)
    assert not (tmp_path / ".old.tmp").exists()
    assert (tmp_path / ".young.tmp").exists()


def test_a_refused_set_is_not_kept(tmp_path):
    def refuse(filled):
        raise DataError("too many rejects")

    with pytest.raises(DataError, match="too many rejects"):
        store(Source(), tmp_path, accept=refuse)
    assert list(tmp_path.iterdir()) == []


def test_starts_at_the_same_time_do_not_disturb_each_other(tmp_path):
    store(Source(IMAGES[::-1]), tmp_path, mark="stale")
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: store(Source(), tmp_path, limit=0).images, range(24)))
    assert all(np.array_equal(images, IMAGES) for images in results)
    assert len(list(tmp_path.iterdir())) == 1


def test_a_full_disk_is_named_before_anything_is_written(tmp_path):
    count = shutil.disk_usage(tmp_path).free // 60 * 2
    with pytest.raises(DataError, match=r"cannot write decoded images to the cache .*only .* GB are free.* `cache`"):
        store(Source(), tmp_path, count=count)


def test_a_cache_that_cannot_be_a_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write decoded images to the cache .*file"):
        store(Source(), tmp_path / "file")


def test_the_file_is_a_plain_npy(tmp_path):
    store(Source(), tmp_path)
    path = next(tmp_path.iterdir()) / "images.npy"
    assert np.array_equal(np.load(path, allow_pickle=False), IMAGES)


def test_the_cache_folder_has_a_default_without_a_home(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder(None).name == "gan-vision"
