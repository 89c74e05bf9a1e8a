"""Every recipe on synthetic pictures: it trains, resumes exactly, and has the published networks."""

import dataclasses

import numpy as np
import pytest

from gan_core.cli import make_app, run
from gan_core.errors import ConfigError, DataError
from gan_core.run.config import validate
from gan_core.run.metrics_file import read_lines
from gan_core.testing import check_recipe
from gan_vision.cli.app import MODALITY
from gan_vision.data import Examples, make_scenes
from gan_vision.data.translation_sources import joined_fields
from gan_vision.recipes import RECIPES

TINY = {
    "dcgan": {"size": 8, "width": 16},
    "cifar10": {"size": 8, "width": 16},
    "bricks": {"size": 8, "width": 16},
    "tutorial": {"size": 8, "width": 16},
    "ada": {"size": 8, "width": 8, "depth": 2, "augment": True},
    "conditional": {"size": 8, "width": 16},
    # The residual networks take long to trace: those of `cifar10` stand in for them where a recipe has the choice.
    "wgan": {"size": 8, "width": 16, "network": "cifar10", "n_critic": 2, "n_critic_boosted": 3, "data": "digits"},
    "wgan_gp": {"size": 16, "width": 4, "n_critic": 1, "decay_steps": 9, "dequantize": True, "data": "digits"},
    "relativistic": {"size": 8, "width": 16, "network": "cifar10", "average": False, "data": "digits"},
    "sngan": {"size": 16, "width": 4, "discriminator_width": 4, "n_critic": 2, "data": "digits"},
    "progan": {"size": 8, "fmap_base": 32, "fmap_max": 8, "stable_kimg": 0.008, "fade_kimg": 0.012, "data": "digits"},
    "r3gan": {"size": 8, "widths": (8,), "blocks": 1, "schedule_kimg": 0.02, "data": "digits"},
    "small_pictures": {"size": 8, "widths": (8, 4), "latent": 4, "data": "digits"},
}
TINY_TRANSLATIONS = {
    "pix2pix": {"size": "32x64", "width": 4, "discriminator_width": 4, "halvings": 1, "batch_size": 2, "ema": 0.9},
    "pix2pix_hd": {"size": "32x64", "width": 4, "discriminator_width": 4, "halvings": 1, "blocks": 1, "discriminators": 1,
                   "global_steps": 2, "enhancer_steps": 2, "batch_size": 1, "features": 2},
    "resnet_translation": {"size": 16, "width": 4, "discriminator_width": 4, "blocks": 1, "batch_size": 4},
}


def pictures(config, count=30):
    draw = np.random.default_rng(0)
    shape = (count, config.size, config.size, config.image_channels)
    return Examples.of_images(draw.integers(0, 256, shape, dtype=np.uint8), np.arange(count) % 3, name="noise").split(0.2)


def test_there_is_a_tiny_case_for_every_recipe():
    assert {*TINY, *TINY_TRANSLATIONS, "text_to_image"} == set(RECIPES)  # the last has a file of its own


def scenes(config, count=12):
    """Scenes at the size that training pairs are cut from, and held-out ones at that of the networks."""
    def made(size, seed):
        whole = make_scenes(count, size=max(*size, 64), seed=seed, form=config.instance_form).resized(size)
        return dataclasses.replace(whole, joined=joined_fields(whole.fields))

    return made(config.loaded_sides, 0), made(config.sides, 1)


@pytest.mark.slow
@pytest.mark.parametrize("stop_at", [1, 3, 6])
def test_pix2pix_hd_resumes_exactly_in_every_phase(stop_at, tmp_path):
    """Phases of 2 (global), 2 (the enhancer alone) and 3 steps."""
    train_and_resume("pix2pix_hd", stop_at, tmp_path)
    generators = sorted((tmp_path / "straight/samples").glob("step-*.png"))
    assert [int(path.stem[5:]) for path in generators] == [0, 2, 4, 7]  # also at the end of each phase


@pytest.mark.parametrize(("begin", "update", "share"), [(0, 0, 1), (0, 5, 1), (0, 7.5, 0.5), (4, 0, 1), (4, 3.5, 0.5),
                                                        (7, 0, 0.6), (7, 3, 0)])
def test_rates_fall_with_the_steps_of_the_run_whatever_phase_counts_them(begin, update, share):
    """From step 5 to step 10: at 7.5 half is left. An optimizer of a later phase counts from its begin."""
    config = RECIPES["pix2pix_hd"].config(steps=10, decay_from=5, global_steps=4, enhancer_steps=3)
    rate = config.adam(begin)[0]._learning_rate
    assert float(rate(update)) == pytest.approx(config.learning_rate * share)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pix2pix", "resnet_translation"])
def test_a_translation_trains_and_resumes_exactly(name, tmp_path):
    train_and_resume(name, 4, tmp_path)
    assert (tmp_path / "straight/generator-best.keras").exists()


