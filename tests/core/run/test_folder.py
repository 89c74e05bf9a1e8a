"""The run folder: made once, held by one process, named in every message."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys

import pytest

from gan_core.errors import RunError
from gan_core.run.folder import RunFolder

CREATE = "import sys; from gan_core.run.folder import RunFolder; input(); print(RunFolder.create({out}, 'toy').path)"
HOLD = ("import sys, time; from gan_core.run.folder import RunFolder\n"
        "with RunFolder(sys.argv[1]).lock():\n    print('held', flush=True); time.sleep(60)\n"
        "    print('not reached')\n")


def start(program, folder, *arguments):
    return subprocess.Popen([sys.executable, "-c", program, *arguments], cwd=folder, text=True,
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@pytest.fixture
def holder(tmp_path):
    """(folder, a process that holds its lock)."""
    folder = RunFolder.create(tmp_path / "run", "toy")
    process = start(HOLD, tmp_path, str(folder.path))
    assert process.stdout.readline() == "held\n"
    yield folder, process
    process.kill()
    process.communicate()


class TestCreating:
    def test_the_next_free_number_is_taken(self, tmp_path):
        paths = [RunFolder.create(None, "dcgan-birds", tmp_path / "runs").path.name for _ in range(3)]
        assert paths == ["00000-dcgan-birds", "00001-dcgan-birds", "00002-dcgan-birds"]

    def test_a_removed_run_does_not_give_its_number_to_another_name(self, tmp_path):
        for number in ("00000-a", "00007-b", "notes", "12-x"):
            (tmp_path / number).mkdir()
        assert RunFolder.create(None, "c", tmp_path).path.name == "00008-c"

    @pytest.mark.parametrize(("name", "expected"), [
        ("../../etc/passwd", "00000-etc-passwd"), ("a/b\\c", "00000-a-b-c"), ("nul\0byte", "00000-nul-byte"),
        ("é ü", "00000-"), ("x" * 300, "00000-" + "x" * 60), ("CON", "00000-CON"), ("..", "00000-")])
    def test_a_name_cannot_leave_the_root(self, tmp_path, name, expected):
        folder = RunFolder.create(None, name, tmp_path / "runs")
        assert folder.path == tmp_path / "runs" / expected

    @pytest.mark.parametrize("empty", [False, True])
    def test_a_new_or_empty_folder_is_accepted(self, tmp_path, empty):
        out = tmp_path / "deep" / "run"
        if empty:
            out.mkdir(parents=True)
        assert RunFolder.create(out, "toy").path.is_dir()

    def test_a_folder_that_holds_something_is_refused(self, tmp_path):
        (tmp_path / "thesis.tex").touch()
        with pytest.raises(RunError, match=r"must be new\. Received: out=.*, which is not empty. Choose another --out.$"):
            RunFolder.create(tmp_path, "toy")

    def test_a_folder_that_holds_a_run_is_refused_with_the_verb_that_continues_it(self, tmp_path):
        (tmp_path / "config.yaml").touch()
        with pytest.raises(RunError, match=f"continue that run with `resume {tmp_path}`"):
            RunFolder.create(tmp_path, "toy")

    def test_a_file_is_refused_as_a_file(self, tmp_path):
        (tmp_path / "run").touch()
        with pytest.raises(RunError, match="which is a file"):
            RunFolder.create(tmp_path / "run", "toy")

    def test_a_place_below_a_file_is_refused_with_the_reason(self, tmp_path):
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"cannot create the run folder .*Not a directory. Choose another --out"):
            RunFolder.create(tmp_path / "file" / "run", "toy")

    def test_a_place_where_nothing_may_be_made_is_refused(self, tmp_path, monkeypatch):
        monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path)
        with pytest.raises(RunError, match=f"cannot create the run folder .*: {tmp_path}: Permission denied"):
            RunFolder.refuse_used(tmp_path / "deep" / "run")

    def test_a_tilde_is_the_home_folder(self, tmp_path, monkeypatch):
        monkeypatch.setenv("HOME", str(tmp_path))
        assert RunFolder("~/run").path == tmp_path / "run"

    def test_refusing_makes_nothing(self, tmp_path):
        RunFolder.refuse_used(tmp_path / "run")
        assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_eight_processes_at_once_get_eight_folders(tmp_path):
    processes = [start(CREATE.format(out=None), tmp_path) for _ in range(8)]
    for process in processes:  # all are ready before the first may go
        process.stdin.write("\n")
        process.stdin.flush()
    paths = {process.communicate()[0].strip() for process in processes}
    assert paths == {f"runs/{number:05d}-toy" for number in range(8)}


@pytest.mark.slow
def test_of_four_processes_that_want_one_folder_one_gets_it(tmp_path):
    processes = [start(CREATE.format(out="'run'"), tmp_path) for _ in range(4)]
    for process in processes:
        process.stdin.write("\n")
        process.stdin.flush()
    outputs = [process.communicate() for process in processes]
    assert sorted(out.strip() for out, _ in outputs) == ["", "", "", "run"]
    assert all("must be new" in error for out, error in outputs if not out)


class TestOpening:
    @pytest.mark.parametrize("name", ["nowhere", "."])
    def test_what_is_no_run_is_refused(self, tmp_path, name):
        with pytest.raises(RunError, match=r"is not a run folder\. Expected: a folder with config.yaml"):
            RunFolder.open(tmp_path / name)


class TestLocking:
    def test_a_second_process_is_refused_and_told_who_holds_the_run(self, holder):
        folder, process = holder
        with pytest.raises(RunError, match=rf"in use by process {process.pid} on .* since \d{{4}}-.*Wait for it"):
            RunFolder(folder.path).lock()

    def test_a_killed_process_leaves_no_lock(self, holder):
        folder, process = holder
        process.send_signal(signal.SIGKILL)
        process.wait()
        with folder.lock():
            assert json.loads((folder.path / ".lock-holder.json").read_text())["pid"] == os.getpid()

    def test_an_unreadable_holder_file_does_not_hide_the_refusal(self, holder):
        folder, _ = holder
        (folder.path / ".lock-holder.json").write_text("{")
        with pytest.raises(RunError, match="in use by another process"):
            RunFolder(folder.path).lock()

    def test_the_lock_ends_with_its_block(self, tmp_path):
        folder = RunFolder.create(tmp_path / "run", "toy")
        with folder.lock():
            pass
        with RunFolder(folder.path).lock():  # another object, as a second call in a notebook would make
            pass

    def test_two_objects_of_one_process_do_not_share_it(self, tmp_path):
        folder = RunFolder.create(tmp_path / "run", "toy")
        with folder.lock(), pytest.raises(RunError, match=f"process {os.getpid()}"):
            RunFolder(folder.path).lock()

    def test_a_block_inside_a_block_keeps_it(self, tmp_path):
        folder = RunFolder.create(tmp_path / "run", "toy")
        with folder.lock():
            with folder.lock():
                pass
            with pytest.raises(RunError, match="in use"):
                RunFolder(folder.path).lock()

    def test_a_folder_that_vanished_is_named(self, tmp_path):
        folder = RunFolder(tmp_path / "file" / "run")
        (tmp_path / "file").touch()
        with pytest.raises(RunError, match=r"cannot lock the run .*Make the folder writable"):
            folder.lock()


def test_the_environment_holds_command_and_versions(tmp_path):
    folder = RunFolder.create(tmp_path / "run", "toy")
    folder.write_environment()
    found = json.loads(folder.environment.read_text())
    assert found["command"] == sys.argv
    assert {"gan-core", "tensorflow", "keras", "numpy"} <= set(found["versions"])


def test_the_directory_of_the_start_is_kept(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = RunFolder.create(tmp_path / "run", "x")
    assert folder.started_in() is None
    folder.write_environment()
    assert folder.started_in() == tmp_path
