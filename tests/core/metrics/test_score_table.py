import io
import math

import pytest
from rich.console import Console

from gan_core.metrics import Score, print_scores
from gan_core.metrics.metrics import METRICS
from gan_core.metrics.score_table import MEANINGS, OF_REAL, number_text, numbered_warnings, value_text


def score(metric="FID", value=12.5, **fields):
    return Score(metric, value, 500, 400, **{"extractor": "random@32", "extractor_hash": "ab12", "resize": "bilinear",
                                             "higher_is_better": False, **fields})


def printed(scores, width=80, **options):
    stream = io.StringIO()
    print_scores(scores, console=Console(file=stream, width=width, highlight=False), **options)
    return stream.getvalue()


def test_the_table_says_value_spread_direction_counts_and_meaning():
    text = printed([score(spread=0.25, spread_kind="standard error")])
    assert "12.5 ± 0.25" in text
    assert "smaller" in text
    assert "500 / 400" in text
    assert f"FID: {MEANINGS['FID']}" in text


def test_the_extractor_is_named_once():
    assert printed([score(), score("KID")]).count("features: random@32/bilinear/sha256:ab12") == 1


def test_a_control_stands_beside_its_score_and_has_no_row_of_its_own():
    text = printed([score(), score("FID" + OF_REAL, 4.25)])
    row = next(line for line in text.splitlines() if line.startswith("FID "))
    assert "12.5" in row
    assert "4.25" in row
    assert OF_REAL not in text


def test_without_controls_there_is_no_column_for_them():
    assert "real images" not in printed([score()])


def test_a_warning_is_printed_once_and_marked_on_its_scores():
    text = printed([score(warnings=("few samples",)), score("KID", warnings=("few samples",)), score("recall")])
    assert text.count("few samples") == 1
    assert "FID [1]" in text
    assert "KID [1]" in text
    assert "recall [" not in text


def test_what_limits_every_score_is_said_without_marks():
    everywhere, notes = numbered_warnings([score(warnings=("weak features",)), score("KID", warnings=("weak features", "x"))])
    assert everywhere == ["weak features"]
    assert notes == [("x", {"KID"})]


def test_what_was_left_out_is_said():
    assert "not scored: birthday was left out" in printed([score()], left_out=["birthday was left out: few images"])


def test_brackets_in_texts_are_no_markup():
    assert "[red]" in printed([score(warnings=("[red]careful",))])


@pytest.mark.parametrize("width", [70, 80, 120])
def test_no_line_is_wider_than_the_console_and_nothing_is_cut(width):
    text = printed([score("birthday support", 1234.5, interval=(800, math.inf), interval_kind="95%"),
                    score("birthday support" + OF_REAL, 1e5, interval=(1e4, 1e6), interval_kind="95%")], width)
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text


@pytest.mark.parametrize(("value", "interval", "expected"), [
    (1234.4, (900, 2000), "1,234 (900 to 2,000)"),
    (1234.4, (900, math.inf), "1,234 (900 to ∞)"),
    (math.inf, (5378.2, math.inf), "> 5,378"),
    (0.0, (0, 12.3), "< 12"),
])
def test_a_support_is_shown_as_far_as_it_is_known(value, interval, expected):
    assert value_text(score("birthday support", value, interval=interval, interval_kind="95%")) == expected


def test_an_interval_follows_its_value():
    assert value_text(score("memorisation", 0.5, interval=(0.4, 0.61), interval_kind="95%")) == "0.5 (0.4 to 0.61)"


@pytest.mark.parametrize(("value", "expected"), [
    (0.031234, "0.0312"), (10.0, "10"), (1234567.8, "1,234,568"), (123.45, "123.5"), (-0.0573, "-0.0573"),
    (math.inf, "∞"), (-math.inf, "-∞"), (99.99, "100"),
])
def test_numbers_have_three_or_four_digits(value, expected):
    assert number_text(value) == expected


def test_every_metric_has_a_meaning(make_images, block_classifier):
    from gan_core.metrics import evaluate

    scores = evaluate(make_images(80, 0), make_images(80, 1), extractor=block_classifier, metrics=list(METRICS),
                      train=make_images(80, 2))
    assert {entry.metric.removesuffix(OF_REAL) for entry in scores} == MEANINGS.keys()
