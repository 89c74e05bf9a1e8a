"""Checkpoints: complete or absent, verified before use, assigned as a whole. Killed, cut, flipped and starved here."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections import namedtuple
from contextlib import contextmanager

import keras
import numpy as np
import pytest

from gan_core.errors import CheckpointError, DivergedError, RunError
from gan_core.run.checkpoint import MANIFEST, Checkpoints, size_in_words, verify, without_counters

DTYPES = ("float32", "float16", "bfloat16", "int64", "bool")


def variables_of(value, dtypes=("float32", "int64"), shape=(3, 4)):
    return [keras.Variable(np.full(shape, value), dtype=dtype, name=f"v_{dtype}") for dtype in dtypes]


def values_of(variables):
    return [np.asarray(variable.value).copy() for variable in variables]


@pytest.fixture
def store(tmp_path):
    return Checkpoints(tmp_path / "checkpoints")


@pytest.fixture
def saved(store):
    """A store with the steps 10 and 20, whose values are 1 and 2."""
    for step, value in ((10, 1), (20, 2)):
        store.save(step, variables_of(value), {"examples_seen": step * 16, "best_step": None, "config": {"a": 1e-4}})
    return store


class TestRoundTrip:
    def test_every_dtype_comes_back_exactly(self, store):
        store.save(5, variables_of(1, DTYPES), {})
        fresh = variables_of(0, DTYPES)
        store.restore(store.newest()[0], fresh)
        for variable in fresh:
            np.testing.assert_array_equal(np.asarray(variable.value), np.ones((3, 4)))

    def test_the_newest_step_is_taken(self, saved):
        found, complaints = saved.newest()
        assert (found.step, complaints) == (20, [])
        assert found.manifest["examples_seen"] == 320

    def test_a_given_step_is_taken(self, saved):
        assert saved.newest(10)[0].step == 10

    def test_a_copied_folder_is_as_good(self, saved, tmp_path):
        shutil.copytree(saved.folder, tmp_path / "copy")
        fresh = variables_of(0)
        copy = Checkpoints(tmp_path / "copy")
        copy.restore(copy.newest()[0], fresh)
        assert np.all(fresh[0].numpy() == 2)

    @pytest.mark.parametrize("name", ["br [x]", "a*", "why?", "back\\slash"])
    def test_a_folder_may_be_named_like_a_pattern(self, tmp_path, name):
        store, fresh = Checkpoints(tmp_path / name / "checkpoints"), variables_of(0)
        store.save(3, variables_of(2), {})
        store.restore(store.newest()[0], fresh)
        assert np.all(fresh[0].numpy() == 2)

    def test_saving_a_step_again_replaces_it(self, saved):
        saved.save(20, variables_of(7), {})
        fresh = variables_of(0)
        saved.restore(saved.newest()[0], fresh)
        assert np.all(fresh[0].numpy() == 7)

    def test_nothing_but_committed_checkpoints_is_left(self, saved):
        assert sorted(path.name for path in saved.folder.iterdir()) == ["step-000000010", "step-000000020"]


class TestPruning:
    @pytest.mark.parametrize(("keep", "best", "expected"), [
        (1, None, [50]), (2, None, [40, 50]), (2, 20, [20, 40, 50]), (2, 50, [40, 50]), (9, None, [10, 20, 30, 40, 50])])
    def test_the_newest_and_the_best_stay(self, store, keep, best, expected):
        store.keep = keep
        for step in (10, 20, 30, 40, 50):
            store.save(step, variables_of(step), {"best_step": best})
        assert store.steps() == expected

    def test_a_checkpoint_just_written_stays_even_behind_a_later_damaged_one(self, store):
        store.keep = 1
        store.save(30, variables_of(3), {})
        store.save(20, variables_of(2), {})
        assert 20 in store.steps()

    def test_foreign_files_are_neither_read_nor_removed(self, saved):
        for name in ("step-notes", "step-1.bak", "README"):
            (saved.folder / name).mkdir()
        saved.save(30, variables_of(3), {})
        assert saved.steps() == [20, 30]
        assert (saved.folder / "step-notes").is_dir()

    def test_sweeping_removes_only_half_written_ones(self, saved):
        (saved.folder / ".step-000000030.tmp").mkdir()
        saved.sweep()
        assert sorted(path.name for path in saved.folder.iterdir()) == ["step-000000010", "step-000000020"]


class TestRefusals:
    @pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
    @pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
    def test_values_that_are_not_finite_are_never_committed(self, saved, dtype, value):
        broken = keras.Variable([1.0, value], dtype=dtype, name="kernel")
        with pytest.raises(DivergedError, match="kernel is no longer finite at step 30; last good checkpoint: step 20"):
            saved.save(30, [broken], {})
        assert saved.steps() == [10, 20]
        assert len(list(saved.folder.iterdir())) == 2

    def test_too_little_space_is_refused_before_writing(self, saved, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(1500))
        with pytest.raises(RunError, match=r"cannot write the checkpoint .*step-000000030: only 1.5 kB free, the next "
                                           r"checkpoint needs \d+\.\d kB.*Earlier checkpoints are intact"):
            saved.save(30, variables_of(3), {})
        assert saved.newest()[0].step == 20

    def test_the_first_checkpoint_needs_no_estimate(self, store, monkeypatch):
        monkeypatch.setattr(shutil, "disk_usage", lambda _: namedtuple("Usage", "free")(0))
        store.save(1, variables_of(1), {})
        assert store.steps() == [1]

    @pytest.mark.parametrize("limit", [0, 500, 3000])
    def test_a_full_disk_leaves_the_earlier_checkpoint_and_no_litter(self, saved, limit):
        with file_size_limit(limit), pytest.raises(RunError) as caught:
            saved.save(30, variables_of(3, shape=(4096,)), {"filling": "x" * 5000})
        assert "cannot write the checkpoint" in str(caught.value)
        assert "are free. Earlier checkpoints are intact: make room, then `resume`" in str(caught.value)
        assert "\n" not in str(caught.value)
        assert sorted(path.name for path in saved.folder.iterdir()) == ["step-000000010", "step-000000020"]
        assert saved.newest()[0].step == 20

    def test_an_empty_store_says_how_to_go_on(self, store):
        with pytest.raises(CheckpointError, match=r"holds no checkpoint yet\. Continue the run with `resume`"):
            store.newest()


@contextmanager
def file_size_limit(size):
    """Writing beyond `size` bytes of any file fails with EFBIG, as on a full disk."""
    former = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, former[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, former)


class TestStructure:
    @pytest.mark.parametrize(("ours", "expected"), [
        (lambda: [variables_of(0)[0], keras.Variable(np.zeros((3, 5)), dtype="int64", name="v_int64")],
         r"found \['v_int64', \[3, 4\], 'int64'\], expected \['v_int64', \[3, 5\], 'int64'\]"),
        (lambda: variables_of(0, ("float32", "int32")), r"expected \['v_int32', \[3, 4\], 'int32'\]"),
        (lambda: variables_of(0, ("float32",)), "found 2 variables, expected 1"),
        (lambda: variables_of(0, ("float32", "int64", "bool")), "found 2 variables, expected 3"),
        (lambda: [variables_of(0)[0], keras.Variable(np.zeros((3, 4)), dtype="int64", name="other")], r"expected \['other'"),
    ])
    def test_a_model_that_does_not_fit_is_refused_and_keeps_every_value(self, saved, ours, expected):
        variables = ours()
        before = values_of(variables)
        with pytest.raises(CheckpointError, match=f"does not fit the model: .*{expected}.*Resume with the config"):
            saved.restore(saved.newest()[0], variables)
        for old, new in zip(before, values_of(variables), strict=True):
            np.testing.assert_array_equal(old, new)

    def test_layers_of_a_kind_may_be_counted_on(self, store):
        """A notebook that builds the model a second time gets dense_2 where it had dense."""
        store.save(1, keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).weights, {})
        again = keras.Sequential([keras.Input((2,)), keras.layers.Dense(3)]).weights
        store.restore(store.newest()[0], again)

    @pytest.mark.parametrize(("path", "expected"), [
        ("dense_12/kernel", "dense/kernel"), ("adam/dense_1_kernel_momentum", "adam/dense_kernel_momentum"),
        ("conv2d/kernel", "conv2d/kernel"), ("stage_4_norm/beta_1", "stage_norm/beta")])
    def test_counters_are_left_out_of_the_comparison(self, path, expected):
        assert without_counters(path) == expected


class TestDamage:
    def test_two_hundred_flipped_bits_are_all_detected(self, saved):
        seed = 20261123
        draw = random.Random(seed)
        folder = saved.path(20)
        original = verify(folder)
        files = sorted(folder.iterdir())
        assert len(files) == 3
        for number in range(200):
            path = draw.choice(files)
            good = path.read_bytes()
            bit = draw.randrange(8 * len(good))
            bad = bytearray(good)
            bad[bit // 8] ^= 1 << bit % 8
            path.write_bytes(bad)
            try:
                found = verify(folder)
            except CheckpointError:
                found = None
            # A flip in the white space of the manifest changes nothing that is read.
            assert found is None or (path.name == MANIFEST and found == original), (seed, number, path.name, bit)
            path.write_bytes(good)
        assert verify(folder) == original

    @pytest.mark.parametrize("name", [MANIFEST, "state.index", "state.data-00000-of-00001"])
    @pytest.mark.parametrize(("damage", "reason"), [
        (lambda path: path.write_bytes(b""), None), (lambda path: path.write_bytes(path.read_bytes()[:-1]), None),
        (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), None),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), None), (lambda path: path.unlink(), "missing"),
        (lambda path: (path.unlink(), path.mkdir()), "Is a directory")],
        ids=["empty", "one byte short", "half", "one byte more", "missing", "a directory"])
    def test_a_damaged_file_is_named_and_the_previous_checkpoint_taken(self, saved, name, damage, reason):
        damage(saved.path(20) / name)
        found, complaints = saved.newest()
        assert found.step == 10
        assert len(complaints) == 1
        assert complaints[0].startswith("checkpoint step-000000020 ")
        assert name in complaints[0]
        assert reason is None or reason in complaints[0]

    @pytest.mark.parametrize("content", ["[]", "{}", "null", "3", '"x"', '{"manifest_sha256": 1}', "{", "\0" * 100, "ÿ"])
    def test_a_manifest_that_is_something_else_is_damage(self, saved, content):
        (saved.path(20) / MANIFEST).write_text(content, encoding="latin-1")
        assert "step-000000020 is damaged (manifest.json: " in saved.newest()[1][0]

    def test_an_edited_number_in_the_manifest_is_damage(self, saved):
        path = saved.path(20) / MANIFEST
        manifest = json.loads(path.read_text())
        path.write_text(json.dumps({**manifest, "examples_seen": 1}))
        assert saved.newest()[1] == ["checkpoint step-000000020 is damaged (manifest.json: checksum)"]

    def test_without_a_good_one_every_complaint_is_told(self, saved):
        for step in (10, 20):
            (saved.path(step) / "state.index").write_bytes(b"")
        with pytest.raises(CheckpointError) as caught:
            saved.newest()
        assert [line.strip() for line in str(caught.value).splitlines()] == [
            f"no usable checkpoint in {saved.folder}",
            "checkpoint step-000000020 is damaged (state.index: checksum)",
            "checkpoint step-000000010 is damaged (state.index: checksum)",
            "Start a new run with `train`."]

    def test_a_file_exchanged_after_verification_is_an_error_of_the_checkpoint(self, saved):
        found, _ = saved.newest()
        (found.path / "state.data-00000-of-00001").write_bytes(b"")
        with pytest.raises(CheckpointError, match="cannot be read"):
            saved.restore(found, variables_of(0))


@pytest.mark.parametrize(("count", "words"), [
    (0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (2.5e6, "2.5 MB"), (3.1e9, "3.1 GB"), (5e12, "5000.0 GB")])
def test_sizes_are_written_for_people(count, words):
    assert size_in_words(count) == words


# Importing TensorFlow takes ten seconds and forking it is unsafe: the processes that are killed here write with NumPy
# where `tf.train.Checkpoint` would, and are otherwise the real thing. tests/vision/test_cli.py kills real runs.
WRITER = '''
import os, sys, types
import numpy as np

class Checkpoint:
    def __init__(self, state):
        self.state = state
    def write(self, path):
        with open(path + ".data", "wb", 0) as stream:
            for part in np.array_split(self.state[0], 8):
                stream.write(part.tobytes())
        with open(path + ".index", "w") as stream:
            stream.write("index")

for name, content in (("keras", {}), ("tensorflow", {"train": types.SimpleNamespace(Checkpoint=Checkpoint),
                                                     "errors": types.SimpleNamespace(OpError=RuntimeError)})):
    sys.modules[name] = types.ModuleType(name)
    vars(sys.modules[name]).update(content)
from gan_core.run.checkpoint import Checkpoints, verify

class Variable:
    path, shape, dtype = "weights", (500_000,), "float32"
    def __init__(self, value):
        self.value = np.full(self.shape, value, self.dtype)
    def __array__(self, dtype=None, copy=None):
        return self.value

def work(folder):
    store = Checkpoints(folder)
    store.sweep()
    step = store.newest()[0].step if store.steps() else 0
    while True:
        step += 1
        store.save(step, [Variable(step)], {})
        os.write(1, b"saved %d\\n" % step)

folder, fault, again = *sys.argv[1:3], sys.argv[3:] == ["again"]
if fault:
    Checkpoints(folder).save(1, [Variable(1)], {})
    os.environ["GAN_FAULT"] = fault
    Checkpoints(folder, keep=1).save(1, [Variable(3)], {}) if again else work(folder)
for line in sys.stdin:  # one worker per line
    worker = os.fork()
    if not worker:
        work(folder)
    os.write(1, b"started %d\\n" % worker)
    os.waitpid(worker, 0)
    os.write(1, b"dead\\n")
'''


@pytest.mark.slow
def test_twenty_kills_during_writes_cost_no_committed_checkpoint(tmp_path):
    seed = 4711
    draw = random.Random(seed)
    store = Checkpoints(tmp_path)
    server = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), ""], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True)
    half_written = 0
    try:
        announced = 0
        for number in range(20):
            server.stdin.write("\n")
            server.stdin.flush()
            lines = []
            while not (any(line.startswith("started") for line in lines) and any("saved" in line for line in lines)):
                lines.append(server.stdout.readline())
            worker = int(next(line for line in lines if line.startswith("started")).split()[1])
            time.sleep(draw.random() * 0.15)
            os.kill(worker, signal.SIGKILL)
            while lines[-1] != "dead\n":
                lines.append(server.stdout.readline())
            announced = max([announced, *(int(line.split()[1]) for line in lines if line.startswith("saved"))])
            half_written += any(tmp_path.glob(".step-*.tmp"))
            found, complaints = store.newest()
            where = (seed, number, announced, found.step, complaints)
            assert announced <= found.step <= announced + 1, where
            assert complaints == [], where
            assert np.all(np.fromfile(found.path / "state.data", "float32") == found.step), where
            announced = found.step  # the next worker goes on from here
        store.sweep()
        assert not list(tmp_path.glob(".*"))
        assert announced >= 20
        assert half_written >= 3  # else the delays missed what they were to hit
    finally:
        server.stdin.close()
        server.wait(10)


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "expected"), [("after-data", 1), ("after-manifest", 1), ("after-rename", 2)])
def test_a_crash_at_each_point_leaves_the_last_committed_checkpoint(tmp_path, fault, expected):
    process = subprocess.run([sys.executable, "-c", WRITER, str(tmp_path), fault], capture_output=True, text=True)
    assert process.returncode == 70, process.stderr
    store = Checkpoints(tmp_path)
    found, complaints = store.newest()
    assert (found.step, complaints) == (expected, [])
    assert bool(list(tmp_path.glob(".step-*.tmp"))) == (expected == 1)
    store.sweep()
    assert not list(tmp_path.glob(".step-*.tmp"))


@pytest.mark.slow
@pytest.mark.parametrize(("fault", "expected"), [
    ("after-data", 1), ("after-manifest", 1), ("between-renames", 1), ("after-rename", 3)])
def test_a_crash_while_a_step_is_saved_again_loses_neither_the_old_nor_the_new_one(tmp_path, fault, expected):
    process = subprocess.run([sys.executable, "-c", WRITER, str(tmp_path), fault, "again"], capture_output=True, text=True)
    assert process.returncode == 70, process.stderr
    store = Checkpoints(tmp_path, keep=1)
    for look in ("as it was left", "swept"):
        found, complaints = store.newest()
        assert (found.step, complaints) == (1, []), look
        assert np.all(np.fromfile(found.path / "state.data", "float32") == expected), look
        store.sweep()
    assert [path.name for path in tmp_path.iterdir()] == ["step-000000001"]


def test_tensorflow_itself_detects_a_changed_state_file(saved):
    """The second line of defence: the bundle has checksums of its own."""
    found, _ = saved.newest()
    path = found.path / "state.data-00000-of-00001"
    content = bytearray(path.read_bytes())
    content[3] ^= 1
    path.write_bytes(content)
    with pytest.raises(CheckpointError, match="cannot be read"):
        saved.restore(found, variables_of(0))
