"""gan_core.files: a file is complete under its name, or what was there before is untouched."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from gan_core import files
from gan_core.files import commit, sync, temporary_name, whole_file, whole_path, write_whole


class Failed(Exception):
    pass


def with_file(path, content=b"new", fail=False):
    with whole_file(path) as file:
        file.write(content)
        if fail:
            raise Failed


def with_path(path, content=b"new", fail=False):
    with whole_path(path) as temporary:
        temporary.write_bytes(content)
        if fail:
            raise Failed


@pytest.fixture(params=[with_file, with_path, lambda path: write_whole(path, b"new"), lambda path: write_whole(path, "new")],
                ids=["file", "path", "bytes", "text"])
def write(request):
    return request.param


@pytest.fixture(params=[with_file, with_path], ids=["file", "path"])
def write_or_fail(request):
    return request.param


def test_the_content_is_under_the_name_and_nothing_else_is_left(write, tmp_path):
    write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_missing_folders_are_made(write, tmp_path):
    write(tmp_path / "b" / "c" / "a.txt")
    assert (tmp_path / "b" / "c" / "a.txt").read_bytes() == b"new"


def test_an_error_leaves_the_old_file_and_no_other(write_or_fail, tmp_path):
    (tmp_path / "a.txt").write_bytes(b"old")
    with pytest.raises(Failed):
        write_or_fail(tmp_path / "a.txt", fail=True)
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_failing_disk_leaves_the_old_file(write, tmp_path, monkeypatch):
    def fail(handle):
        raise OSError(28, "No space left on device")

    (tmp_path / "a.txt").write_bytes(b"old")
    monkeypatch.setattr(files.os, "fsync", fail)
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "a.txt")
    assert (tmp_path / "a.txt").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_the_name_is_given_after_the_content_is_on_the_disk_and_the_folder_follows(write, tmp_path, monkeypatch):
    done = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(files.os, "fsync", lambda handle: (done.append(os.path.basename(os.readlink(f"/proc/self/fd/{handle}"))),
                                                          fsync(handle)))
    monkeypatch.setattr(files.os, "replace", lambda old, new: (done.append("rename"), replace(old, new)))
    write(tmp_path / "a.txt")
    assert done == [temporary_name(tmp_path / "a.txt").name, "rename", tmp_path.name]


def test_what_lies_at_the_temporary_name_is_removed_and_never_followed(write, tmp_path):
    (tmp_path / "victim").write_bytes(b"untouched")
    temporary_name(tmp_path / "a.txt").symlink_to(tmp_path / "victim")
    write(tmp_path / "a.txt")
    assert (tmp_path / "victim").read_bytes() == b"untouched"
    assert not (tmp_path / "a.txt").is_symlink()


def test_a_link_under_the_name_is_replaced_and_not_followed(write, tmp_path):
    (tmp_path / "victim").write_bytes(b"untouched")
    (tmp_path / "a.txt").symlink_to(tmp_path / "victim")
    write(tmp_path / "a.txt")
    assert (tmp_path / "victim").read_bytes() == b"untouched"
    assert (tmp_path / "a.txt").read_bytes() == b"new"


def test_the_temporary_name_is_hidden_keeps_the_suffix_and_holds_the_process(tmp_path):
    assert temporary_name(tmp_path / "model.keras").name == f".model.{os.getpid()}.tmp.keras"


def test_a_file_can_be_read_back_while_it_is_written(tmp_path):
    with whole_file(tmp_path / "a") as file:
        file.write(b"abc")
        file.seek(1)
        assert file.read() == b"bc"


def test_leftovers_of_killed_processes_go_after_a_day(tmp_path):
    for name, age in ((".a.11.tmp.txt", 2 * 86_400), (".a.12.tmp.txt", 60), (".b.13.tmp.txt", 2 * 86_400)):
        (tmp_path / name).write_bytes(b"")
        moment = os.stat(tmp_path).st_mtime - age
        os.utime(tmp_path / name, (moment, moment))
    write_whole(tmp_path / "a.txt", "new")
    assert sorted(os.listdir(tmp_path)) == [".a.12.tmp.txt", ".b.13.tmp.txt", "a.txt"]


def test_a_kill_while_writing_leaves_the_old_file(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"old")
    program = ("import os, signal, sys\nfrom gan_core.files import whole_file\n"
               "with whole_file(sys.argv[1]) as file:\n    file.write(b'half'); file.flush()\n    os.kill(os.getpid(), signal.SIGKILL)")
    assert subprocess.run([sys.executable, "-c", program, tmp_path / "a.txt"]).returncode == -9
    assert (tmp_path / "a.txt").read_bytes() == b"old"


def test_the_rights_of_a_new_file_follow_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        write_whole(tmp_path / "a", b"")
    finally:
        os.umask(before)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o640


def test_a_file_and_a_folder_can_be_brought_to_the_disk(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(files.os, "fsync", lambda handle: seen.append(os.fstat(handle).st_ino))
    (tmp_path / "a").write_bytes(b"")
    sync(tmp_path / "a")
    sync(tmp_path)
    assert seen == [(tmp_path / "a").stat().st_ino, tmp_path.stat().st_ino]


def test_what_does_not_exist_cannot_be_committed(tmp_path):
    with pytest.raises(FileNotFoundError):
        commit(tmp_path / "none", tmp_path / "a")
    assert os.listdir(tmp_path) == []
