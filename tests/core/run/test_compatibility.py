"""A run continues only on the data of its checkpoint, unless told that they may change."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.errors import DataError
from gan_core.run.checkpoint import Saved
from gan_core.run.compatibility import refuse_other_data
from gan_core.run.config import RunConfig
from gan_core.run.folder import RunFolder

CONFIG = RunConfig(data="folder:pictures")


def ask(known, now, may_change=("steps",)):
    saved = Saved(Path("step-000000020"), {"step": 20, **({} if known is None else {"data": known})})
    return refuse_other_data(saved, RunFolder("runs/3"), CONFIG, now, may_change)


@pytest.mark.parametrize(("known", "now"), [
    ({"phase 0": "a"}, {"phase 0": "a"}), ({"phase 0": "a", "validation": "b"}, {"phase 0": "a", "phase 1": "c",
                                                                                   "validation": "b"}),
    ({"phase 0": "a"}, {"phase 0": "a", "validation": "c"}), ({"phase 0": None}, {"phase 0": "a"}),
    ({"phase 0": "a"}, {"phase 0": None}), (None, {"phase 0": "a"})],
    ids=["equal", "one more phase", "validation since then", "not known then", "not known now", "before hashes were kept"])
def test_equal_or_unknown_data_are_accepted(known, now):
    assert ask(known, now) is None


def test_other_data_are_refused_with_source_step_and_remedy():
    with pytest.raises(DataError, match=r"runs/3 .* step 20: the content of folder:pictures .* --allow-change data"):
        ask({"phase 0": "a", "validation": "b"}, {"phase 0": "a", "validation": "c"})


def test_with_permission_it_is_said():
    assert "others than those of the checkpoint" in ask({"phase 0": "a"}, {"phase 0": "b"}, ("steps", "data"))
