"""The birthday-paradox test as scores: generated images, and real ones as the control."""

from __future__ import annotations

import warnings
from typing import cast

import numpy as np

from gan_core.errors import DataError
from gan_core.metrics.functional.birthday import BirthdayTest, birthday_test, calibrate_threshold
from gan_core.metrics.functional.feature_checks import MetricWarning
from gan_core.metrics.result import Score
from gan_core.metrics.score_table import OF_REAL
from gan_core.metrics.scoring_inputs import Inputs

INTERVAL = "95% Clopper-Pearson"
SMALLEST, LARGEST = 8, 256  # images per draw
REPEATS, CALIBRATION_REPEATS = 40, 100
CAVEAT = ("the birthday estimate is the effective size 1/Σp², a lower bound on the number of different images: read it "
          "beside that of the real ones")


def birthday(inputs: Inputs) -> list[Score]:
    """How many different images the generator makes; the same test on real images beside it.

    The threshold below which two images count as the same one is calibrated on one random half of the real images; the
    other half is the control.
    """
    draw = np.random.default_rng(inputs.seed)
    real = inputs.real.features[draw.permutation(len(inputs.real.features))]
    halves = np.array_split(real, 2)
    pool = inputs.fake.features if inputs.draw is None else None
    # Of n images a draw takes at most half, so that draws differ.
    most = min([len(halves[1])] if pool is None else [len(halves[1]), len(pool)]) // 2
    if most < SMALLEST:
        raise DataError(f"the birthday test needs at least {4 * SMALLEST} real and {2 * SMALLEST} "
                        f"generated images. Received: {len(real)} and {len(inputs.fake.features)}.")
    sizes = [SMALLEST]
    while 2 * sizes[-1] <= min(most, LARGEST):
        sizes.append(2 * sizes[-1])
    return _tests(inputs, sizes, halves, pool, draw)


def _tests(inputs, sizes, halves, pool, draw) -> list[Score]:
    def without_replacement(rows):
        return lambda count: rows[draw.choice(len(rows), count, replace=False)]

    sampler = inputs.draw or without_replacement(pool)
    total, done = REPEATS * sum(sizes), 0
    tests: list[BirthdayTest] = []
    for size in sizes:
        threshold = calibrate_threshold(without_replacement(halves[0]), size, repeats=CALIBRATION_REPEATS)
        tests.append(_quiet_test(sampler, size, threshold, lambda count, _, size=size, done=done: inputs.advance(
            done + count * size, total)))
        done += REPEATS * size
    # The first size at which half of the repeats collide estimates best; all sizes are run, so that the number of fakes
    # that entered, and with it the protocol, does not depend on the generator.
    best = next((test for test in tests if (test.rate or 0.0) >= 0.5), tests[-1])
    control = _quiet_test(without_replacement(halves[1]), best.sample_size, best.threshold, None)
    estimator = (f"{REPEATS} repeats of {sizes[0]} to {sizes[-1]} images, threshold at 5% of real pairs, "
                 f"{'new samples' if pool is None else 'drawn from a fixed set'}")
    notes = [CAVEAT]
    if pool is not None and len(pool) < REPEATS * best.sample_size:
        notes.append(f"the birthday test drew its repeats from the same {len(pool)} generated images: its interval is "
                     "too narrow")
    return [_support(inputs, "birthday support", best, estimator, notes,
                     fake_count=total if pool is None else len(pool)),
            _support(inputs, "birthday support" + OF_REAL, control, estimator, notes, fake_count=0)]


def _quiet_test(sampler, size, threshold, progress) -> BirthdayTest:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MetricWarning)  # `_support` says it about the size that counts
        return birthday_test(sampler, size, repeats=REPEATS, threshold=threshold, top=1, progress=progress)


def _support(inputs, name: str, test: BirthdayTest, estimator: str, notes: list[str], **counts) -> Score:
    low, high = cast(tuple[float, float], test.support_interval)  # every test here has a threshold
    found = f"{test.collisions} of {test.repeats} draws of {test.sample_size} hold two images that count as the same"
    if test.collisions == 0:
        found += f": it makes more than {low:,.0f}"
    elif test.collisions == test.repeats:
        found += f": it makes fewer than {high:,.0f}"
    return inputs.score(name, test.support, estimator=estimator, interval=(low, high), interval_kind=INTERVAL,
                        higher_is_better=True if counts["fake_count"] else None, warnings=(found, *notes), **counts)
