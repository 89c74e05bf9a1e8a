import dataclasses
import json
import math
import warnings

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError, RunError
from gan_core.metrics import (
    MetricWarning,
    Score,
    collect_warnings,
    read_scores,
    scores_from_json,
    scores_to_json,
    write_scores,
)
from gan_core.metrics.score import library_versions


def score(**changes):
    fields = {
        "metric": "KID", "value": 0.25, "real_count": 5000, "fake_count": 5000, "estimator": "subsets 100x1000",
        "extractor": "keras-inception@75", "extractor_hash": "ab" * 32, "resize": "bilinear", "reference": "birds/test",
        "seed": 1, "spread": 0.01, "spread_kind": "standard error", "interval": (0.2, 0.3), "interval_kind": "95%",
        "higher_is_better": False, "warnings": ("few samples",),
    }  # fmt: skip
    return Score(**{**fields, **changes})


def test_the_identity_names_the_whole_protocol():
    assert score().identity == (
        "KID[keras-inception@75/bilinear/sha256:abababababab/n=5000/subsets 100x1000/birds/test]"
    )


def test_empty_parts_are_left_out_of_the_identity():
    assert Score("q", 0.5, 3, 4).identity == "q[n=3 real, 4 fake]"


def test_scores_of_one_protocol_are_ordered_by_value():
    low, high = score(value=0.1, seed=5), score(value=0.2)
    assert low < high
    assert low <= high
    assert high > low
    assert high >= low
    assert not high < low
    assert low <= score(value=0.1)


def test_the_difference_is_that_of_the_values():
    assert score(value=0.5).difference(score(value=0.2)) == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("metric", "FID"), ("estimator", "full"), ("extractor", "random"), ("extractor_hash", "cd" * 32),
        ("resize", "antialias"), ("real_count", 4999), ("fake_count", 100), ("reference", "birds/train"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("compare", [Score.difference, Score.__lt__, Score.__le__, Score.__gt__, Score.__ge__, Score.is_better_than])
def test_unlike_protocols_cannot_be_compared_and_the_difference_is_named(field, value, compare):
    with pytest.raises(ConfigError, match=f"unlike protocols.*differ in {field}: .* against ") as error:
        compare(score(), score(**{field: value}))
    assert repr(value) in str(error.value)


def test_all_differing_fields_are_named_at_once():
    with pytest.raises(ConfigError, match=r"extractor: .*; resize: "):
        _ = score() < score(extractor="x", resize="y")


def test_hashes_that_differ_beyond_the_printed_digits_are_unlike():
    with pytest.raises(ConfigError, match="extractor_hash"):
        _ = score() < score(extractor_hash="ab" * 31 + "cd")


@pytest.mark.parametrize("field", [{"seed": 2}, {"versions": (("numpy", "9"),)}, {"warnings": ()}, {"spread": 0.5}])
def test_seed_versions_warnings_and_spread_may_differ(field):
    assert score().difference(score(**field)) == 0.0


def test_a_bare_number_is_refused():
    with pytest.raises(ConfigError, match="bare number has no protocol"):
        _ = score() < 3


def test_better_depends_on_the_direction_of_the_metric():
    assert score(value=0.1).is_better_than(score(value=0.2))
    up = {"higher_is_better": True}
    assert not score(value=0.1, **up).is_better_than(score(value=0.2, **up))
    with pytest.raises(ConfigError, match="neither direction"):
        score(higher_is_better=None).is_better_than(score(higher_is_better=None))


def test_equality_is_that_of_all_fields():
    assert score() == score()
    assert score() != score(seed=9)
    assert len({score(), score()}) == 1


def test_a_score_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        score().value = 0.0


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"spread": None, "interval": None, "seed": None, "higher_is_better": None, "warnings": ()},
        {"value": math.inf, "interval": (0.0, math.inf)},
        {"value": -1e-300, "reference": "Vögel ½"},
    ],
)
def test_json_brings_back_the_same_score(changes):
    text = score(**changes).to_json()
    assert Score.from_json(text) == score(**changes)
    assert "NaN" not in text
    assert "Infinity" not in text


def test_json_holds_the_identity_for_other_readers():
    assert json.loads(score().to_json())["identity"] == score().identity


