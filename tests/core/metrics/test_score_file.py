import io
import json

import pytest
from rich.console import Console

from gan_core.errors import ConfigError, DataError, RunError
from gan_core.metrics import (
    Score,
    pair_scores,
    print_comparison,
    read_scores,
    scores_from_json,
    scores_to_json,
    write_scores,
)
from gan_core.metrics.score_file import verdict
from gan_core.metrics.score_table import OF_REAL


def score(metric="FID", value=12.5, **fields):
    return Score(metric, value, 500, 500, **{"extractor": "random@32", "higher_is_better": False, **fields})


def test_scores_come_back_from_their_text():
    scores = [score(), score("birthday support", float("inf"))]
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


def test_pairs_follow_the_first_file():
    pairs = pair_scores([score("KID"), score("FID")], [score("FID", 3.0), score("recall"), score("KID", 4.0)])
    assert [(ours.metric, theirs.value) for ours, theirs in pairs] == [("KID", 4.0), ("FID", 3.0)]


def test_unlike_protocols_are_refused_and_every_difference_is_named():
    with pytest.raises(ConfigError) as error:
        pair_scores([score("FID"), score("KID"), score("recall", estimator="k=3")],
                    [score("FID", extractor="encoder"), score("KID", extractor="encoder"), score("recall", estimator="k=5")])
    assert "FID, KID: extractor: 'random@32' against 'encoder'" in str(error.value)
    assert "recall: estimator: 'k=3' against 'k=5'" in str(error.value)


def test_nothing_in_common_is_refused():
    with pytest.raises(ConfigError, match=r"no metric in common. Received: FID and KID"):
        pair_scores([score("FID")], [score("KID")])


@pytest.mark.parametrize(("first", "second", "expected"), [
    (score(value=1.0), score(value=2.0), "A is better"),
    (score(value=2.0), score(value=1.0), "B is better"),
    (score("recall", 0.2, higher_is_better=True), score("recall", 0.1, higher_is_better=True), "A is better"),
    (score(value=1.0), score(value=1.0), "equal"),
    (score(value=1.0, spread=0.6, spread_kind="s"), score(value=2.0, spread=0.5, spread_kind="s"), "equal within their spread"),
    (score(value=1.0, spread=0.1, spread_kind="s"), score(value=2.0, spread=0.5, spread_kind="s"), "A is better"),
    (score("q", 0.5, higher_is_better=None), score("q", 0.7, higher_is_better=None), ""),
])
def test_the_verdict_minds_direction_and_spread(first, second, expected):
    assert verdict(first, second, ("A", "B")) == expected


def test_the_table_holds_both_values_and_no_controls():
    stream = io.StringIO()
    print_comparison([(score(), score(value=3.0)), (score("FID" + OF_REAL), score("FID" + OF_REAL))],
                     ("runs/1/scores.json", "runs/2/scores.json"), console=Console(file=stream, width=80))
    text = stream.getvalue()
    assert "B is better" in text
    assert "B: runs/2/scores.json" in text
    assert OF_REAL not in text
