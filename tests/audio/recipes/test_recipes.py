"""The three recipes on synthetic sound: they train, resume exactly, learn, and have the published networks."""

import json

import keras
import numpy as np
import pytest
import tensorflow as tf

import gan_core as core
from gan_audio.data.folder import PairedArrays, Recording
from gan_audio.data.synthetic import pairs, tones
from gan_audio.errors import AudioConfigError
from gan_audio.recipes import RECIPES
from gan_core.testing import check_recipe, count_parameters

SMALL = {"filters": (4, 6), "latent_channels": 3, "window": 1024, "batch_size": 4, "validation_limit": 2}


def recipe(name="segan-tiny", **values):
    found = RECIPES[name]
    return found, found.settings(given={**SMALL, **values})


def sound(config, count=3):
    made = pairs(count, 0.5, seed=1, kinds=("white", "pink"), snrs=(5.0, 10.0))
    held = [Recording(f"held-{index}", clean, noisy, 16_000, "white", 5.0)
            for index, (clean, noisy) in enumerate(pairs(2, 0.6, seed=2))]
    return PairedArrays(made, 16_000, config.size().window, 512, config.preemphasis), held


@pytest.mark.slow
@pytest.mark.parametrize("options", [{}, {"norm": "virtual", "phase_shift": 3, "ema": 0.9, "input_noise": 0.01,
                                          "l1_schedule": "decay", "l1_decay": 5.0, "l1_from": 2},
                                     {"adversary": False, "preemphasis": 0.95}])
def test_a_recipe_trains_and_resumes_exactly(options, tmp_path):
    made, config = recipe(steps=7, log_every=2, sample_every=4, checkpoint_every=3, seed=3, **options)
    check_recipe(lambda settings: made.build(settings, *sound(settings)), config, tmp_path, stop_at=4)
    found = {path.name for path in (tmp_path / "straight/samples").iterdir()}
    assert {"noisy-a.wav", "clean-b.wav", "step-000000000-a-enhanced.wav", "step-000000007-b-residual.wav",
            "step-000000007-a-spectrograms.png", "step-000000007-a-waveforms.png"} <= found
    lines = [json.loads(line) for line in (tmp_path / "straight/metrics.jsonl").read_text().splitlines()]
    assert any({"si_sdr", "segmental_snr_gain", "negative_si_sdr"} <= line.keys() for line in lines)
    weights = [line["l1_weight"] for line in lines if "l1_weight" in line]
    assert weights == ([100.0, 90.0, 75.0] if "l1_schedule" in options else [100.0] * 3)


@pytest.mark.slow
def test_tones_gain_at_least_three_decibels_in_300_steps():
    made = RECIPES["segan-tiny"]
    config = made.config(batch_size=6, steps=300)
    train = PairedArrays(pairs(24, 2.0, seed=0, source=tones), preemphasis=0.0)
    held = [Recording(str(index), *pair, 16_000) for index, pair in enumerate(pairs(4, 2.0, seed=9, source=tones))]
    keras.utils.set_random_seed(0)
    experiment = made.build(config, train, held)
    experiment.gan.fit(experiment.phases[0].data.dataset(0, 300), steps_per_epoch=300, verbose=0, shuffle=False)
    assert experiment.validation(experiment.gan)["snr_gain"] > 3


@pytest.mark.parametrize(("name", "generator", "discriminator"), [
    ("segan", 73_100_049, 24_373_081), ("segan-compact", 64_770_561, 25_825_793), ("segan-tiny", 135_029, 210_241)])
def test_the_defaults_are_the_published_networks(name, generator, discriminator):
    made = RECIPES[name]
    config = made.config(batch_size=2)
    experiment = made.build(config, *made.placeholder(config))
    assert count_parameters(experiment.gan.generator)[0] == generator
    assert count_parameters(experiment.gan.discriminators[0])[0] == discriminator


@pytest.mark.parametrize(("name", "batch", "rate", "preemphasis"), [
    ("segan", 400, 2e-4, 0.95), ("segan-compact", 256, 5e-5, 0.95), ("segan-tiny", 8, 1e-3, 0.0)])
