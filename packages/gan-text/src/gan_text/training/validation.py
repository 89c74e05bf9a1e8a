"""Scores while a run trains: n-gram divergence from held-out text beside its floor, diversity, acceptance."""

from __future__ import annotations

from gan_core.data.content_hash import content_hash
from gan_text.decode import choose_ids
from gan_text.metrics import acceptance, js_ngrams, sharpness, unique

ORDERS = (1, 2, 3, 4)


class TextScores:
    """A validation of an experiment: cheap scores of argmax samples from fixed noise.

    JS depends on the number of samples, so that generated, held-out and training sentences enter in equal numbers, and
    the divergence of training from held-out sentences is the floor.

    Args:
        train: a `TextSet`.
        held_out: another, of the same vocabulary.
        count: at most so many sentences on either side.
        condition: (count) -> named arrays for a conditional generator, or None.
        seed: int, of the noise and of the real selection.

    Attributes:
        count: int, sentences that enter on each side.
        floors: {"js_1_floor": ..., ...}, constant through the run.
    """

    def __init__(self, train, held_out, *, count: int = 640, condition=None, seed: int = 0):
        self.count = min(count, len(train), len(held_out))
        self.train, self.condition, self.seed = train, condition, seed
        self.content_hash = content_hash({"rows": held_out.rows})
        self.held_out = held_out.sentences(self.count, seed=seed)[:]
        real = train.sentences(self.count, seed=seed)[:]
        self.floors = {f"js_{n}_floor": value for n, value in js_ngrams(real, self.held_out, orders=ORDERS).items()}
        self.floors |= {"unique_floor": unique(real)}

    def __call__(self, gan) -> dict[str, float]:
        """{"js_1".."js_4" and floors, "unique", "max_probability", "entropy", with a grammar "acceptance"}."""
        condition = None if self.condition is None else self.condition(self.count)
        probabilities = gan.generate(condition, self.count, seed=self.seed + 1, batch_size=256)
        vocabulary, grammar = self.train.vocabulary, self.train.grammar
        sentences = vocabulary.sentences(choose_ids(probabilities), padding=self.train.padding)
        scores = {f"js_{n}": value for n, value in js_ngrams(sentences, self.held_out, orders=ORDERS).items()}
        if grammar is not None:
            scores["acceptance"] = acceptance(sentences, grammar)
        return {**scores, "unique": unique(sentences), **sharpness(probabilities), **self.floors,
                "score_samples": float(self.count)}
