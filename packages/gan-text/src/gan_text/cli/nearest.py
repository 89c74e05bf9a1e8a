"""`gan-text nearest`: generated sentences beside the training sentences that are most like them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from gan_core.cli.verbs import open_run
from gan_text.cli.evaluate import real_sets
from gan_text.errors import TextConfigError
from gan_text.recipes import RECIPES
from gan_text.text_run import require_same_vocabulary


def nearest(run: Path, /, *, count: Annotated[int, Parameter(name=["--count", "-n"])] = 8, k: int = 1,
            method: Literal["argmax", "multinomial"] = "argmax", temperature: float = 1.0, label: int | None = None,
            seed: int = 0, raw: Annotated[bool, Parameter(negative="")] = False,
            as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Print generated sentences with the training sentences of the least edit distance: does the generator copy?

    The distance is the fewest tokens to insert, delete or replace; 0 is a copy. All training sentences are compared.

    Args:
        run: The run folder that `train` printed.
        count: How many sentences.
        k: Training sentences for each.
        method: How tokens are chosen.
        temperature: Of multinomial.
        label: The class of all sentences, for runs with a condition.
        seed: Of noise and draws.
        raw: Use the trained generator instead of its average.
        as_json: Print JSON.
    """
    from rich.table import Table

    from gan_core.progress import Progress, quietly, stage, stdout
    from gan_text.metrics.edit_distance import nearest_sentences

    if k < 1:
        raise TextConfigError(f"`--k` must be at least 1. Received: k={k}.")
    Progress(quiet=as_json).say("starting TensorFlow ...")
    opened = open_run(RECIPES, run)
    made = opened.generate(count, method, temperature=temperature, label=label, seed=seed, raw=raw)
    train, _ = real_sets(opened, None)
    require_same_vocabulary(opened.folder, train.vocabulary, opened.config.data)
    sentences = train.sentences()
    with quietly(as_json), stage("comparing with the training sentences", len(train)) as advance:
        found = nearest_sentences(opened.vocabulary.sentences(made.ids, padding=train.padding), sentences, k,
                                  advance=advance)
    texts = [train.vocabulary.decode_each(train.rows[rows]) for rows in found.rows]
    if as_json:
        print(json.dumps({"run": str(run), "step": opened.step, "training": len(train), "sentences": [
            {"text": text, "nearest": [{"row": int(row), "text": other, "distance": int(distance)}
                                       for row, other, distance in zip(rows, others, distances, strict=True)]}
            for text, rows, others, distances in zip(made.texts, found.rows, texts, found.distances, strict=True)]}))
        return
    stdout().print(f"{run}, step {opened.step:,}: the nearest of {len(train):,} training sentences", markup=False)
    table = Table(box=None)
    for name in ("generated", "distance", "training"):
        table.add_column(name, justify="right" if name == "distance" else "left", overflow="fold")
    for text, others, distances in zip(made.texts, texts, found.distances, strict=True):
        for number, (other, distance) in enumerate(zip(others, distances, strict=True)):
            table.add_row(*map(_plain, (text if number == 0 else "", str(distance), other)))
    stdout(wrap=True).print(table)
    copies = int((found.distances[:, 0] == 0).sum())
    stdout().print(f"{copies} of {len(texts)} are copies", markup=False)


def _plain(text: str):
    """Text whose brackets are no markup."""
    from rich.text import Text

    return Text(text)
