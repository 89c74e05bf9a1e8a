import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.run.config import validate
from gan_core.testing import check_recipe
from gan_vision.data import Examples
from gan_vision.recipes import RECIPES

RECIPE = RECIPES["small_pictures"]
TINY = {"size": 8, "widths": (8, 4), "latent": 4, "batch_size": 4, "data": "digits"}


def pictures(count=12):
    images = np.random.default_rng(0).integers(0, 256, (count, 8, 8, 3), np.uint8)
    return Examples.of_images(images, np.arange(count) % 3, ("cat", "dog", "fox"), name="pets")


def built(**settings):
    config = validate(RECIPE.config, {**TINY, **settings}, "here")
    return RECIPE.build(RECIPE.completed(config, pictures()), pictures(), None).gan


def test_penalties_are_lazy_and_the_discriminators_adam_makes_up_for_it():
    gan = built(learning_rate=1e-3, learning_rate_end=1e-4, steps=100)
    terms = [(type(term.regularizer).__name__, term.every) for term in gan.objective.regularizers]
    assert terms == [("R1", 4), ("R2", 4)]
    generator, discriminator = gan.generator_optimizer, gan.discriminator_optimizer
    assert (generator.beta_1, generator.beta_2) == (0, 0.99)
    assert discriminator.beta_2 == pytest.approx(0.99 ** 0.8)  # c = 4/5
    assert [float(generator._learning_rate(step)) for step in (0, 100)] == pytest.approx([1e-3, 1e-4])
    assert [float(discriminator._learning_rate(step)) for step in (0, 100)] == pytest.approx([8e-4, 8e-5])


def test_one_penalty_at_every_step_is_the_plain_game():
    gan = built(r2=False, penalty_interval=1, conditional=False)
    assert [term.name for term in gan.objective.regularizers] == ["r1"]
    assert gan.discriminator_optimizer.beta_2 == 0.99
    assert [tensor.name for tensor in gan.generator.inputs] == ["latent"]


@pytest.mark.parametrize(("augment", "kind"), [("none", "NoneType"), ("diffaugment", "DiffAugment"),
                                               ("adaptive", "AdaptiveAugment")])
def test_augmentations_by_name(augment, kind):
    assert type(built(augment=augment).augment).__name__ == kind


def test_classes_are_told_where_there_are_some():
    assert [tensor.name for tensor in built().generator.inputs] == ["latent", "label"]


def test_a_class_with_one_picture_is_named():
    config = validate(RECIPE.config, TINY, "here")
    few = Examples.of_images(pictures(7).images, np.array([0, 0, 1, 1, 2, 0, 1]), ("cat", "dog", "fox"), name="pets")
    assert RECIPE.build(RECIPE.completed(config, few), few, None).notices == [
        "classes with one training picture: fox; what is made of them will look like it. Add pictures, or leave them "
        "out."]
    assert RECIPE.build(RECIPE.completed(config, pictures()), pictures(), None).notices == []


@pytest.mark.parametrize("settings", [{"widths": 4}, {"widths": "8,8,8", "conditional": False}])
def test_networks_without_classes_and_widths_say_so(settings):
    with pytest.raises(ConfigError, match="`networks` resnet knows no classes, and has one width"):
        built(networks="resnet", size=16, **settings)


@pytest.mark.slow
@pytest.mark.parametrize("augment", ["none", "adaptive"])
def test_it_learns_classes_and_resumes_exactly(augment, tmp_path):
    config = validate(RECIPE.config, {**TINY, "steps": 7, "augment": augment, "log_every": 2, "sample_every": 4,
                                      "checkpoint_every": 3}, "here")
    check_recipe(lambda settings: RECIPE.build(RECIPE.completed(settings, pictures()), pictures(), pictures(6)), config,
                 tmp_path, stop_at=5)