def train_and_resume(name, stop_at, tmp_path):
    recipe = RECIPES[name]
    config = validate(recipe.config, {**TINY_TRANSLATIONS[name], "steps": 7, "log_every": 2, "sample_every": 4,
                                      "checkpoint_every": 3, "seed": 3}, name)
    check_recipe(lambda settings: recipe.build(settings, *scenes(settings)), config, tmp_path, stop_at=stop_at)
    assert (tmp_path / "straight/samples/real.png").exists()


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(TINY))
def test_a_recipe_trains_and_resumes_exactly(name, tmp_path):
    recipe = RECIPES[name]
    config = validate(recipe.config, {**TINY[name], "latent": 4, "batch_size": 4, "steps": 7, "log_every": 2,
                                      "sample_every": 4, "checkpoint_every": 3, "seed": 3}, name)
    check_recipe(lambda settings: recipe.build(settings, *pictures(settings)), config, tmp_path, stop_at=4)
    assert (tmp_path / "straight/samples/real.png").exists()
    assert (tmp_path / "straight/samples/step-000000007.png").exists()


@pytest.mark.slow
def test_r3gan_learns_classes_and_resumes_exactly(tmp_path):
    """Conditional, and in the middle of all its schedules."""
    recipe = RECIPES["r3gan"]
    config = validate(recipe.config, {**TINY["r3gan"], "conditional": True, "latent": 4, "batch_size": 4, "steps": 6,
                                      "log_every": 1, "sample_every": 4, "checkpoint_every": 3}, "r3gan")
    made = check_recipe(lambda settings: recipe.build(settings, *pictures(settings)), config, tmp_path, stop_at=2)
    assert [tensor.name for tensor in made.gan.generator.inputs] == ["latent", "label"]
    rates = [line["d_learning_rate"] for line in read_lines(tmp_path / "straight/metrics.jsonl") if "d_loss" in line]
    assert rates[0] < config.learning_rate
    assert rates[4] == pytest.approx(config.learning_rate_end)


@pytest.mark.parametrize(("labelled", "asked", "classes"), [
    (True, None, 3), (True, True, 3), (True, False, 0), (False, None, 0), (False, False, 0)])
def test_networks_are_told_classes_where_there_are_some_and_it_is_wanted(labelled, asked, classes):
    recipe = RECIPES["sngan"]
    config = recipe.config(**TINY["sngan"], conditional=asked, channels=3, batch_size=4)
    train, _ = pictures(config)
    train = train if labelled else Examples.of_images(train.images, name="unlabelled")
    whole = recipe.complete(config, train)
    assert whole.conditional == bool(classes)
    assert len(whole.classes or ()) == classes
    network = recipe.build(whole, train, None).gan.generator
    assert ("label" in [tensor.name for tensor in network.inputs]) == bool(classes)


@pytest.mark.parametrize("name", ["sngan", "r3gan", "progan"])
def test_a_conditional_run_needs_labels_that_are_classes(name):
    recipe = RECIPES[name]
    config = recipe.config(**TINY[name], conditional=True, channels=3, batch_size=4)
    blank = np.zeros((8, config.size, config.size, 3), np.uint8)
    with pytest.raises(DataError, match="a conditional recipe needs labels, and bare has none"):
        recipe.build(config, Examples.of_images(blank, name="bare"), None)
    attributes = Examples.of_images(blank, np.eye(8, 3), ("a", "b", "c"), name="faces")
    with pytest.raises(ConfigError, match="Received: the attributes of faces"):
        recipe.build(config, attributes, None)
    labelled = Examples.of_images(blank, np.arange(8) % 2, ("cat", "dog"), name="pets")
    with pytest.raises(DataError, match=r"Expected: classes=\('fox', 'dog'\)"):
        recipe.build(config.model_copy(update={"classes": ("fox", "dog")}), labelled, None)


@pytest.mark.parametrize("name", ["cifar10", "ffhq-64"])
def test_r3gan_has_the_published_settings(name):
    config = RECIPES["r3gan"].settings(preset=name)
    assert (config.learning_rate, config.learning_rate_end, config.beta_2, config.beta_2_end) == (2e-4, 5e-5, 0.9, 0.99)
    assert (config.latent, config.blocks, config.group_size, config.schedule_kimg) == (64, 2, 16, 20_000)
    assert (config.gamma, config.gamma_end, config.ema_kimg, config.augment, config.batch_size) == {
        "cifar10": (0.05, 0.005, 5000, 0.55, 512), "ffhq-64": (2, 0.2, 500, 0.3, 256)}[name]


