import io

import pytest
from rich.console import Console

from gan_core.errors import ConfigError
from gan_core.metrics import (
    Score,
    judge,
    pair_scores,
    print_comparison,
)
from gan_core.metrics.score import OF_REAL


def score(metric="FID", value=12.5, **fields):
    return Score(metric, value, 500, 500, **{"extractor": "random@32", "higher_is_better": False, **fields})


def few(value):
    return Score("FID", value, 500, 90, extractor="random@32", higher_is_better=False, spread=0.1,
                 spread_kind="standard error over generated images")


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


ERROR = {"spread_kind": "standard error over generated images"}
UP = {"higher_is_better": True}


def interval(low, high, value, **fields):
    return score("precision", value, interval=(low, high), interval_kind="95%", **{**UP, **fields})


@pytest.mark.parametrize(("first", "second", "outcome"), [
    (score(value=1.0, spread=0.1, **ERROR), score(value=2.0, spread=0.1, **ERROR), "better"),
    (score(value=2.0, spread=0.1, **ERROR), score(value=1.0, spread=0.1, **ERROR), "worse"),
    (score(value=2.0, spread=0.1, **ERROR, **UP), score(value=1.0, spread=0.1, **ERROR, **UP), "better"),
    (score(value=1.0, spread=0.4, **ERROR), score(value=2.0, spread=0.4, **ERROR), "no difference shown"),  # 1 < 1.96 * 0.566
    (score(value=1.0, spread=0.3, **ERROR), score(value=2.0, spread=0.3, **ERROR), "better"),  # 1 > 1.96 * 0.424
    (score(value=1.0, spread=0.0, **ERROR), score(value=1.0, spread=0.0, **ERROR), "no difference shown"),
    (interval(0.1, 0.3, 0.2), interval(0.35, 0.55, 0.45), "worse"),
    (interval(0.1, 0.3, 0.2), interval(0.2, 0.4, 0.3), "no difference shown"),
    (interval(300, float("inf"), float("inf")), interval(10, 20, 15), "better"),
    (interval(300, float("inf"), float("inf")), interval(200, 400, 350), "no difference shown"),
    (interval(300, float("inf"), float("inf")), interval(290, float("inf"), float("inf")), "no difference shown"),
])
def test_the_verdict_minds_direction_and_chance(first, second, outcome):
    assert judge(first, second).outcome == outcome


@pytest.mark.parametrize(("first", "second", "reason"), [
    (score(value=7.45), score(value=7.46), "carries no standard error"),
    (score(spread=0.1, spread_kind="standard deviation over overlapping subsets"), score(spread=0.1, **ERROR),
     "carries no standard error"),
    (score("q", 0.5, higher_is_better=None), score("q", 0.7, higher_is_better=None), "neither direction is better"),
    (few(7.45), few(7.46), "90 generated images are too few, at least 100 are needed"),
])
def test_what_cannot_be_judged_says_why(first, second, reason):
    found = judge(first, second)
    assert found.outcome == "not judged"
    assert reason in found.text()


def test_unlike_scores_are_not_judged():
    with pytest.raises(ConfigError, match="unlike protocols"):
        judge(score(), score(estimator="other"))


def test_the_interval_of_two_standard_errors_is_that_of_their_difference():
    found = judge(score(value=1.0, spread=0.3, **ERROR), score(value=2.0, spread=0.4, **ERROR))
    assert found.difference == -1.0
    assert found.interval == pytest.approx((-1 - 1.96 * 0.5, -1 + 1.96 * 0.5))


def test_the_interval_of_two_proportions_is_that_of_newcombe():
    """Newcombe 1998, table II, method 10, 56/70 against 48/80: 0.0524 to 0.3339, from the intervals of Wilson."""
    first, second = interval(0.69178, 0.87689, 0.8), interval(0.49045, 0.70047, 0.6)
    assert judge(first, second).interval == pytest.approx((0.0524, 0.3339), abs=2e-4)


def test_the_text_holds_the_numbers():
    found = judge(score(value=1.0, spread=0.3, **ERROR), score(value=2.0, spread=0.4, **ERROR))
    assert found.text(("old", "new")) == "old is better: old - new = -1 (-1.98 to -0.02)"


def test_the_table_holds_both_values_and_no_controls():
    stream = io.StringIO()
    print_comparison([(score(spread=0.5, **ERROR), score(value=3.0, spread=0.5, **ERROR)), (score("FID" + OF_REAL), score("FID" + OF_REAL))],
                     ("runs/1/scores.json", "runs/2/scores.json"), console=Console(file=stream, width=120))
    text = stream.getvalue()
    assert "B is better" in text
    assert "B: runs/2/scores.json" in text
    assert OF_REAL not in text
