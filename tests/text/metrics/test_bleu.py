import time
import warnings

import numpy as np
import pytest

from gan_text.metrics import bleu, bleu_scores, self_bleu, self_bleu_scores

nltk_bleu = pytest.importorskip("nltk.translate.bleu_score")
REFERENCES = [tuple("the cat sat on the mat".split()), tuple("a dog ran".split())]
KNOWN = {
    "the cat sat on the mat": (1.0, 1.0, 1.0),
    "the cat ran": (0.707107, 0.368403, 0.265915),
    "dog the": (0.191802, 0.130673, 0.107858),
    "x y z": (0.0, 0.0, 0.0),
}


@pytest.mark.parametrize(("hypothesis", "values"), KNOWN.items())
def test_bleu_of_the_known_sentences(hypothesis, values):
    assert [bleu([tuple(hypothesis.split())], REFERENCES, n=n) for n in (2, 3, 4)] == pytest.approx(values, abs=6e-7)


def test_self_bleu_of_the_known_sentences():
    sentences = [tuple("abcd"), tuple("abce"), tuple("fghi")]
    assert [self_bleu(sentences, n=n) for n in (2, 3)] == pytest.approx([0.471405, 0.419974], abs=6e-7)


def random_sentences(count, seed):
    generator = np.random.default_rng(seed)
    return [tuple(map(str, generator.integers(6, size=generator.integers(1, 9)))) for _ in range(count)]


@pytest.mark.parametrize("n", [1, 2, 3, 4, 5])
def test_bleu_agrees_with_an_independent_implementation(n):
    hypotheses, references = random_sentences(30, 0), random_sentences(30, 1)
    smoothing = nltk_bleu.SmoothingFunction().method1
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = [nltk_bleu.sentence_bleu(references, hypothesis, [1 / n] * n, smoothing) for hypothesis in hypotheses]
        expected_self = [nltk_bleu.sentence_bleu(hypotheses[:index] + hypotheses[index + 1:], hypothesis, [1 / n] * n,
                                                 smoothing) for index, hypothesis in enumerate(hypotheses)]
    np.testing.assert_allclose(bleu_scores(hypotheses, references, n=n)[n], expected, atol=1e-12)
    np.testing.assert_allclose(self_bleu_scores(hypotheses, n=n)[n], expected_self, atol=1e-12)


def test_one_repeated_sentence_wins_bleu_and_is_betrayed_by_self_bleu():
    repeated = [REFERENCES[0]] * 5
    assert bleu(repeated, REFERENCES, n=4) == 1.0
    assert self_bleu(repeated, n=4) == 1.0


def test_the_closest_reference_length_is_the_shorter_on_ties():
    assert bleu([tuple("abcd")], [tuple("abc"), tuple("abcde")], n=1) == 1.0
    assert bleu([tuple("ab")], [tuple("a"), tuple("abc")], n=1) == 1.0


def test_an_empty_sentence_scores_zero():
    assert bleu([(), ("a", "dog")], REFERENCES, n=2) == pytest.approx(bleu([("a", "dog")], REFERENCES, n=2) / 2)


def test_the_texygen_protocol_looks_at_the_first_five_hundred():
    hypotheses, references = random_sentences(600, 2), random_sentences(600, 3)
    assert bleu(hypotheses, references, protocol="texygen") == bleu(hypotheses[:500], references[:500])
    assert self_bleu(hypotheses, protocol="texygen") == self_bleu(hypotheses[:500])
    assert bleu(hypotheses, references, protocol="texygen") != bleu(hypotheses, references)


def test_ten_thousand_against_ten_thousand_takes_seconds():
    generator = np.random.default_rng(4)
    sentences = [tuple(map(str, (generator.pareto(1, 20) * 10).astype(int) % 2000)) for _ in range(10_000)]
    began = time.perf_counter()
    self_bleu(sentences, n=5)
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(("call", "message"), [
    (lambda: bleu([], REFERENCES), "BLEU needs .* generated=0"), (lambda: bleu(REFERENCES, []), "reference=0"),
    (lambda: bleu(REFERENCES, REFERENCES, n=0), "n=0"), (lambda: self_bleu(REFERENCES[:1]), "at least two sentences"),
    (lambda: self_bleu(REFERENCES, protocol="sacre"), "unknown protocol.*full, texygen")])
def test_bad_input_is_refused(call, message):
    with pytest.raises(ValueError, match=message):
        call()
