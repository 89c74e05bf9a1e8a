"""Progressive growing: the schedule, the borders of fades, and runs that stop anywhere."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

from gan_core.errors import ConfigError
from gan_core.images.sheet import to_uint8
from gan_core.run.metrics_file import read_lines
from gan_core.testing import check_recipe
from gan_vision.data import Examples
from gan_vision.recipes import RECIPES
from gan_vision.training.growing import (
    FadeIn,
    Growth,
    Stage,
    growth_stages,
    penalty_target,
    stages_of,
)

PROGAN = RECIPES["progan"]
#: 4 px: 2 steps, fade to 8: 3, 8 px: 2, fade to 16: 3, 16 px: what is left. Batches of 4, then 2.
TINY = {"data": "npy:nowhere", "size": 16, "fmap_base": 32, "fmap_max": 8, "latent": 4, "channels": 3, "steps": 13,
        "stable_kimg": 0.008, "fade_kimg": 0.012, "batch_size": 4, "ema": 0.9, "log_every": 1, "sample_every": 5,
        "checkpoint_every": 4, "seed": 3}


def config(**changes):
    return PROGAN.settings(given={**TINY, **changes})


def pictures(count=24, size=16, labels=False):
    draw = np.random.default_rng(0)
    return Examples.of_images(draw.integers(0, 256, (count, size, size, 3), dtype=np.uint8),
                              np.arange(count) % 3 if labels else None, name="noise").split(0.2)


def built(settings=None, **options):
    keras.utils.set_random_seed(0)
    settings = settings or config()
    return PROGAN.build(settings, *pictures(size=settings.size, **options))


# ---------------------------------------------------------------------- the schedule

def level_of_detail(kimg, *, doublings, stable_kimg, fade_kimg):
    """The authors' form of the same schedule: how many doublings are missing, fractions being fades."""
    period = stable_kimg + fade_kimg
    if not period:
        return 0.0
    phase = kimg // period
    faded = max(kimg - phase * period - stable_kimg, 0.0) / fade_kimg if fade_kimg else 0.0
    return max(doublings - phase - faded, 0.0)


@pytest.mark.parametrize(("kimg", "lod"), [
    (0, 3), (500, 3), (750, 2.5), (1000, 2), (1500, 2), (1750, 1.5), (2000, 1), (2500, 1), (3000, 0), (9000, 0)])
def test_missing_doublings_by_thousands_of_images(kimg, lod):
    assert level_of_detail(kimg, doublings=3, stable_kimg=500, fade_kimg=500) == lod


def test_without_a_fade_levels_jump_and_without_both_nothing_grows():
    assert [level_of_detail(kimg, doublings=3, stable_kimg=100, fade_kimg=0) for kimg in (0, 99, 100, 199, 300)] == [3, 3, 2, 2, 0]
    assert level_of_detail(0, doublings=3, stable_kimg=0, fade_kimg=0) == 0


def stages(sizes=(4, 8, 16, 32), *, stable_kimg=500, fade_kimg=500, kimg=4000, steps=None, batch=lambda size: 100):
    return growth_stages(sizes, stable_kimg=stable_kimg, fade_kimg=fade_kimg, kimg=kimg, steps=steps, batch_sizes=batch,
                         learning_rates=lambda size: size / 1000)


def test_stages_are_those_of_the_formula():
    """At every thousand images, size and fading follow from the missing doublings."""
    ends = np.cumsum([stage.steps for stage in stages()])
    for kimg in range(25, 4000, 50):  # at the border itself a fade has begun, with nothing to see of it
        stage = stages()[int(np.searchsorted(ends, kimg * 10, side="right"))]
        lod = level_of_detail(kimg, doublings=3, stable_kimg=500, fade_kimg=500)
        assert stage.size == 2 ** (5 - int(np.floor(lod)))
        assert stage.fading == (lod % 1 > 0)