def test_r3gan_has_two_penalties_of_one_weight_and_colours_at_half_the_rate():
    recipe = RECIPES["r3gan"]
    config = recipe.config(**{**TINY["r3gan"], "schedule_kimg": 0.08}, batch_size=4, augment=0.5)  # 20 steps
    gan = recipe.build(config, *recipe.placeholder(config)).gan
    assert [term.name for term in gan.objective.regularizers] == ["r1", "r2"]
    assert [float(term.gamma(20)) for term in gan.objective.regularizers] == pytest.approx([0.005, 0.005])
    parts = gan.augment.augmentations
    assert [float(part.probability(20)) for part in parts] == pytest.approx([0.5, 0.25, 0.5])
    assert [float(gan.ema.half_life_kimg(step)) for step in (0, 20)] == [0, 5000]
    optimizer = gan.generator_optimizer
    assert (optimizer.beta_1, float(optimizer.beta_2(0)), float(optimizer.beta_2(20))) == pytest.approx((0, 0.9, 0.99))


def test_the_rates_of_sngan_fall_to_zero_for_both_players_together():
    recipe = RECIPES["sngan"]
    config = recipe.config(**{**TINY["sngan"], "n_critic": 5}, steps=100, batch_size=4)
    gan = recipe.build(config, *recipe.placeholder(config)).gan
    for optimizer, updates in ((gan.generator_optimizer, 20), (gan.discriminator_optimizer, 100)):
        rates = [float(optimizer._learning_rate(update)) for update in (0, updates // 2, updates)]
        assert rates == pytest.approx([2e-4, 1e-4, 0])


@pytest.mark.parametrize("name", ["dcgan", "conditional"])
@pytest.mark.parametrize("loss", ["least_squares", "hinge", "rsgan", "wasserstein"])
def test_the_game_of_the_dcgan_recipes_is_a_setting(name, loss):
    recipe = RECIPES[name]
    config = recipe.config(**TINY[name], loss=loss, batch_size=4)
    assert recipe.build(config, *recipe.placeholder(config)).gan.objective.adversarial.name == loss


def test_an_unknown_game_is_refused_with_the_known_ones():
    recipe = RECIPES["dcgan"]
    config = recipe.config(**TINY["dcgan"], loss="lsgan", batch_size=4)
    with pytest.raises(ConfigError, match=r"unknown loss.*'lsgan'.*least_squares"):
        recipe.build(config, *recipe.placeholder(config))


@pytest.mark.parametrize(("name", "trainable", "non_trainable"), [
    ("cifar10", 4_514_819, 1_920), ("conditional", 4_528_897, 1_920), ("bricks", 3_574_656, 1_920), ("tutorial", 487_731, 4_352), ("ada", 926_083, 4_864),
    ("wgan", 1_204_483, 1_792), ("wgan_gp", 1_204_483, 1_792), ("relativistic", 1_204_483, 1_792),
    ("sngan", 4_276_739, 3_584), ("r3gan", 20_732_160, 0), ("progan", 20_719_628, 1),
    ("text_to_image", 18_905_472 - 128 * (1024 - 128), 8_448),  # the run's own captions have 128 numbers, not 1,024
    ("resnet_translation", 2_110_659, 3_968)])
def test_the_defaults_are_the_published_generator(name, trainable, non_trainable):
    from gan_core.testing import count_parameters

    recipe = RECIPES[name]
    config = recipe.config(**({"data": "split:PAIRS"} if name == "resnet_translation" else {}))
    experiment = recipe.build(config, *recipe.placeholder(config))
    assert count_parameters(experiment.gan.generator) == (trainable, non_trainable)


def test_gray_sources_give_gray_pictures_unless_asked_otherwise():
    config = RECIPES["dcgan"].config
    assert config(data="digits").image_channels == 1
    assert config(data="tfds:mnist:3.0.1/test").image_channels == 1
    assert config(data="folder:somewhere").image_channels == 3
    assert config(data="digits", channels=3).image_channels == 3


@pytest.mark.parametrize("name", ["cifar10", "bricks", "dcgan"])
@pytest.mark.parametrize("channels", [1, 3])
def test_the_command_line_takes_a_number_of_channels(name, channels, monkeypatch):
    asked = []
    monkeypatch.setattr("gan_core.cli.verbs.train", lambda *recipe, options, **others: asked.append(options.channels))
    run(make_app(MODALITY), ["train", name, "--data", "digits", "--channels", str(channels), "--dry-run"])
    assert asked == [channels]


def test_another_number_of_channels_is_refused(capsys):
    with pytest.raises(SystemExit, match="2"):
        run(make_app(MODALITY), ["train", "dcgan", "--channels", "2"])
    assert "--channels: Input should be 1, 3 or 4. Received: '2'." in capsys.readouterr().err


@pytest.mark.parametrize("name", sorted(TINY))
def test_a_run_keeps_the_channels_of_its_data(name):
    recipe = RECIPES[name]
    assert recipe.complete(recipe.config(), pictures(recipe.config(channels=1))[0]).channels == 1


def test_networks_have_the_channels_of_a_gray_file(tmp_path):
    np.savez(tmp_path / "gray.npz", images=np.zeros((30, 8, 8), np.uint8))
    recipe = RECIPES["dcgan"]
    config = recipe.config(data=f"npz:{tmp_path / 'gray.npz'}", size=8, width=16, batch_size=4)
    assert recipe.build(config, *recipe.load(config)).gan.generator.output_shape == (None, 8, 8, 1)


def test_a_network_of_another_range_is_refused():
    recipe = RECIPES["dcgan"]
    config = recipe.config(network="ada", size=16)
    with pytest.raises(ConfigError, match=r"unknown network.*'ada'.*cifar10"):
        recipe.build(config, *recipe.placeholder(config))


def test_a_size_that_no_network_has_is_refused_with_the_nearest():
    recipe = RECIPES["dcgan"]
    config = recipe.config(size=24, width=16)
    with pytest.raises(ConfigError, match=r"16.*32"):
        recipe.build(config, *recipe.placeholder(config))


def test_the_preset_of_the_demo_is_what_the_demo_trains():
    config = RECIPES["dcgan"].settings(preset="digits")
    assert (config.data, config.size, config.channels, config.width, config.latent, config.steps, config.batch_size) == (
        "digits", 16, 1, 128, 64, 2500, 64)
    assert (config.learning_rate, config.sample_every, config.checkpoint_every) == (2e-4, 500, 1000)


def test_the_example_of_ada_has_the_numbers_of_its_source():
    config = RECIPES["ada"].settings(preset="example")
    assert (config.data, config.crop, config.square, config.extractor) == (
        "tfds:caltech_birds2011", "bbox", "stretch", "random")
    assert (config.size, config.batch_size, config.steps, config.ema, config.augment) == (64, 128, 18_400, 0.99, False)
    assert (config.width, config.depth, config.latent, config.dropout, config.learning_rate, config.beta_1) == (
        128, 4, 64, 0.4, 2e-4, 0.5)


@pytest.mark.parametrize(("name", "data", "augment"), [
    ("cats", "tfds:cats_vs_dogs", False), ("flowers", "tfds:oxford_flowers102", True)])
def test_the_other_sets_of_ada_have_the_examples_numbers(name, data, augment):
    def numbers(preset):
        values = RECIPES["ada"].settings(preset=preset).model_dump()
        return {key: value for key, value in values.items() if key not in ("data", "crop", "augment")}

    config = RECIPES["ada"].settings(preset=name)
    assert (config.data, config.crop, config.augment) == (data, None, augment)
    assert numbers(name) == numbers("example")


@pytest.mark.parametrize(("typed", "crop"), [("bbox", "bbox"), (128, 128), ("178", 178), (None, None), ("null", None)])
def test_a_crop_is_a_word_or_a_number(typed, crop):
    assert RECIPES["dcgan"].config(crop=typed).crop == crop


@pytest.mark.parametrize("crop", ["box", 64, "64", True, [1]])
def test_any_other_crop_is_refused(crop):
    with pytest.raises(ConfigError, match="`crop`: Input should be 'bbox', 128 or 178"):
        validate(RECIPES["dcgan"].config, {"crop": crop}, "options")


@pytest.mark.parametrize(("name", "error", "message"), [
    ("encoder", ConfigError, "`extractor` must name the file of an encoder while a run trains. Received: extractor='encoder'. Write encoder:FILE.keras"),
    ("encoder:", ConfigError, "`extractor` must name the file of an encoder"),
    ("inceptoin:w.h5", ConfigError, "unknown extractor. Received: 'inceptoin:w.h5'. Did you mean 'inception'"),
    ("inception:absent.h5@75", DataError, "the file absent.h5 of the extractor 'inception' does not exist: .* or use `--extractor random`"),
])
@pytest.mark.parametrize("recipe", ["dcgan", "text_to_image"])
def test_an_extractor_that_is_not_there_is_refused_before_data_are_read(recipe, name, error, message, tmp_path):
    with pytest.raises(error, match=message):
        RECIPES.train(recipe, out=tmp_path / "run", data="folder:absent" if recipe == "dcgan" else "captions:absent",
                      extractor=name, quiet=True)
    assert not (tmp_path / "run").exists()


def test_captioned_pictures_have_no_boxes():
    recipe = RECIPES["text_to_image"]
    with pytest.raises(ConfigError, match=r"`crop` must be null: sources of captioned pictures have no boxes\. Received: crop='bbox'"):
        recipe.load(recipe.config(crop="bbox"))


def test_only_settings_that_have_an_effect_are_offered():
    assert {"beta_1", "beta_2"} & set(RECIPES["wgan"].config.model_fields) == set()  # it has RMSprop
