"""`gan-vision evaluate RUN`: scores of a run's generator against held-out images. Imports no TensorFlow."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
from cyclopts import Parameter

from gan_core.errors import ConfigError, DataError
from gan_vision.cli.evaluate_translation import evaluate_translation
from gan_vision.image_run import ImageRun
from gan_vision.translation.translation_run import TranslationRun

if TYPE_CHECKING:
    from gan_vision.data.examples import Examples

DEFAULT = "fid,kid,prdc,birthday,memorisation"
TRAINING = "training images"
MOST = 10_000  # images per side, unless asked
BATCH = 64
RECALIBRATION = 100  # batches
Run = Annotated[Path, Parameter(help="The run folder that `train` printed.")]


def evaluate(run: Run, /, *, data: str | None = None, metrics: str | None = None,
             extractor: str = "encoder", count: Annotated[int | None, Parameter(name=["--count", "-n"])] = None,
             raw: Annotated[bool, Parameter(negative="")] = False,
             recalibrate: Annotated[bool, Parameter(negative="")] = False, segmenter: str | None = None, seed: int = 0,
             json: Annotated[bool, Parameter(name="--json", negative="")] = False,
             quiet: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Score a run's averaged generator against real images it has not seen; offline. Also written to RUN/scores.json.

    Args:
        data: Score against all images of this source instead of the run's held-out ones: folder:PATH, npy:FILE, ...
        metrics: With commas: fid, kid, prdc (precision, recall, density, coverage), birthday, memorisation, ms_ssim,
            two_sample, and with a classifier inception_score and modes; fid,kid,prdc,birthday,memorisation by default.
            Of runs that translate pictures: l1, psnr, ssim, kid, each beside those of the input and of the nearest
            training pair.
        extractor: encoder (a small network trained on the run's data on first use, and kept in the run folder),
            random[:SEED], inception:WEIGHTS.h5[@75], or keras:MODEL.keras[@SIZE].
        count: Images per side; by default as many as are held out, at most 10,000.
        raw: Score the trained generator instead of its average.
        recalibrate: First replace the statistics of batch normalisation by their means over 100 generated batches,
            since averaged ones are exact for no set of weights. Scores say so, and compare with their like only.
        segmenter: Keras model (pictures of 0..255 -> scores of the classes of each pixel): how far it finds the label
            maps again in what was made of them.
        seed: Of the noise and of all random choices.
        json: Print JSON, as `gan-core compare` reads it.
        quiet: Show no progress.
    """
    from gan_core.cli.metrics import metric_names
    from gan_core.cli.verbs import open_run
    from gan_core.metrics.evaluation import evaluate as evaluate_images
    from gan_core.metrics.extractors.choice import EXTRACTORS, extractor_by_name
    from gan_core.metrics.feature_cache import FeatureCache
    from gan_core.metrics.score import OF_REAL, collect_warnings, scores_to_json, write_scores
    from gan_core.metrics.score_table import print_scores
    from gan_core.progress import quietly, say, stage
    from gan_vision.recipes import RECIPES

    if count is not None and count < 2:
        raise ConfigError(f"`--count` must be at least 2. Received: count={count}.")
    if extractor.partition(":")[0] not in EXTRACTORS:
        extractor_by_name(extractor)  # refuses, before anything takes time
    with quietly(quiet):
        say("starting TensorFlow ...")
        opened = open_run(RECIPES, run, data=True)
        if isinstance(opened, TranslationRun):
            if recalibrate:
                raise ConfigError("`--recalibrate` is for generators that make pictures of noise. Leave it out.")
            translated = evaluate_translation(opened, metrics=metrics, data=data, extractor=extractor, count=count,
                                              raw=raw, seed=seed, segmenter=segmenter)
            _report_translation(run, opened, translated, raw=raw, json=json, quiet=quiet)
            return
        if segmenter is not None:
            raise ConfigError("`--segmenter` is for runs on label maps. Leave it out.")
        names = metric_names(metrics or DEFAULT)
        train, held_out = opened.data
        real, origin = _real_images(opened.config, train, held_out, data)
        if origin == TRAINING and "memorisation" in names:
            names.remove("memorisation")
            say("memorisation is not scored: this run holds no images out to compare copies with")
            if not names:
                raise DataError(f"{run} holds no images out. Expected: held-out images, or --data SOURCE.")
        real = real[:min(count or MOST, len(real))]
        generator = Samples(opened, train, seed=seed, raw=raw)
        say(f"step {opened.step:,}: {len(real):,} generated images against {len(real):,} {origin}")
        if recalibrate:
            with stage("recalibrating batch normalisation", RECALIBRATION) as advance:
                generator.recalibrate(RECALIBRATION, advance)
        chosen = extractor_by_name(extractor, images=lambda: train.images, labels=_classes(train), folder=run,
                                   say=say)
        with collect_warnings() as left_out:
            scores = evaluate_images(
                real, generator.batches(len(real)), metrics=names, extractor=chosen,
                train=None if origin == TRAINING else train.images, sampler=generator.more, seed=seed,
                cache=FeatureCache.default_folder())
    if recalibrate:
        scores = [score if score.metric.endswith(OF_REAL) else dataclasses.replace(
            score, estimator=f"{score.estimator}, batch norm recalibrated over {RECALIBRATION} batches")
            for score in scores]
    about = {"run": str(run), "step": opened.step, "real": origin, "raw": raw, "recalibrated": recalibrate}
    path = write_scores(run / "scores.json", scores, left_out=left_out, **about)
    if json:
        print(scores_to_json(scores, left_out=left_out, **about))
        return
    print_scores(scores, title=f"{run} at step {opened.step:,}, against {origin}", left_out=left_out)
    if not quiet:
        say(f"scores: {path}   compare with another run: gan-core compare {path} OTHER/scores.json")


