"""All scores of a set of generated sentences at once, each with its protocol, its floor and a diversity number."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gan_core.errors import choose
from gan_core.metrics.score import Score
from gan_text.errors import TextConfigError
from gan_text.metrics.acceptance import acceptance, mean_log2_probability
from gan_text.metrics.bleu import PROTOCOLS, bleu_scores, self_bleu_scores
from gan_text.metrics.confidence import unk_rate
from gan_text.metrics.distribution import in_test, js_ngrams, length_js, tag_bigram_js
from gan_text.metrics.diversity import longest_copies, novelty, unique, unique_ngrams
from gan_text.metrics.language_model import ORDERS, lm_perplexity
from gan_text.metrics.ngrams import Sentence


@dataclass(frozen=True)
class TextScore:
    """One score, what real text reaches in its place, and how to read it.

    Args:
        score: value and protocol.
        floor: the same metric of real text against real text of the same sizes, or None where there is none.
        beside: a diversity number for a metric that one repeated sentence can win, else "".
    """

    score: Score
    floor: float | None = None
    beside: str = ""

    def as_dict(self) -> dict:
        """For JSON."""
        return {"metric": self.score.metric, "value": self.score.value, "floor": self.floor, "beside": self.beside,
                "samples": self.score.fake_count, "reference": self.score.real_count,
                "protocol": self.score.estimator}


def evaluate_text(generated: Sequence[Sentence], held_out: Sequence[Sentence], real: Sequence[Sentence], *,
                  level: str = "word", training: Sequence[Sentence] | None = None, grammar=None,
                  protocol: str = "full", padding: bool = False, bleu_order: int = 5) -> list[TextScore]:
    """Score generated sentences against held-out text, with real sentences of the same number as the floor.

    Args:
        generated: token tuples of the model.
        held_out: real text that the model never saw: the reference of every metric.
        real: other real text (a sample of the training set): takes the place of `generated` for the floors.
        level: "word" or "character": the order of the language model (3 or 6).
        training: the whole training set, for novelty; default `real`.
        grammar: a `Grammar` that adds acceptance and, with probabilities, its scores.
        protocol: "full", or "texygen": BLEU and Self-BLEU over the first 500 sentences only.
        padding: whether the tuples contain padding; only stated in the protocol.
        bleu_order: int >= 2, highest BLEU order.

    Returns:
        `TextScore`s. Undefined values (no sentence long enough) are left out. The three collections are cut to one
        size, since JS, unique and Self-BLEU depend on it.

    Raises:
        TextConfigError: a collection holds fewer than two sentences.
    """
    order = choose("level", level, ORDERS)
    limit = choose("protocol", protocol, PROTOCOLS)
    count = min(len(generated), len(held_out), len(real))
    if count < 2:
        raise TextConfigError("evaluation needs at least two sentences in each collection. Received: "
                              f"generated={len(generated)}, held_out={len(held_out)}, real={len(real)}.")
    fake, reference, floor = generated[:count], held_out[:count], real[:count]
    side = "padding in" if padding else "padding out"
    scores: list[TextScore] = []

    def add(metric: str, value: float, real_value: float | None = None, *, better: bool | None = False,
            how: str = "", beside: str = "", samples: int = count, references: int = count) -> None:
        if math.isnan(value):
            return
        score = Score(metric, value, references, samples, estimator=f"{how}, {side}" if how else side,
                      higher_is_better=better)
        scores.append(TextScore(score, None if real_value is None or math.isnan(real_value) else real_value, beside))

    distinct = unique(fake)
    beside = f"unique {distinct:.3f}"
    floors = js_ngrams(floor, reference)
    for n, value in js_ngrams(fake, reference).items():
        add(f"JS-{n}", value, floors[n], how="bits, n-grams within sentences")
    if grammar is not None:
        add("acceptance", acceptance(fake, grammar), acceptance(floor, grammar), better=True, how=grammar.name,
            beside=beside, references=0)
        if grammar.probabilistic:
            add("log2 probability", mean_log2_probability(fake, grammar), mean_log2_probability(floor, grammar),
                better=None, how="mean of accepted, bits", beside=beside, references=0)
            add("tag bigram JS", tag_bigram_js(fake, reference, grammar=grammar),
                tag_bigram_js(floor, reference, grammar=grammar), how="bits")
    for n in (2, 3, 4):
        add(f"in-test-{n}", in_test(fake, reference, n=n), in_test(floor, reference, n=n), better=True, beside=beside)
    size = count if limit is None else min(limit, count)
    bleu, bleu_floor = (bleu_scores(side_, reference, n=bleu_order, protocol=protocol) for side_ in (fake, floor))
    own, own_floor = (self_bleu_scores(side_, n=bleu_order, protocol=protocol) for side_ in (fake, floor))
    for n in range(2, bleu_order + 1):
        add(f"BLEU-{n}", float(bleu[n].mean()), float(bleu_floor[n].mean()), better=True, how=f"protocol {protocol}",
            beside=f"Self-BLEU-{n} {own[n].mean():.3f}", samples=size, references=size)
        add(f"Self-BLEU-{n}", float(own[n].mean()), float(own_floor[n].mean()), how=f"protocol {protocol}",
            samples=size, references=0)
    add("unique", distinct, unique(floor), better=True, references=0)
    for n in (2, 3):
        add(f"unique {n}-grams", unique_ngrams(fake, n=n), unique_ngrams(floor, n=n), better=True, references=0)
    known = real if training is None else training
    add("novelty", novelty(fake, known), novelty(reference, known), better=None, how="not in the training set",
        references=len(known))
    add("longest copy", float(longest_copies(fake, floor).mean()), float(longest_copies(reference, floor).mean()),
        better=None, how="mean tokens, from as many training sentences")
    perplexity = lm_perplexity(fake, floor, reference, order=order)
    how = f"interpolated Kneser-Ney, order {order}, per token with eos"
    add("fluency perplexity", perplexity["fluency"], perplexity["fluency_floor"], how=how, beside=beside)
    add("coverage perplexity", perplexity["coverage"], perplexity["fluency_floor"], how=how)
    add("length JS", length_js(fake, reference), length_js(floor, reference), how="bits")
    add("unknown rate", unk_rate(fake), unk_rate(floor), references=0)
    return scores


def score_table(scores: Sequence[TextScore], title: str = ""):
    """A rich table of metric, value, real-against-real floor, what to read beside it, and the numbers of samples."""
    from rich.table import Table
    table = Table("metric", "value", "real text", "beside", "samples / reference", title=title or None)
    for item in scores:
        score = item.score
        table.add_row(score.metric, f"{score.value:.4g}", "" if item.floor is None else f"{item.floor:.4g}",
                      item.beside, f"{score.fake_count:,} / {score.real_count:,}")
    return table
