import dataclasses

import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.random import Stream
from gan_core.testing import check_recipe
from gan_text.errors import TextConfigError
from gan_text.recipes import arith, char
from gan_text.recipes.texts import TextConfig, load, placeholder
from gan_text.recipes.texts import build as build_experiment

SMALL = {"steps": 4, "batch_size": 4, "filters": 6, "blocks": 1, "latent": 4, "n_critic": 2, "rows": 60,
         "score_samples": 20, "sample_every": 4, "checkpoint_every": 2, "log_every": 1}


def build(config):
    keras.utils.set_random_seed(config.seed)
    return build_experiment(config, *load(config))


@pytest.mark.slow
def test_a_stopped_and_resumed_run_ends_bit_for_bit_like_a_straight_one(tmp_path):
    config = arith.Config(**{**SMALL, "steps": 8, "ema": 0.9})
    experiment = check_recipe(build, config, tmp_path, stop_at=3)
    assert (tmp_path / "straight" / "vocabulary.json").is_file()
    assert int(experiment.gan.generator_steps) == 4


@pytest.mark.parametrize("options", [
    {"generator": "lstm"}, {"generator": "gru"}, {"generator": "lstm-p"}, {"critic": "lstm"}, {"output": "gumbel"},
    {"condition": "length"}, {"curriculum": 1, "stage_steps": 2},
    {"curriculum": 1, "stage_steps": 2, "generator": "lstm-p", "teacher": True},
    {"curriculum": 1, "stage_steps": 2, "condition": "length", "output": "gumbel"}, {"loss": "wgan-gp-lp"}, {"loss": "hinge+gp"},
    {"loss": "rsgan"}, {"loss": "ragan"}, {"loss": "ralsgan"}, {"loss": "nonsaturating+r1"}, {"loss": "rsgan", "penalty": 1.0},
], ids=lambda options: "-".join(map(str, options.values())))
def test_every_option_trains_with_finite_losses(options):
    experiment = build(arith.Config(**{**SMALL, **options}))
    gan = experiment.gan
    gan.run_eagerly = True
    before = gan.generator.get_weights()
    for phase in experiment.phases:
        if phase.start is not None:
            phase.start(gan)
        gan.fit(phase.data.dataset(0, 2), steps_per_epoch=2, verbose=0, shuffle=False, callbacks=list(phase.callbacks))
    reported = gan.running_means.reported()
    assert {"d_loss", "g_loss"} <= set(reported)
    assert all(np.isfinite(value) for value in reported.values())
    assert any(not np.array_equal(old, new) for old, new in zip(before, gan.generator.get_weights(), strict=True))


def test_the_critic_is_updated_n_critic_times_per_generator_update_with_adam_of_the_source():
    experiment = build_experiment(config := char.Config(data="grammar:arith", filters=4, blocks=1), *placeholder(config))
    gan = experiment.gan
    assert gan.n_critic == 10
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert (float(optimizer.learning_rate), optimizer.beta_1, optimizer.beta_2) == (pytest.approx(1e-4), 0.5, 0.9)
    assert (config.steps, config.batch_size) == (2_000_000, 64)


def test_the_noise_is_standard_normal_in_training_and_sampling():
    gan = build(arith.Config(**SMALL)).gan
    draws = [np.asarray(gan.latent.sample(4000, Stream(0, 0, scope))) for scope in ("discriminator", "generator")]
    draws.append(gan.fixed_latent(4000))
    for latent in draws:
        assert abs(latent.mean()) < 0.05
        assert abs(latent.std() - 1) < 0.05


def test_real_batches_reach_the_networks_as_one_hot_rows():
    experiment = build(config := arith.Config(**SMALL))
    ids = np.asarray(next(iter(experiment.phases[0].data.dataset(0, 1)))["real"])
    real = np.asarray(experiment.gan.prepare({"real": ids})["real"])
    assert real.shape == (4, config.length, 9)
    assert np.array_equal(real.argmax(-1), ids)
    assert real.sum() == 4 * config.length


def test_held_out_strings_of_a_grammar_are_drawn_anew():
    train, held_out = load(arith.Config(**SMALL))
    assert not np.array_equal(train.rows[:50], held_out.rows[:50])
    assert len(held_out) == 10_000


@pytest.mark.parametrize(("options", "error", "text"), [
    ({"curriculum": 7}, TextConfigError, "`curriculum` must lie between 1 and the length - 1. Received: curriculum=7"),
    ({"curriculum": 2, "stage_steps": 2}, TextConfigError, "`steps` must exceed the growing stages"),
    ({"teacher": True, "generator": "lstm-p"}, TextConfigError, "curriculum=0, generator='lstm-p'"),
    ({"teacher": True, "curriculum": 1, "stage_steps": 2}, TextConfigError, "curriculum=1, generator='residual'"),
    ({"batch_size": 61}, TextConfigError, "Received: batch_size=61, rows=60"),
    ({"condition": "question"}, TextConfigError, "needs a question mark"),
    ({"generator": "lstm-p", "output": "gumbel"}, ConfigError, "lstm-p"),
    ({"length": 4096, "batch_size": 60, "data": "grammar:arith", "blocks": 1}, TextConfigError, "1..256"),
])
def test_options_that_do_not_fit_are_refused(options, error, text):
    with pytest.raises(error, match=text.replace("(", r"\(")):
        build(arith.Config(**{**SMALL, **options}))


def test_one_hot_batches_above_the_memory_guard_are_refused_with_the_estimate():
    config = TextConfig(data="", level="word", max_size=60_000, length=64, batch_size=256, filters=4, blocks=1)
    with pytest.raises(TextConfigError, match=r"need about 29\.3 GiB"):
        build_experiment(config, *placeholder(config))


def test_a_config_without_data_names_the_sources():
    with pytest.raises(TextConfigError, match="`data` must name the text to learn"):
        load(char.Config())


def test_real_and_generated_rows_show_equally_much_in_every_stage():
    experiment = build(arith.Config(**{**SMALL, "curriculum": 2, "stage_steps": 1, "generator": "lstm-p", "teacher": True}))
    gan = experiment.gan
    for number, phase in enumerate(experiment.phases):
        batch = gan.prepare(next(iter(phase.data.dataset(0, 1))))
        real = np.asarray(batch.pop("real")).sum(-1)
        fake = np.asarray(gan.call_generator(batch, 4, gan.stream("generator"), False)).sum(-1)
        np.testing.assert_allclose(fake, real, atol=1e-5)
        assert (real.sum(1).max() < 7) == (number < 2)


@pytest.mark.slow
def test_a_curriculum_with_a_teacher_resumes_exactly_over_the_change_of_stage(tmp_path):
    config = arith.Config(**{**SMALL, "steps": 6, "curriculum": 1, "stage_steps": 3, "generator": "lstm-p", "teacher": True})

    def stages_kept(settings):  # a run that is stopped at 2 has no step for whole rows: its data are those of the first
        experiment = build(settings.model_copy(update={"steps": 6}))
        if settings.steps == 6:
            return experiment
        first = experiment.phases[0]
        return dataclasses.replace(experiment, phases=[dataclasses.replace(first, steps=settings.steps)])

    check_recipe(stages_kept, config, tmp_path, stop_at=2)