def _report_translation(run: Path, opened: TranslationRun, found, *, raw: bool, json: bool, quiet: bool) -> None:
    from gan_core.metrics.score import scores_to_json, write_scores
    from gan_core.progress import say
    from gan_vision.cli.evaluate_translation import RUN, print_evaluated

    about = {"run": str(run), "step": opened.step, "real": found.origin, "raw": raw, "recalibrated": False}
    path = write_scores(run / "scores.json", found.scores[RUN], **about)
    if json:
        print(scores_to_json(found.scores[RUN], **about, others={
            name: {score.metric: score.value for score in scores} for name, scores in found.scores.items()
            if name != RUN}))
        return
    print_evaluated(found, f"{run} at step {opened.step:,}, {found.origin}")
    if not quiet:
        say(f"scores: {path}   compare with another run: gan-core compare {path} OTHER/scores.json")


class Samples:
    """Bytes from a run's generator; every call gives new ones, and the whole sequence depends on the seed alone.

    Args:
        run: the opened run.
        examples: for training; a conditional generator is asked for what belongs to some of them, drawn at random.
        seed: int.
        raw: use the trained generator instead of its average.
    """

    def __init__(self, run: ImageRun, examples: Examples | None = None, *, seed: int = 0, raw: bool = False):
        self.run, self.seed, self.raw, self._calls = run, seed, raw, 0
        self.examples = None if run.experiment.condition is None else examples
        if isinstance(run, TranslationRun) and examples is not None:
            from gan_vision.training.translation import at_size, size_of

            self.examples = at_size(examples, size_of(run.gan))
        self.value_range = run.value_range

    def more(self, count: int) -> np.ndarray:
        """uint8 (count, height, width, channels)."""
        from gan_core.images.sheet import to_uint8
        from gan_vision.training.enlargement import enlarged

        made = to_uint8(self.floats(count), self.value_range)
        # A run that grows is compared at the size of its data, wherever it stands.
        size = getattr(self.run.config, "size", 0)
        return enlarged(made, size) if isinstance(size, int) else made

    def floats(self, count: int) -> np.ndarray:
        """float32 (count, height, width, channels), as the generator puts them out."""
        from gan_core.random import fold

        self._calls += 1
        seed = fold(self.seed, "evaluate", self._calls)
        return self.run.samples(count, seed=seed, raw=self.raw, condition=self._condition(count, seed))

    def recalibrate(self, batches: int, advance: Callable[[int], None] = lambda count: None) -> None:
        """Give the generator the batch-norm statistics of its own samples (`recalibrate_batch_norm`), in memory only.

        Args:
            batches: of 64 samples each, drawn for this alone.
            advance: called with 1 after each.

        Raises:
            ConfigError: the generator has no batch normalisation.
        """
        import keras

        from gan_core.game.averaging import recalibrate_batch_norm
        from gan_core.random import fold

        gan = self.run.gan
        network = gan.generator if self.raw else gan.sampler
        if not any(isinstance(layer, keras.layers.BatchNormalization) for layer in network._flatten_layers()):
            raise ConfigError("`--recalibrate` is for generators with batch normalisation, and this one has none. "
                              "Leave it out.")

        def inputs() -> Iterator[dict]:
            for number in range(batches):
                seed = fold(self.seed, "recalibrate", number)
                drawn = gan.fixed_latent(BATCH, seed)
                yield ({} if drawn is None else {"latent": drawn}) | (self._condition(BATCH, seed) or {})
                advance(1)

        recalibrate_batch_norm(network, inputs())

    def _condition(self, count: int, seed: int) -> dict | None:
        """What belongs to some of the examples, drawn at random."""
        if self.examples is None:
            return None
        rows = np.random.default_rng(seed).integers(len(self.examples), size=count)
        return self.run.conditions_of(self.examples, rows)

    def batches(self, count: int) -> Iterator[np.ndarray]:
        """`count` images in batches: memory holds one."""
        for start in range(0, count, BATCH):
            yield self.more(min(BATCH, count - start))


def _real_images(config, train, held_out, source: str | None):
    from gan_vision import data
    from gan_vision.data.sources import CROPPED, parse_source

    if source is not None:
        height, width, channels = train.image_shape
        crops = {"crop": config.crop, "square": config.square} if parse_source(source)[0] in CROPPED else {}
        images = data.load_images(source, size=(height, width), channels=channels, fit=config.fit, **crops,
                                  background="white" if channels == 4 else config.background, on_bad=config.on_bad,
                                  validation=0.0, seed=config.seed, data_dir=config.data_dir, download=config.download)
        return _shuffled(images, config.seed), f"images of {source}"
    if held_out is not None and len(held_out) > 1:
        return _shuffled(held_out, config.seed), "held-out images"
    return _shuffled(train, config.seed), TRAINING


def _shuffled(images, seed: int):
    """The images in an order that depends on `seed` alone: the first so many are then a fair choice."""
    from gan_vision.data.row_choice import shuffled
    from gan_vision.data.row_subset import RowSubset

    return RowSubset(images.images, shuffled(len(images), seed))


def _classes(train) -> np.ndarray | None:
    """Class ids an encoder can learn from; attributes and single classes are no classes."""
    labels = train.labels
    if labels is None or labels.ndim != 1 or len(np.unique(labels)) < 2:
        return None
    return labels
