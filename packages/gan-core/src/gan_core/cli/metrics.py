"""`gan-core metrics REAL FAKE` and `gan-core compare A.json B.json`.

TensorFlow is imported once the images are known to be there.
"""

from __future__ import annotations

import json as json_format
from pathlib import Path

from gan_core.errors import ConfigError


def metrics(real: str, fake: str, *, metrics: str = "fid,kid,prdc,birthday", extractor: str = "random",
            train: str | None = None, count: int | None = None, resize: int | None = None, value_range: str = "auto",
            cache: Path | None = None, no_cache: bool = False, seed: int = 0, json: bool = False,
            quiet: bool = False) -> None:
    """Score generated images against real ones; everything runs on this machine, nothing is downloaded.

    Args:
        real: folder of images, `.npy`, or `.npz` (FILE.npz:NAME where it holds several arrays).
        fake: likewise.
        metrics: with commas: fid, kid, prdc (precision, recall, density, coverage), birthday, two_sample,
            ms_ssim, memorisation (needs `train`), and with a classifier inception_score and modes.
        extractor: random[:SEED] (instant, coarse), encoder (trained on the real images on first use, and kept),
            inception:WEIGHTS.h5[@75], or keras:MODEL.keras[@SIZE].
        train: the images the generator was trained on, if REAL are others.
        count: images per side at most, drawn at random.
        resize: bring all images to this height and width, antialiased; scores then only compare at this size.
        value_range: of float arrays: auto, unit [0, 1], signed [-1, 1] or bytes [0, 255].
        cache: where features of real images are kept; the user's cache folder by default.
        no_cache: keep nothing.
        seed: of all random choices.
        json: print JSON, as `compare` reads it.
        quiet: show no progress.

    Raises:
        ConfigError: an unknown metric or extractor.
        DataError: a source that cannot be used.

    Example:
        >>> metrics("birds/test", "fake.npy", extractor="encoder")
    """
    from gan_core.metrics.evaluation import ENCODER_IMAGES, evaluate
    from gan_core.metrics.extractors.choice import EXTRACTORS, extractor_by_name
    from gan_core.metrics.feature_cache import FeatureCache
    from gan_core.metrics.features import choose_images
    from gan_core.metrics.image_source import open_images
    from gan_core.metrics.score import collect_warnings, scores_to_json
    from gan_core.metrics.score_table import print_scores
    from gan_core.progress import quietly, say
    from gan_core.run.device import start_tensorflow

    names = metric_names(metrics)
    if "memorisation" in names and train is None:
        raise ConfigError("`memorisation` compares with the images the generator was trained on. Received: no --train. "
                          "Name them, or leave the metric out.")
    if extractor.partition(":")[0] not in EXTRACTORS:
        extractor_by_name(extractor)  # refuses, before anything takes time

    with quietly(quiet):
        def opened(path: str):
            stated = "auto" if Path(path).is_dir() else value_range
            return open_images(path, resize=resize, value_range=stated, count=count, seed=seed)

        real_images, fake_images = opened(real), opened(fake)
        train_images = None if train is None else opened(train)
        say("starting TensorFlow ...")
        start_tensorflow(seed=seed)
        folder = None if no_cache else (cache or FeatureCache.default_folder())
        learn_from = real_images if train_images is None else train_images
        chosen = extractor_by_name(extractor, images=lambda: choose_images(learn_from, ENCODER_IMAGES, seed=seed),
                                   folder=folder, seed=seed, say=say)
        with collect_warnings() as left_out:
            scores = evaluate(real_images, fake_images, metrics=names, extractor=chosen, train=train_images, seed=seed,
                              cache=folder)
    if json:
        print(scores_to_json(scores, left_out=left_out, real=str(real), fake=str(fake)))
    else:
        print_scores(scores, title=f"{fake} against {real}", left_out=left_out)


def metric_names(text: str) -> list[str]:
    """The metrics of a comma-separated list.

    Raises:
        ConfigError: an unknown one, or none.
    """
    from gan_core.errors import choose
    from gan_core.metrics.metrics import METRICS

    names = [name.strip().replace("-", "_") for name in text.split(",") if name.strip()]
    if not names:
        raise ConfigError(f"`--metrics` must name at least one. Known: {', '.join(METRICS)}.")
    for name in names:
        choose("metric", name, METRICS)
    return list(dict.fromkeys(names))


def compare(first: Path, second: Path, *, json: bool = False) -> None:
    """Compare two files of scores; scores of unlike protocols are refused, and it is said what differs.

    Args:
        first: what `metrics --json` printed, or a run's scores.json.
        second: likewise.
        json: print JSON.

    Raises:
        ConfigError: protocols differ, or no metric is in both.
        DataError: a file that cannot be read.

    Example:
        >>> compare(Path("runs/00001/scores.json"), Path("runs/00002/scores.json"))
    """
    from gan_core.metrics.comparison import judge, pair_scores, print_comparison
    from gan_core.metrics.score import read_scores

    pairs = pair_scores(read_scores(first), read_scores(second))
    names = (str(first), str(second))
    if json:
        rows = [(ours, theirs, judge(ours, theirs)) for ours, theirs in pairs]
        print(json_format.dumps([
            {"metric": ours.metric, "values": [plain(ours.value), plain(theirs.value)], "verdict": found.outcome,
             "difference": plain(found.difference), "reason": found.reason,
             "interval": None if found.interval is None else list(found.interval)} for ours, theirs, found in rows]))
    else:
        print_comparison(pairs, names)


def plain(number: float) -> float | str | None:
    """A number as strict JSON can hold it."""
    import math

    return number if math.isfinite(number) else None if math.isnan(number) else str(number)
