import json

import pytest


def test_every_score_stands_beside_its_floor(gan_text, arith_run):
    code, out, _ = gan_text("evaluate", arith_run, "-n", "100", "--json")
    found = json.loads(out)
    scores = {score["metric"]: score for score in found["scores"]}
    assert code == 0
    assert (found["samples"], found["step"]) == (100, 6)
    assert {"JS-1", "JS-4", "acceptance", "unique", "novelty", "BLEU-2", "Self-BLEU-2"} <= set(scores)
    assert scores["acceptance"]["floor"] == 1.0
    assert scores["JS-2"]["value"] > scores["JS-2"]["floor"]
    assert all(score["samples"] == 100 for score in found["scores"])


def test_the_table_states_numbers_and_protocol(gan_text, arith_run):
    code, out, _ = gan_text("evaluate", arith_run, "-n", "60", "--protocol", "texygen", "--padding")
    assert code == 0
    assert "60 sentences a side, padding in, protocol texygen" in out
    assert "real text" in out


@pytest.mark.parametrize(("arguments", "code", "text"), [
    (("-n", "1"), 2, "`--count` must be at least 2"), (("--protocol", "bleu"), 2, "texygen"),
    (("--data", "folder:nowhere"), 3, "no such folder"), (("--data", "corpus:nowhere"), 2, "encode with the run's own vocabulary")])
def test_bad_options_end_in_one_line(gan_text, arith_run, arguments, code, text):
    found, _, err = gan_text("evaluate", arith_run, *arguments)
    assert found == code
    assert text in err