def test_batch_and_rate_are_those_of_the_level_that_is_shown():
    found = stages(batch=lambda size: 400 // size)
    assert [(stage.name, stage.batch_size, stage.learning_rate) for stage in found] == [
        ("4 px", 100, 0.004), ("fade to 8 px", 50, 0.008), ("8 px", 50, 0.008), ("fade to 16 px", 25, 0.016),
        ("16 px", 25, 0.016), ("fade to 32 px", 12, 0.032), ("32 px", 12, 0.032)]
    assert sum(stage.steps * stage.batch_size for stage in found) == pytest.approx(4_000_000, abs=100)


@pytest.mark.parametrize(("options", "names"), [
    ({"fade_kimg": 0}, ["4 px", "8 px", "16 px", "32 px"]),
    ({"stable_kimg": 0}, ["fade to 8 px", "fade to 16 px", "fade to 32 px", "32 px"]),
    ({"stable_kimg": 0, "fade_kimg": 0}, ["32 px"]),
    ({"sizes": (16, 32)}, ["16 px", "fade to 32 px", "32 px"]),
    ({"sizes": (32,)}, ["32 px"])])
def test_stages_that_are_left_out(options, names):
    assert [stage.name for stage in stages(**options)] == names


def test_steps_count_instead_of_images():
    assert [stage.steps for stage in stages(steps=40_000)] == [5000] * 6 + [10_000]


@pytest.mark.parametrize(("options", "message"), [
    ({"stable_kimg": 0.01}, r"every stage needs at least one update. Received: stable_kimg=0.01, less than one batch of 100 at 4 pixels"),
    ({"fade_kimg": 0.04}, r"Received: fade_kimg=0.04"),
    ({"kimg": 2900}, r"the last level needs at least one update. Received: kimg=2900.*30,000 steps, 3000 thousand images"),
    ({"steps": 30_000}, r"Received: steps=30000")])
def test_stages_without_steps_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        stages(**options)


def test_the_two_presets_of_the_authors_and_the_books():
    one_gpu = stages_of(PROGAN.settings(preset="v2-1gpu", given={"size": 1024}))
    assert [stage.batch_size for stage in one_gpu if not stage.fading] == [128, 128, 128, 64, 32, 16, 8, 4, 4]
    assert [stage.learning_rate for stage in one_gpu[-2:]] == [1.5e-3, 1.5e-3]
    assert one_gpu[0].learning_rate == 1e-3
    assert sum(stage.steps * stage.batch_size for stage in one_gpu) == pytest.approx(12e6, abs=200)
    assert one_gpu[-1].steps * 4 == pytest.approx(2.4e6, rel=1e-3)
    book = stages_of(PROGAN.settings(preset="book-cifar"))
    assert sum(stage.steps for stage in book) * 16 == pytest.approx(25e6, abs=200)
    assert len(book) == 7


@pytest.mark.parametrize(("changes", "message"), [
    ({"size": 24}, r"`size` must be a power of two times 4.*Received: size=24. Use 16 or 32."),
    ({"start_size": 6}, r"Received: size=6"),
    ({"start_size": 32}, r"`start_size` must be at most `size`. Received: start_size=32, size=16."),
    ({"fade_kimg": 0.001}, r"every stage needs at least one update. Received: fade_kimg=0.001"),
    ({"steps": 10}, r"the last level needs at least one update. Received: steps=10")])
def test_settings_that_do_not_go_are_refused_before_data_are_read(changes, message):
    settings = config(**changes)
    with pytest.raises(ConfigError, match=message):
        PROGAN.build(settings, *PROGAN.placeholder(config()))


# ---------------------------------------------------------------------- penalties at another size

def test_the_norm_that_is_asked_for_is_larger_at_smaller_sizes():
    target = penalty_target([Stage(4, False, 10, 1, 0), Stage(8, True, 10, 1, 0), Stage(16, False, 5, 1, 0)], 3.0)
    assert [float(target(tf.constant(step, tf.int64))) for step in (0, 9, 10, 19, 20, 24, 99)] == [12, 12, 6, 6, 3, 3, 3]


def test_it_is_the_penalty_of_enlarged_pictures():
    """At a quarter of the size the target is four times as large: the same as differentiating by repeated pixels."""
    weights = tf.constant(np.random.default_rng(0).normal(size=(4, 4, 1)), tf.float32)

    def small(x):  # a critic of 4 pixels
        return tf.reduce_sum(tf.nn.tanh(x * weights), (1, 2, 3))

    x = tf.constant(np.random.default_rng(1).normal(size=(2, 4, 4, 1)), tf.float32)
    large = tf.repeat(tf.repeat(x, 4, axis=1), 4, axis=2)
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([x, large])
        of_small, of_large = small(x), small(tf.nn.avg_pool2d(large, 4, 4, "VALID"))
    norms = [tf.norm(tf.reshape(tape.gradient(score, sample), (2, -1)), axis=1) for score, sample in (
        (of_small, x), (of_large, large))]
    np.testing.assert_allclose(norms[0] / 4, norms[1], rtol=1e-5)


# ---------------------------------------------------------------------- the borders of fades

def at_stage(experiment, number):
    for phase in experiment.phases[:number + 1]:
        phase.start(experiment.gan)
    return experiment.gan


def test_at_a_border_the_sheet_is_the_enlarged_last_sheet_of_the_level_before(tmp_path):
    """Before any update, with the averaged generator that sheets are made with."""
    experiment = built()
    gan = at_stage(experiment, 0)
    gan.make_train_function()
    batches = iter(experiment.phases[0].data.dataset(0, 2))
    for _ in range(2):
        gan.train_function(batches)
    for number in (1, 3):
        before = to_uint8(gan.generate(count=5), (-1, 1))
        experiment.phases[number].start(gan)
        np.testing.assert_array_equal(to_uint8(gan.generate(count=5), (-1, 1)), before.repeat(2, 1).repeat(2, 2))
        experiment.phases[number + 1].start(gan)


def test_the_average_goes_on_at_a_new_level():
    gan = at_stage(built(), 0)
    marked = gan.averaged_generator.weights[3]
    marked.assign(marked + 1)
    kept = marked.numpy()
    built_phases = built().phases
    built_phases[1].start(gan)
    np.testing.assert_array_equal(marked.numpy(), kept)


def test_both_ends_of_a_fade_have_fresh_moments():
    experiment = built()
    for number in range(5):
        gan = at_stage(experiment, number)
        assert int(gan.generator_optimizer.iterations) == 0
        count = len(gan.generator.learning_variables())
        assert len(gan.generator_variables) == count < len(gan.generator.trainable_variables)


def test_alpha_rises_from_zero_by_equal_steps():
    gan = at_stage(built(), 1)
    growth = gan.prepare
    fade, seen = FadeIn(growth, 4), []
    fade.set_model(gan)
    fade.on_train_begin()
    for step in range(4):
        fade.on_train_batch_begin(step)
        seen.append([float(holder.alpha.numpy()) for holder in (growth, gan.generator, gan.averaged_generator, gan.discriminators[0])])
    assert seen == [[0] * 4, [0.25] * 4, [0.5] * 4, [0.75] * 4]


def test_real_pictures_are_means_over_squares_and_blended_like_the_others():
    examples = pictures(size=8)[0]
    growth = Growth(examples.prepare((-1, 1)), 8)
    raw = np.asarray(examples.images[:2])
    whole = raw.astype("float32") / 127.5 - 1
    quarters = whole.reshape(2, 4, 2, 4, 2, 3).mean((2, 4))
    growth.current_size = 4
    np.testing.assert_allclose(growth({"real": raw})["real"], quarters, atol=1e-6)
    growth.current_size, growth.fading = 8, True
    for alpha in (0.0, 0.25, 1.0):
        growth.alpha.assign(alpha)
        expected = (1 - alpha) * quarters.repeat(2, 1).repeat(2, 2) + alpha * whole
        np.testing.assert_allclose(growth({"real": raw})["real"], expected, atol=1e-6)


# ---------------------------------------------------------------------- whole runs

@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [2, 4, 5])
def test_a_run_resumes_exactly_in_a_fade_and_at_its_borders(stop_at, tmp_path):
    settings = config(size=8, steps=7)
    check_recipe(lambda each: PROGAN.build(each, *pictures(size=8)), settings, tmp_path, stop_at=stop_at)
    lines = {line["step"]: line for line in read_lines(tmp_path / "straight/metrics.jsonl") if "d_loss" in line}
    assert [lines[step]["resolution"] for step in range(1, 8)] == [4] * 2 + [8] * 5
    assert [lines[step]["alpha"] for step in range(1, 8)] == pytest.approx([1, 1, 0, 1 / 3, 2 / 3, 1, 1])
    assert [lines[step]["lod"] for step in range(1, 8)] == pytest.approx([1, 1, 1, 2 / 3, 1 / 3, 0, 0])
    assert {"d_gradient_penalty_norm", "d_gradient_penalty_logit", "d_drift", "real_logit", "examples"} <= set(lines[1])


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    folder = tmp_path_factory.mktemp("growing")
    np.save(folder / "noise.npy", np.random.default_rng(0).integers(0, 256, (40, 16, 16, 3), dtype=np.uint8))
    import gan_vision

    return folder, gan_vision.train("progan", out=folder / "run", quiet=True, **{
        **TINY, "data": f"npy:{folder / 'noise.npy'}"})


