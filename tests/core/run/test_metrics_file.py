"""metrics.jsonl as it may be found: cut, damaged, edited."""

from __future__ import annotations

import pytest

from gan_core.errors import DataError
from gan_core.run.metrics_file import is_damaged, read_lines

UNREADABLE = ["", "\0\0", "{", "[1]", "3", '{"d_loss": 1}', '{"step": null}', '{"step": "x"}', '{"step": true}', '{"step": 1.5}',
              '{"step": 3, "d_loss": "high"}', '{"step": 3, "d_loss": [1]}']


@pytest.fixture
def path(tmp_path):
    return tmp_path / "metrics.jsonl"


@pytest.mark.parametrize("line", UNREADABLE)
def test_what_is_no_tick_is_left_out_and_later_lines_stay(path, line):
    path.write_text(f'{{"step": 1}}\n{line}\n{{"step": 9, "d_loss": null, "kid": NaN}}\n')
    assert [tick["step"] for tick in read_lines(path)] == [1, 9]
    assert is_damaged(path)


@pytest.mark.parametrize("line", UNREADABLE)
def test_an_unreadable_last_line_is_no_damage(path, line):
    path.write_text(f'{{"step": 1}}\n{line}')
    assert [tick["step"] for tick in read_lines(path)] == [1]
    assert not is_damaged(path)


def test_a_missing_file_has_no_lines_and_no_damage(path):
    assert (read_lines(path), is_damaged(path)) == ([], False)


def test_a_folder_in_its_place_is_named(path):
    path.mkdir()
    with pytest.raises(DataError, match=r"cannot read .*metrics\.jsonl: Is a directory\. Restore"):
        read_lines(path)
