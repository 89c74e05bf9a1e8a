import json

import pytest

from gan_text.errors import TextConfigError
from gan_text.grammar import Grammar
from gan_text.metrics import evaluate_text, score_table

ENGLISH = Grammar.load("toy-english")
DATA = ENGLISH.sample(900, 12, seed=1)
SCORES = {item.score.metric: item for item in evaluate_text(DATA[:300], DATA[300:600], DATA[600:], grammar=ENGLISH)}


def test_every_family_of_metrics_is_there():
    expected = {"JS-1", "JS-4", "acceptance", "log2 probability", "tag bigram JS", "in-test-3", "BLEU-2", "BLEU-5",
                "Self-BLEU-5", "unique", "unique 2-grams", "novelty", "longest copy", "fluency perplexity",
                "coverage perplexity", "length JS", "unknown rate"}
    assert expected <= set(SCORES)


def test_every_score_states_samples_reference_and_padding():
    for item in SCORES.values():
        assert item.score.fake_count == 300
        assert "padding out" in item.score.estimator
    assert SCORES["JS-4"].score.real_count == 300


def test_every_score_has_the_floor_of_real_text():
    assert all(item.floor is not None for item in SCORES.values())


@pytest.mark.parametrize("metric", ["acceptance", "BLEU-4", "in-test-3", "fluency perplexity"])
def test_what_one_repeated_sentence_can_win_has_a_diversity_number_beside_it(metric):
    assert "unique" in SCORES[metric].beside or "Self-BLEU" in SCORES[metric].beside


@pytest.mark.parametrize("metric", ["JS-3", "Self-BLEU-4", "unique", "novelty", "fluency perplexity", "unique 2-grams"])
def test_real_text_scores_like_its_floor(metric):
    assert SCORES[metric].score.value == pytest.approx(SCORES[metric].floor, rel=0.2)


def test_a_collapsed_generator_is_told_from_real_text():
    scores = {item.score.metric: item for item in
              evaluate_text([DATA[0]] * 300, DATA[300:600], DATA[600:], grammar=ENGLISH)}
    assert scores["acceptance"].score.value == 1.0
    assert scores["unique"].score.value == pytest.approx(1 / 300)
    assert scores["Self-BLEU-2"].score.value == 1.0
    assert scores["JS-2"].score.value > 5 * scores["JS-2"].floor


def test_all_collections_are_cut_to_one_size():
    scores = evaluate_text(DATA[:50], DATA[300:600], DATA[600:])
    assert {item.score.fake_count for item in scores} == {50}


def test_the_texygen_protocol_is_stated():
    scores = evaluate_text(DATA[:300], DATA[300:600], DATA[600:], protocol="texygen")
    assert any("protocol texygen" in item.score.estimator for item in scores)


def test_scores_can_be_written_as_json_and_printed():
    assert json.loads(json.dumps(SCORES["JS-1"].as_dict()))["metric"] == "JS-1"
    assert score_table(list(SCORES.values())).row_count == len(SCORES)


def test_too_few_sentences_are_refused():
    with pytest.raises(TextConfigError, match=r"at least two sentences in each collection. Received: generated=1"):
        evaluate_text(DATA[:1], DATA[300:600], DATA[600:])