def test_numbers_of_numpy_become_plain():
    made = score(value=np.float32(0.5), real_count=np.int64(7), seed=np.int32(3), interval=np.array([0.0, 1.0]))
    assert Score.from_json(made.to_json()) == made
    assert type(made.value) is float
    assert type(made.real_count) is int


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "must be JSON text"),
        ("[1]", "Found: 'list'"),
        ('{"format": "other"}', "Found: 'other'"),
        ('{"format": "gan-core score 1"}', "Missing or unknown: .*'metric'"),
        (score().to_json().replace('"seed"', '"sead"'), r"\['sead', 'seed'\]"),
        (score().to_json().replace("0.25", '"much"'), "wrong kind"),
        (score().to_json().replace("0.25", '"nan"'), "NaN"),
        (score().to_json().replace("0.25", "null"), "wrong kind"),
    ],
)
def test_json_of_something_else_is_refused(text, message):
    with pytest.raises(DataError, match=message):
        Score.from_json(text)


def test_the_text_shows_value_spread_interval_protocol_and_warnings():
    text = str(score())
    assert text.startswith("KID = 0.25 ± 0.01 (standard error) in [0.2, 0.3] (95%)  KID[")
    assert text.endswith("\n  note: few samples")


def test_the_text_of_a_bare_score_has_one_line():
    assert str(Score("FID", 12.3456789, 10, 10)) == "FID = 12.346  FID[n=10]"


def test_versions_are_recorded_without_being_asked():
    assert {"gan-core", "numpy"} <= dict(Score("FID", 1, 2, 2).versions).keys()
    assert dict(library_versions("no-such-package")).keys() == dict(library_versions()).keys()


def test_metric_warnings_are_collected_once_and_others_pass():
    def measure():
        with collect_warnings() as notes:
            for text, kind in (("few samples", MetricWarning), ("other", RuntimeWarning), ("few samples", MetricWarning)):
                warnings.warn(text, kind, stacklevel=1)
        return notes

    with pytest.warns(RuntimeWarning, match="other") as passed:
        notes = measure()
    assert notes == ["few samples"]
    assert len(passed) == 1


def test_an_error_within_the_block_passes_through():
    with pytest.raises(DataError, match="bad"), collect_warnings():
        raise DataError("bad")


@pytest.mark.parametrize(
    ("changes", "error", "message"),
    [
        ({"value": math.nan}, DataError, "must not hold NaN"),
        ({"spread": math.nan}, DataError, "must not hold NaN"),
        ({"interval": (0.3, 0.2)}, ConfigError, r"`interval` must be \(low, high\)"),
        ({"interval": (0.3,)}, ConfigError, "`interval`"),
        ({"metric": ""}, ConfigError, "`metric` must name"),
        ({"metric": 3}, ConfigError, "`metric` must be a string"),
        ({"extractor": None}, ConfigError, "`extractor` must be a string"),
        ({"real_count": -1}, ConfigError, "`real_count`"),
        ({"fake_count": 2.5}, ConfigError, "`fake_count`"),
        ({"spread_kind": ""}, ConfigError, "`spread_kind` must say"),
        ({"interval_kind": ""}, ConfigError, "`interval_kind` must say"),
    ],
)
def test_what_is_no_score_is_refused(changes, error, message):
    with pytest.raises(error, match=message):
        score(**changes)


# ---------------------------------------------------------------------- files of scores

def test_scores_come_back_from_their_text():
    scores = [score(), score(metric="birthday support", value=float("inf"), spread=None, interval=None)]
    assert scores_from_json(scores_to_json(scores, run="runs/1", step=7)) == scores


def test_the_file_tells_where_the_scores_come_from(tmp_path):
    content = json.loads(write_scores(tmp_path / "scores.json", [score()], left_out=["few"], step=7).read_text())
    assert (content["step"], content["left_out"]) == (7, ["few"])
    assert [path.name for path in tmp_path.iterdir()] == ["scores.json"]


def test_a_file_is_read_back(tmp_path):
    assert read_scores(write_scores(tmp_path / "scores.json", [score()])) == [score()]


@pytest.mark.parametrize(("content", "message"), [
    (None, "cannot be read"),
    (b"{", "must be JSON text"),
    (b"[]", "Found: 'list'"),
    (b'{"format": "other"}', "Found: 'other'"),
    (b'{"format": "gan-core scores 1", "scores": [{}]}', "expected a score of format"),
    (b"\xff\xfe", "scores.json"),
])
def test_a_file_of_something_else_is_named(tmp_path, content, message):
    path = tmp_path / "scores.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DataError, match=message) as error:
        read_scores(path)
    assert str(path) in str(error.value)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(RunError, match="the scores cannot be written to"):
        write_scores(tmp_path / "file" / "scores.json", [score()])
