"""gan_vision.data.storage: memory below the limit, a committed cache entry above it."""

import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from gan_core.data.content_hash import content_hash
from gan_core.errors import DataError
from gan_vision.data import storage
from gan_vision.data.fields import Attributes, Captions, ClassLabel, InstanceIds, LabelMap, Photo, Vector
from gan_vision.data.rejects import Reject
from gan_vision.data.storage import Filled, cache_folder, store_examples

IMAGES = np.random.default_rng(0).integers(0, 256, (7, 4, 5, 3), np.uint8)
FIELDS = {"real": Photo(3), "label": ClassLabel()}


class Source:
    """Counts how often it is decoded."""

    def __init__(self, images=IMAGES, rejects=()):
        self.images, self.rejects, self.runs = images, list(rejects), 0

    def __call__(self, append):
        self.runs += 1
        for number, image in enumerate(self.images):
            append(real=image, label=number)
        return Filled(self.rejects, len(self.images) + len(self.rejects))


def store(source, cache=None, *, mark="1", limit=None, count=7, settings=None, accept=lambda filled: None, fields=FIELDS):
    return store_examples(source, count, fields, (4, 5), settings=settings or {"source": "x"}, fingerprint=lambda: mark,
                          accept=accept, cache=cache, memory_limit=limit)


def images_of(stored):
    return stored.source.field("real")


def test_small_sets_stay_in_memory_and_write_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    stored = store(Source())
    assert not isinstance(images_of(stored), np.memmap)
    assert np.array_equal(images_of(stored), IMAGES)
    assert not (tmp_path / "user").exists()


def test_large_sets_go_to_the_users_cache_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "user"))
    stored = store(Source(), limit=IMAGES.nbytes - 1)
    assert isinstance(images_of(stored), np.memmap)
    assert np.array_equal(images_of(stored), IMAGES)
    assert (tmp_path / "user" / "gan-vision").is_dir()


def test_the_second_start_decodes_nothing(tmp_path):
    source = Source(rejects=[Reject("a\nb.png", "empty")])
    store(source, tmp_path)
    stored = store(source, tmp_path)
    assert source.runs == 1
    assert np.array_equal(images_of(stored), IMAGES)
    assert stored.source.field("label").tolist() == list(range(7))
    assert stored.filled.rejects == [Reject("a\nb.png", "empty")]
    assert stored.filled.total == 8


def test_fewer_images_than_expected_are_no_problem(tmp_path):
    for cache in (None, tmp_path):
        assert images_of(store(Source(IMAGES[:3]), cache)).shape == (3, 4, 5, 3)


def test_more_images_than_expected_are_no_problem(tmp_path):
    for cache in (None, tmp_path):
        assert np.array_equal(images_of(store(Source(), cache, count=0)), IMAGES)


def test_other_settings_get_their_own_entry(tmp_path):
    store(Source(), tmp_path, settings={"size": 1})
    store(Source(), tmp_path, settings={"size": 2})
    assert len(list(tmp_path.iterdir())) == 2


def test_a_stale_entry_is_replaced(tmp_path):
    store(Source(), tmp_path, mark="1")
    stored = store(Source(IMAGES[::-1]), tmp_path, mark="2")
    assert np.array_equal(images_of(stored), IMAGES[::-1])
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("damage", [
    lambda entry: (entry / "real.npy").write_bytes((entry / "real.npy").read_bytes()[:-5]),
    lambda entry: (entry / "real.npy").unlink(),
    lambda entry: (entry / "label.npy").write_bytes(b""),
    lambda entry: (entry / "entry.json").write_text("{"),
    lambda entry: (entry / "entry.json").write_text(json.dumps({"fingerprint": "1"})),
], ids=["truncated", "no images", "empty labels", "bad json", "missing keys"])  # fmt: skip
def test_a_damaged_entry_is_rebuilt(tmp_path, damage):
    source = Source()
    store(source, tmp_path)
    damage(next(tmp_path.iterdir()))
    assert np.array_equal(images_of(store(source, tmp_path)), IMAGES)
    assert source.runs == 2


