"""The record: one valid JSON line per tick, the same scalars for TensorBoard, no step told twice."""

from __future__ import annotations

import json

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from gan_core.errors import RunError
from gan_core.run.metrics_file import read_lines
from gan_core.run.record import Record


@pytest.fixture
def folder(tmp_path):
    return tmp_path


def write(folder, steps, **options):
    record = Record(folder, **options)
    for step in steps:
        record.write(step, {"d_loss": float(step)})
    record.close()


def steps_in(folder):
    return [line["step"] for line in read_lines(folder / "metrics.jsonl")]


def test_every_tick_is_a_line_of_its_own(folder):
    write(folder, [0, 50])
    assert (folder / "metrics.jsonl").read_text() == '{"step": 0, "d_loss": 0.0}\n{"step": 50, "d_loss": 50.0}\n'


def test_a_line_is_on_disk_before_the_record_is_closed(folder):
    record = Record(folder)
    record.write(1, {"d_loss": 1.0})
    assert steps_in(folder) == [1]
    record.close()


def test_values_that_are_not_finite_become_null(folder):
    record = Record(folder)
    record.write(1, {"a": float("nan"), "b": float("inf"), "c": 1.0})
    record.close()
    assert json.loads((folder / "metrics.jsonl").read_text()) == {"step": 1, "a": None, "b": None, "c": 1.0}


def test_tensorboard_gets_scalars_images_texts_and_sound(folder):
    record = Record(folder)
    record.write(3, {"d_loss": 0.5})
    record.image(3, "sheet", np.zeros((4, 4, 1), np.uint8))
    record.text(3, "lines", "hello")
    record.audio(3, "wave", np.zeros(16, np.float32), 16_000)
    record.close()
    events = EventAccumulator(str(folder)).Reload()
    assert set(events.Tags()["tensors"]) == {"d_loss", "sheet", "lines", "wave"}
    assert [(event.step, float(make_ndarray(event.tensor_proto))) for event in events.Tensors("d_loss")] == [(3, 0.5)]


class TestResuming:
    def test_lines_after_the_checkpoint_are_removed(self, folder):
        """A killed run wrote them; the same steps are about to be done again."""
        write(folder, [0, 10, 20, 30])
        write(folder, [20, 30], resume_at=10)
        assert steps_in(folder) == [0, 10, 20, 30]

    def test_a_line_of_the_checkpoints_own_step_stays(self, folder):
        write(folder, [10, 20])
        write(folder, [], resume_at=20)
        assert steps_in(folder) == [10, 20]

    def test_a_run_that_starts_over_keeps_nothing(self, folder):
        write(folder, [0, 10])
        write(folder, [0], resume_at=-1)
        assert steps_in(folder) == [0]

    @pytest.mark.parametrize("tail", [b'{"step": 20, "d_lo', b"\0\0\0\0", b"\xff\xfe\n", b"[1]\n", b"3\n", b'{"d_loss": 1}\n'])
    def test_a_last_line_that_a_crash_left_behind_is_dropped(self, folder, tail):
        write(folder, [0, 10])
        with (folder / "metrics.jsonl").open("ab") as stream:
            stream.write(tail)
        write(folder, [20], resume_at=10)
        assert steps_in(folder) == [0, 10, 20]

    def test_a_damaged_file_loses_only_its_damaged_lines_and_is_kept_beside(self, folder):
        write(folder, [0, 10, 20])
        path = folder / "metrics.jsonl"
        damaged = path.read_bytes().replace(b'"step": 10', b'"step": \xff10')
        path.write_bytes(damaged)
        record = Record(folder, resume_at=20)
        record.close()
        assert steps_in(folder) == [0, 20]
        assert (folder / "metrics.jsonl.damaged").read_bytes() == damaged
        assert record.complaint == f"damaged lines of {path} are left out; the file as it was is {path}.damaged"

    def test_of_a_last_line_cut_short_nothing_is_said_or_kept(self, folder):
        write(folder, [0, 10])
        with (folder / "metrics.jsonl").open("a") as stream:
            stream.write('{"step": 2')
        record = Record(folder, resume_at=10)
        record.close()
        assert record.complaint is None
        assert not (folder / "metrics.jsonl.damaged").exists()

    def test_a_missing_file_is_no_obstacle(self, folder):
        write(folder, [5], resume_at=0)
        assert steps_in(folder) == [5]


class TestFullDisk:
    def test_a_line_that_does_not_fit_is_one_clear_error(self, folder):
        (folder / "metrics.jsonl").symlink_to("/dev/full")
        record = Record(folder)
        with pytest.raises(RunError, match=r"cannot write the record of the run in .*: No space left on device\. "
                                           r"Make room, then `resume`"):
            record.write(1, {"d_loss": 1.0})
        record.close()

    def test_a_folder_that_vanished_is_one_clear_error(self, folder):
        with pytest.raises(RunError, match=r"cannot write the record of the run in .*: No such file or directory"):
            Record(folder / "gone")