@pytest.mark.slow
def test_a_run_keeps_each_level_and_shows_them_in_one_picture(finished):
    folder, run = finished
    assert run.levels == {4: folder / "run/generator-4px.keras", 8: folder / "run/generator-8px.keras", 16: None}
    rows = [Image.open(path).size for path in sorted((folder / "run/samples/growth").iterdir())]
    assert rows == [(32, 4), (64, 8), (128, 16)]
    width, height = Image.open(folder / "run/samples/growth.png").size
    assert height == 3 * (64 + 2) + 2
    assert width > 8 * (64 + 2) + 2
    for level in (4, 8, 16):
        assert run.generate(3, level=level).shape == (3, level, level, 3)
    np.testing.assert_array_equal(run.generate(3), run.generate(3, level=16))
    with pytest.raises(ConfigError, match=r"`level` must be one that the run has trained. Received: level=32. Trained: 4, 8, 16 pixels."):
        run.generate(3, level=32)
    with pytest.raises(ConfigError, match="only the averaged generator is kept"):
        run.generate(3, level=8, raw=True)


@pytest.mark.slow
def test_a_level_that_is_kept_makes_what_was_made_at_its_end(finished):
    """The same latents as in its row of the growth sheet."""
    folder, run = finished
    row = np.asarray(Image.open(folder / "run/samples/growth/00008.png"))
    np.testing.assert_array_equal(row, np.concatenate(run.generate(8, level=8, seed=run.config.seed), axis=1))


