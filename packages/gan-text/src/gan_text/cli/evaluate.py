"""`gan-text evaluate`: every score of a run beside what real text reaches in its place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.cli.verbs import open_run
from gan_text.data.text_set import TextSet, corpus_sets, grammar_sets, open_corpus
from gan_text.errors import TextConfigError, TextDataError
from gan_text.grammar import Grammar
from gan_text.recipes import RECIPES
from gan_text.recipes.texts import corpus
from gan_text.text_run import require_same_vocabulary

SAMPLES = 10_000


def evaluate(run: Path, /, *,
             data: str | None = None, count: Annotated[int, Parameter(name=["--count", "-n"])] = SAMPLES,
             protocol: Literal["full", "texygen"] = "full", method: Literal["argmax", "multinomial"] = "argmax",
             temperature: float = 1.0, padding: Annotated[bool, Parameter(negative="")] = False, seed: int = 0,
             raw: Annotated[bool, Parameter(negative="")] = False,
             as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Score a run against text that it has never seen, with real text against real text as the floor.

    Generated, held-out and training sentences enter in equal numbers: as many as asked for, or as the held-out part
    has. Divergences depend on that number, so compare only at equal ones.

    Args:
        run: The run folder that `train` printed.
        data: Another held-out text (any SOURCE of `train`); by default the test split of the run's own text.
        count: Most sentences on each side.
        protocol: texygen looks at the first 500 sentences in BLEU and Self-BLEU, as Texygen does.
        method: How tokens are chosen.
        temperature: Of multinomial.
        padding: Count padding as a token in n-grams, as the original code does.
        seed: Of noise and of the choice of real sentences.
        raw: Use the trained generator instead of its average.
        as_json: Print JSON.
    """
    from gan_core.progress import Progress, stdout

    if count < 2:
        raise TextConfigError(f"`--count` must be at least 2. Received: count={count}.")
    progress = Progress(quiet=as_json)
    progress.say("starting TensorFlow ...")
    opened = open_run(RECIPES, run)
    train, held_out = real_sets(opened, data)
    require_same_vocabulary(opened.folder, train.vocabulary, opened.config.data)
    size = min(count, len(held_out), len(train))
    if size < 2:
        raise TextDataError(f"{held_out.name} holds {len(held_out)} rows, which is too few to compare with. Give more "
                            "text with --data, or train with a larger --held-out.")
    progress.say(f"generating {size:,} sentences and scoring them against {held_out.name} ...")
    made = opened.generate(size, method, temperature=temperature, seed=seed, raw=raw)
    found = scores(opened, made, train, held_out, protocol=protocol, padding=padding, seed=seed)
    from gan_text.metrics import score_table, sharpness

    how, sharp = f"padding {'in' if padding else 'out'}, protocol {protocol}", sharpness(made.probabilities)
    if as_json:
        print(json.dumps({"run": str(run), "step": opened.step, "samples": size, "reference": held_out.name,
                          "protocol": how, "scores": [score.as_dict() for score in found], "sharpness": sharp}))
        return
    stdout().print(score_table(found, title=f"{run}, step {opened.step:,}: {size:,} sentences a side, {how}"))
    stdout().print(f"sharpness: mean largest probability {sharp['max_probability']:.3f}, mean entropy "
                   f"{sharp['entropy']:.3f} bits", markup=False)


def real_sets(run, data: str | None) -> tuple[TextSet, TextSet]:
    """Training rows of a run, and held-out ones: its test split, fresh draws of its grammar, or other text."""
    config = run.config
    if config.grammar is not None:
        train, held_out = grammar_sets(Grammar.load(config.grammar), config.rows, config.length, seed=config.seed)
    else:
        sets = corpus_sets(corpus(config))
        train, held_out = sets["train"], sets["test"]
    return train, held_out if data is None else _other_text(data, run.vocabulary, config)


def _other_text(data: str, vocabulary, config) -> TextSet:
    if data.startswith("corpus:"):
        raise TextConfigError("`--data` must be text to encode with the run's own vocabulary. "
                              f"Received: data={data!r}. Give folder:PATH, file:PATH or glob:PATTERN.")
    return corpus_sets(open_corpus(data, vocabulary=vocabulary, length=config.length, too_long=config.too_long,
                                   unknown=config.unknown, splits=(1.0, 0.0, 0.0)))["train"]


def scores(run, made, train: TextSet, held_out: TextSet, *, protocol: str, padding: bool, seed: int) -> list:
    """All scores of what a run generated, as `TextScore`s."""
    from gan_text.metrics import evaluate_text

    size, side = len(made.ids), "keep" if padding else train.padding
    return evaluate_text(
        run.vocabulary.sentences(made.ids, padding=side), held_out.sentences(size, seed=seed, padding=side)[:],
        train.sentences(size, seed=seed, padding=side)[:], level=run.vocabulary.level, protocol=protocol,
        training=train.sentences(padding=side), grammar=train.grammar, padding=padding)