def test_the_defaults_are_the_published_numbers(name, batch, rate, preemphasis):
    config = RECIPES[name].config()
    assert (config.batch_size, config.learning_rate, config.preemphasis) == (batch, rate, preemphasis)
    assert (config.l1, config.lsgan_half, config.ema, config.sample_rate) == (100.0, False, None, 16_000)


def test_every_recipe_is_a_module_of_that_name():
    assert set(RECIPES) == {"segan", "segan-compact", "segan-tiny"}
    for name in RECIPES:
        assert RECIPES[name].config.SIZE == name


def test_the_reference_of_virtual_batch_normalisation_is_the_first_batch():
    made, config = recipe(norm="virtual")
    experiment = made.build(config, *sound(config))
    first = next(iter(experiment.phases[0].data.dataset(0, 1)))
    layer = experiment.gan.discriminators[0].get_layer("reference")
    np.testing.assert_array_equal(layer.examples, tf.concat([first["real"], first["noisy"]], -1))


def test_the_control_starts_from_the_same_generator():
    starts = []
    for adversary in (True, False):
        made, config = recipe(adversary=adversary)
        keras.utils.set_random_seed(0)
        experiment = made.build(config, *sound(config))
        starts.append([np.array(value) for value in experiment.gan.generator.trainable_variables])
    assert all(np.array_equal(one, other) for one, other in zip(*starts, strict=True))
    assert experiment.gan.discriminators[0].name == "spectator"
    assert experiment.gan.objective.generator_weight == 0


@pytest.mark.parametrize(("half", "factor"), [(False, 2), (True, 1)])
def test_the_adversarial_terms_have_no_half_unless_asked_for(half, factor):
    """L_D = E(D(clean) - 1)² + E D(G)², as the authors' releases have it; `LeastSquares` has the 1/2 of the papers."""
    made, config = recipe(lsgan_half=half)
    objective = made.build(config, *sound(config)).gan.objective
    assert (objective.discriminator_weight, objective.generator_weight) == (factor, factor)
    assert type(objective.adversarial) is core.LeastSquares


def test_without_validation_nothing_is_scored():
    made, config = recipe()
    train, _ = sound(config)
    experiment = made.build(config, train, [])
    assert (experiment.validation, experiment.best, len(experiment.previews)) == (None, None, 1)


@pytest.mark.parametrize(("schedule", "expected"), [
    ({"l1_schedule": "constant"}, [100, 100, 100]), ({"l1_schedule": "remove", "l1_from": 10}, [100, 0, 0]),
    ({"l1_schedule": "decay", "l1_from": 5, "l1_decay": 2.0}, [100, 90, 0])])
def test_the_weight_of_the_distance_follows_its_schedule(schedule, expected):
    weight = recipe(**schedule)[1].l1_weight()
    assert [float(weight(tf.constant(step)) if callable(weight) else weight) for step in (5, 10, 1000)] == expected


def test_augmentation_is_off_unless_asked_for():
    from gan_audio.recipes.enhancement import augmentation

    assert augmentation(recipe()[1]) is None
    assert augmentation(recipe(gain=True)[1]).gain_db == (-12.0, 6.0)
    only_swaps = augmentation(recipe(swap_noise=0.5)[1])
    assert (only_swaps.gain_db, only_swaps.polarity, only_swaps.swap_noise) == (None, False, 0.5)


def test_a_window_that_does_not_fit_the_strides_is_refused():
    made, config = recipe(window=1000)
    with pytest.raises(AudioConfigError, match="`window` must be a multiple of 16"):
        made.load(config)


@pytest.mark.parametrize(("preset", "options"), [
    ("demo", {"data": "synthetic", "steps": 300, "batch_size": 8, "log_every": 20, "checkpoint_every": 300,
              "validation_limit": 6}),
    ("wide", {"filters": (16, 32, 64, 128, 256), "steps": 2000, "checkpoint_every": 500})])
def test_presets_are_the_settings_that_were_measured(preset, options):
    assert RECIPES["segan-tiny"].settings(preset=preset) == RECIPES["segan-tiny"].config(**options)
