"""Scores of generated sentences: pure functions of lists of token tuples; nothing here loads TensorFlow."""

from gan_text.metrics.acceptance import acceptance, mean_log2_probability
from gan_text.metrics.bleu import bleu, bleu_scores, self_bleu, self_bleu_scores
from gan_text.metrics.confidence import sharpness, unk_rate
from gan_text.metrics.distribution import in_test, js_ngram, js_ngrams, length_js, tag_bigram_js
from gan_text.metrics.diversity import expected_unique, longest_copies, novelty, unique, unique_ngrams
from gan_text.metrics.edit_distance import edit_distance, nearest_sentences
from gan_text.metrics.evaluation import TextScore, evaluate_text, score_table
from gan_text.metrics.language_model import KneserNey, lm_perplexity
from gan_text.metrics.ngrams import jensen_shannon

__all__ = [
    "KneserNey", "TextScore", "acceptance", "bleu", "bleu_scores", "edit_distance", "evaluate_text", "expected_unique",
    "in_test", "jensen_shannon", "js_ngram", "js_ngrams", "length_js", "lm_perplexity", "longest_copies",
    "mean_log2_probability", "nearest_sentences", "novelty", "score_table", "self_bleu", "self_bleu_scores",
    "sharpness", "tag_bigram_js", "unique", "unique_ngrams", "unk_rate",
]
