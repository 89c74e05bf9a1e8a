"""A run continues only on the data (unless told that they may change) and with the phases of its checkpoint."""

from __future__ import annotations

from pathlib import Path

import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.run.checkpoint import Saved
from gan_core.run.compatibility import refuse_other_data, refuse_other_phases
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


@pytest.mark.parametrize("steps", [(5, 4, 6), (5, 4, 9), (5, 2), (5, 9)],
                         ids=["equal", "a longer last one", "shorter, but not yet past", "longer"])
def test_phases_that_begin_where_they_began_are_accepted(steps):
    refuse_other_phases(Saved(Path("step-6"), {"step": 6, "phase": 1, "phases": [5, 4, 6]}), steps)


@pytest.mark.parametrize("steps", [(15,), (7, 2, 6), (4, 5, 6), (5,)],
                         ids=["merged", "a longer first one", "a shorter first one", "without its own"])
def test_phases_that_begin_elsewhere_are_refused(steps):
    with pytest.raises(ConfigError, match=r"Step 6 was made in phase 1 of \[5, 4, 6\] steps\. Received: phases of \["):
        refuse_other_phases(Saved(Path("step-6"), {"step": 6, "phase": 1, "phases": [5, 4, 6]}), steps)


def test_a_phase_that_would_have_ended_before_the_checkpoint_is_refused():
    with pytest.raises(ConfigError, match="Step 3 was made in phase 0"):
        refuse_other_phases(Saved(Path("step-3"), {"step": 3, "phase": 0, "phases": [5, 4]}), (2, 7))


def test_of_a_checkpoint_without_phases_only_their_number_is_compared():
    saved = Saved(Path("step-6"), {"step": 6, "phase": 1})
    refuse_other_phases(saved, (5, 4))
    with pytest.raises(ConfigError):
        refuse_other_phases(saved, (15,))