def test_an_interrupted_run_leaves_no_entry(tmp_path):
    def interrupted(append):
        append(real=IMAGES[0], label=0)
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
        results = list(pool.map(lambda _: images_of(store(Source(), tmp_path, limit=0)), range(24)))
    assert all(np.array_equal(images, IMAGES) for images in results)
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("comes_back", [True, False])
def test_an_entry_moved_aside_right_after_it_was_committed_is_waited_for(tmp_path, monkeypatch, comes_back):
    """Another start had found a stale entry, and moves away what is there by now; then it commits its own."""
    aside, replace = tmp_path / "aside", os.replace
    entries = tmp_path / "cache"

    def committed_and_moved(source, target):
        replace(source, target)
        if not aside.exists():
            replace(target, aside)
            moved.append(target)

    def other_commits(seconds):
        waited.append(seconds)
        if comes_back and aside.exists():
            replace(aside, moved[0])

    moved, waited = [], []
    monkeypatch.setattr(storage.os, "replace", committed_and_moved)
    monkeypatch.setattr(storage.time, "sleep", other_commits)
    if comes_back:
        assert np.array_equal(images_of(store(Source(), entries)), IMAGES)
        assert len(waited) == 1
        assert len(list(entries.iterdir())) == 1
    else:
        with pytest.raises(DataError, match="is being written by other processes"):
            store(Source(), entries)


def test_a_full_disk_is_named_before_anything_is_written(tmp_path):
    count = shutil.disk_usage(tmp_path).free // 64 * 2
    with pytest.raises(DataError, match=r"cannot write decoded images to the cache .*only .* GB are free.* `cache`"):
        store(Source(), tmp_path, count=count)


def test_a_cache_that_cannot_be_a_folder_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"cannot write decoded images to the cache .*file"):
        store(Source(), tmp_path / "file")


ALL_KINDS = {"real": Photo(4), "labels": LabelMap(300), "instances": InstanceIds(), "vector": Vector(2),
             "label": ClassLabel(("a", "b")), "traits": Attributes(3), "caption": Captions()}


def all_kinds(append):
    draw = np.random.default_rng(1)
    for number in range(5):
        append(real=draw.integers(0, 256, (4, 5, 4), np.uint8), labels=draw.integers(0, 300, (4, 5)).astype(np.uint16),
               instances=draw.integers(0, 2**16, (4, 5)).astype(np.uint16), vector=draw.normal(size=2), label=number % 2,
               traits=np.eye(3)[number % 3], caption=(f"bird\n{number} é", "bird"))
    return Filled([], 5)


@pytest.mark.parametrize("limit", [None, 0], ids=["in memory", "mapped"])
def test_every_kind_comes_back_from_the_cache_as_it_went_in(tmp_path, limit):
    expected = store(all_kinds, fields=ALL_KINDS, count=5).source
    for _ in range(2):
        found = store(all_kinds, tmp_path, fields=ALL_KINDS, count=5, limit=limit).source
        for name, kind in ALL_KINDS.items():
            assert np.array_equal(found.field(name), expected.field(name)), name
            assert isinstance(found.field(name), np.memmap) == (limit == 0 and kind.is_map)


def test_the_hash_of_the_content_is_kept_with_the_entry(tmp_path):
    store(all_kinds, tmp_path, fields=ALL_KINDS, count=5)
    (entry,) = tmp_path.iterdir()
    known = json.loads((entry / "entry.json").read_text())["content_hash"]
    assert known == store(all_kinds, fields=ALL_KINDS, count=5).source.content_hash
    assert known == content_hash({name: np.load(entry / f"{name}.npy") if name != "caption" else
                                  json.loads((entry / "caption.json").read_text()) for name in ALL_KINDS})


def test_a_cached_set_is_not_read_for_its_hash(tmp_path):
    store(Source(), tmp_path, limit=0)
    known = store(Source(), tmp_path, limit=0).source.content_hash
    path = next(tmp_path.iterdir()) / "real.npy"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert store(Source(), tmp_path, limit=0).source.content_hash == known


def test_values_that_their_kind_cannot_have_are_refused(tmp_path):
    def wrong(append):
        append(real=IMAGES[0], label=-1)

    for cache in (None, tmp_path):
        with pytest.raises(DataError, match=r"`label` of an example must be a class of .* Found: -1"):
            store(wrong, cache)
    assert list(tmp_path.iterdir()) == []


def test_the_file_is_a_plain_npy(tmp_path):
    store(Source(), tmp_path)
    path = next(tmp_path.iterdir()) / "real.npy"
    assert np.array_equal(np.load(path, allow_pickle=False), IMAGES)


def test_the_cache_folder_has_a_default_without_a_home(monkeypatch):
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    assert cache_folder(None).name == "gan-vision"
