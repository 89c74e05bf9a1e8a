import json

import pytest

import gan_text as package
from gan_text.metrics import edit_distance


def test_each_sentence_has_its_nearest_training_sentences(gan_text, arith_run):
    code, out, _ = gan_text("nearest", arith_run, "-n", "4", "--k", "3", "--seed", "2", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["training"], found["step"]) == (200, 6)
    run = package.open_run(arith_run)
    made = run.generate(4, seed=2)
    assert [sentence["text"] for sentence in found["sentences"]] == made.texts
    for ids, sentence in zip(made.ids, found["sentences"], strict=True):
        distances = [nearest["distance"] for nearest in sentence["nearest"]]
        assert distances == sorted(distances)
        tokens = run.vocabulary.sentence(ids, padding="strip")
        assert all(edit_distance(tokens, tuple(nearest["text"])) == nearest["distance"] for nearest in sentence["nearest"])


def test_a_table_is_printed(gan_text, arith_run):
    code, out, _ = gan_text("nearest", arith_run, "-n", "2")
    assert code == 0
    assert "the nearest of 200 training sentences" in out
    assert "of 2 are copies" in out


@pytest.mark.parametrize(("options", "code", "message"), [
    (("--k", "0"), 2, "`--k` must be at least 1"), (("-n", "0"), 2, "`count` must be at least 1"),
    (("--k", "1000"), 3, "at least k=1000 training sentences"), (("--label", "1"), 2, "`label` needs a run with a condition")])
def test_bad_options_end_in_one_line(gan_text, arith_run, options, code, message):
    found, out, err = gan_text("nearest", arith_run, *options)
    assert (found, out) == (code, "")
    assert message in err
    assert "Traceback" not in err
