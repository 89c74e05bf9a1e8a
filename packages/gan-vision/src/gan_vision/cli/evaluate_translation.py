"""`gan-vision evaluate` and `--control` for runs that translate: scores with intervals, beside what copies get."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan_core.errors import ConfigError, DataError, choose

if TYPE_CHECKING:
    from gan_core.metrics.score import Score
    from gan_vision.translation.translation_run import TranslationRun

MOST = 1000  # pairs, unless asked
ENCODED = 200  # training pairs from which on an encoder of their features is worth training
COPY, NEAREST, RUN, CONTROL = "the input itself", "nearest training pair", "this run", "without the adversary"


@dataclasses.dataclass(frozen=True)
class Evaluated:
    """Scores by system, and the values of each pair for comparisons."""

    scores: dict[str, list[Score]]
    l1: dict[str, np.ndarray]
    origin: str


def translation_metrics(metrics: str | None) -> list[str]:
    """The names in a list with commas.

    Raises:
        ConfigError: an unknown one.
    """
    from gan_vision.translation.evaluation import NAMES

    names = [name.strip() for name in (metrics or ",".join(NAMES)).split(",") if name.strip()]
    for name in names:
        choose("metric of a translation", name, dict.fromkeys(NAMES))
    return names


def evaluate_translation(opened: TranslationRun, *, metrics: str | None, data: str | None, extractor: str,
                         count: int | None, raw: bool, seed: int, segmenter: str | None = None,
                         control: TranslationRun | None = None) -> Evaluated:
    """Scores of a run on pairs it has not seen, beside a copy of the input and the nearest training pair.

    Args:
        opened: with its data.
        metrics: names with commas; all by default.
        data: another source of pairs than the run's held-out ones.
        extractor: of features, for KID.
        count: pairs at most.
        raw: the trained generator instead of its average.
        seed: of all random choices.
        segmenter: file of a Keras model that scores the classes of pixels.
        control: another run whose pictures are scored beside it.

    Raises:
        DataError: the run holds no pairs out.
    """
    from gan_core.metrics.extractors.choice import extractor_by_name
    from gan_core.progress import say
    from gan_vision.data.fields.label_map import LabelMap
    from gan_vision.data.row_choice import choose_rows
    from gan_vision.training.matching_samples import reads_real
    from gan_vision.training.translation import at_size, size_of
    from gan_vision.translation.evaluation import (
        copies_of_the_input,
        made_by,
        nearest_training_pairs,
        scores_of,
        segmentation_agreement,
    )

    names = translation_metrics(metrics)
    train, held_out = opened.data
    kind = train.fields.get("labels")
    if segmenter is not None and not isinstance(kind, LabelMap):
        raise ConfigError(f"`--segmenter` is for runs on label maps. Received: {opened.folder.path}, trained on "
                          f"{opened.config.data}. Leave it out.")
    origin = "held-out pairs"
    if data is not None:
        held_out, origin = _pairs_of(opened, data), f"pairs of {data}"
    if held_out is None or len(held_out) < 2:
        raise DataError(f"{opened.folder.path} holds no pairs out. Expected: held-out pairs, or --data SOURCE.")
    examples = at_size(held_out, size_of(opened.gan))
    rows = choose_rows(len(examples), count or MOST, seed)
    real = np.asarray(examples.gather(rows, ("real",))["real"])
    say(f"step {opened.step:,}: {len(rows):,} {origin}")

    systems = {RUN: made_by(opened.gan, examples, rows, opened.value_range, raw=raw)}
    if control is not None:
        systems[CONTROL] = made_by(control.gan, examples, rows, control.value_range, raw=raw)
    systems |= {COPY: copies_of_the_input(examples, rows), NEAREST: nearest_training_pairs(train, examples, rows)}
    if reads_real(opened.gan):
        say("the generator's encoder sees the target: these scores are those of a reconstruction")
    if "ssim" in names and min(real.shape[1:3]) < 11:
        names.remove("ssim")
    chosen = extractor_by_name(extractor, images=lambda: train.images, labels=None, folder=opened.folder.path, say=say)
    scores = scores_of(systems, real, names, extractor=chosen, seed=seed, reference=origin)
    if segmenter is not None and isinstance(kind, LabelMap):
        labels = examples.gather(rows, ("labels",))["labels"]
        network = _segmenter(segmenter)
        for name, made in {**systems, "real pictures": real}.items():
            if name not in (COPY, NEAREST):
                scores.setdefault(name, []).extend(segmentation_agreement(
                    made, labels, kind, network, seed=seed, reference=origin, extractor=segmenter))
    from gan_core.metrics.functional.paired import absolute_error

    return Evaluated(scores, {name: absolute_error(real, made) for name, made in systems.items()}, origin)


def print_evaluated(found: Evaluated, title: str) -> None:
    """A table: a row for each system, a column for each metric, with intervals."""
    from rich.table import Table

    from gan_core.metrics.comparison import span
    from gan_core.progress import stdout

    metrics = list(dict.fromkeys(score.metric for scores in found.scores.values() for score in scores))
    table = Table("", *metrics, title=title, title_justify="left")
    for system, scores in found.scores.items():
        by_name = {score.metric: score for score in scores}
        cells = []
        for metric in metrics:
            score = by_name.get(metric)
            ends = None if score is None else span(score)
            cells.append("" if score is None else f"{score.value:.4g}" + (
                "" if ends is None else f" ({ends[0]:.4g} to {ends[1]:.4g})"))
        table.add_row(system, *cells)
    stdout().print(table)
    stdout().print("L1 is a share of the range; KID in the features of the extractor; in brackets 95 % intervals. The "
                   "nearest pair's KID is that of real pictures: a floor, not a rival.", markup=False)


def compare_with_control(opened: TranslationRun, quiet: bool) -> None:
    """Train the control of a run in RUN/control (or finish it), score both, and write RUN/control.json.

    Raises:
        ConfigError: the run is itself a control.
        DataError: it holds no pairs out.
    """
    import json

    from gan_core.files import write_whole
    from gan_core.metrics.comparison import judge
    from gan_core.metrics.functional.paired import bootstrap_mean
    from gan_core.progress import Progress, quietly, stdout
    from gan_core.run.control import trained_control
    from gan_vision.recipes import RECIPES

    if opened.config.adversary == "none":
        raise ConfigError(f"{opened.folder.path} was trained without an adversary: it has no control.")
    with quietly(quiet):
        opened = opened if opened.reads_data else RECIPES.open_run(opened.folder.path, data=True)
        if opened.data[1] is None or len(opened.data[1]) < 2:  # not only once the control is trained
            raise DataError(f"{opened.folder.path} holds no pairs out to compare on. Train with --validation above 0.")
        changes: dict = {"adversary": "none"}
        if getattr(opened.config, "l1", None) == 0:  # a term must be left to learn from
            changes["l1"] = 100.0
        control = trained_control(opened, changes, Progress(quiet=quiet), described="without the adversary")
        extractor = "encoder" if len(opened.data[0]) >= ENCODED else "random"
        found = evaluate_translation(opened, metrics=None, data=None, extractor=extractor, count=None, raw=False,
                                     seed=opened.config.seed, control=control)
    print_evaluated(found, f"{opened.folder.path} at step {opened.step:,}, {found.origin}")
    l1 = bootstrap_mean(found.l1[RUN] - found.l1[CONTROL], seed=opened.config.seed)
    kid = {name: next(score for score in found.scores[name] if score.metric == "KID") for name in (RUN, CONTROL)}
    verdict = judge(kid[RUN], kid[CONTROL])
    interval = "" if verdict.interval is None else f" (95 %: {verdict.interval[0]:+.4g} to {verdict.interval[1]:+.4g})"
    stdout().print(f"what the adversary changed: L1 {l1.mean:+.4f} (95 %: {l1.low:+.4f} to {l1.high:+.4f}, pair by "
                   f"pair), KID {verdict.difference:+.4g}{interval}", markup=False)
    write_whole(Path(opened.folder.path) / "control.json", json.dumps({
        "l1_difference": l1._asdict(), "kid_difference": {"value": verdict.difference, "interval": verdict.interval},
        "scores": {name: [json.loads(score.to_json()) for score in scores] for name, scores in found.scores.items()}},
        indent=1))


def _pairs_of(opened: TranslationRun, source: str):
    from gan_vision.recipes.pairs import load

    config = opened.config
    changes = {"data": source, "validation": 0.0, "limit": None, "load_size": config.size}
    return load(config.model_copy(update=changes))[0]


def _segmenter(path: str):
    from gan_core.model_files import load_network

    network = load_network(path)
    return lambda pictures: network(pictures, training=False)