@pytest.mark.slow
def test_a_finished_run_is_grown_further_by_a_new_one(finished, tmp_path):
    import gan_vision

    folder, run = finished
    settings = {**TINY, "data": f"npy:{folder / 'noise.npy'}", "size": 32, "start_size": 16, "steps": 6,
                "stable_kimg": 0.004, "fade_kimg": 0.008, "init_from": str(folder / "run")}
    larger = gan_vision.train("progan", out=tmp_path / "larger", quiet=True, **settings)
    assert larger.generate(2).shape == (2, 32, 32, 3)
    first = PROGAN.build(PROGAN.settings(given=settings), *pictures(size=32))
    from gan_core.run.initial_weights import load_initial_weights

    load_initial_weights(first.gan, folder / "run", first.representation)
    np.testing.assert_array_equal(first.gan.generate(count=2, seed=1), run.gan.generate(count=2, seed=1))


@pytest.mark.slow
def test_a_class_conditional_run_trains(tmp_path):
    settings = config(conditional=True, size=8, steps=6)
    made = check_recipe(lambda each: PROGAN.build(each, *pictures(size=8, labels=True)), settings, tmp_path, stop_at=3)
    assert made.gan.objective.report_names().count("d_classes") == 1


def test_a_conditional_run_without_labels_is_refused():
    from gan_core.errors import DataError

    with pytest.raises(DataError, match="a conditional recipe needs labels, and noise has none"):
        PROGAN.build(config(conditional=True), *pictures())


def test_the_schedule_is_a_table():
    from gan_core.cli.describe import description

    settings = config()
    found = description(PROGAN, settings, PROGAN.build(settings, *PROGAN.placeholder(settings)))
    assert [(phase["name"], phase["steps"], phase["batch_size"], phase["output_shape"][1]) for phase in found["phases"]] == [
        ("4 px", 2, 4, 4), ("fade to 8 px", 3, 4, 8), ("8 px", 2, 4, 8), ("fade to 16 px", 3, 4, 16), ("16 px", 3, 4, 16)]
    costs = [sum(phase["operations"]) for phase in found["phases"]]
    assert costs[0] < costs[2] < costs[4]


def test_a_penalty_at_the_levels_own_size_is_a_setting():
    full, native = (built(config(penalty_size=size)).gan.objective.regularizers[0].target for size in ("full", "native"))
    assert callable(full)
    assert native == 1.0


def test_growing_needs_no_average():
    assert at_stage(built(config(ema=None)), 1).generate(count=2).shape == (2, 8, 8, 3)
