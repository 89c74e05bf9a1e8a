"""docs/examples/small_data.py: which pictures a run sees, and what is scored; training is tried for three steps."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_core.metrics.extractors.encoder import train_encoder
from gan_vision.recipes import small_pictures

PATH = Path(__file__).parents[3] / "docs" / "examples" / "small_data.py"
spec = importlib.util.spec_from_file_location("small_data_example", PATH)
small_data = sys.modules["small_data_example"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(small_data)


def pictures(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, 8, 8, 3), np.uint8)


def names(images):
    return {image.tobytes() for image in np.asarray(images)}


def test_a_run_is_scored_against_everything_that_it_did_not_see():
    train, test = pictures(30), pictures(5, seed=1)
    chosen, others = small_data.parts(train, test, 8, seed=0)
    assert (len(chosen), len(others)) == (8, 27)
    assert not names(chosen.images) & names(others.images)
    assert names(chosen.images) | names(others.images) == names(train) | names(test)
    assert names(chosen.images) < names(train)


def test_seeds_choose_other_pictures_and_larger_sets_hold_the_smaller_ones():
    train, test = pictures(30), pictures(5, seed=1)
    first, again, other = (small_data.parts(train, test, 8, seed)[0].images for seed in (0, 0, 1))
    assert names(first) == names(again) != names(other)
    assert names(first) < names(small_data.parts(train, test, 20, 0)[0].images)


class Judge:
    """A discriminator that prefers dark pictures."""

    def __call__(self, images, training):
        assert not training
        return -images.mean(axis=(1, 2, 3), keepdims=True)


def test_the_gap_is_the_mean_logit_of_training_pictures_minus_that_of_others():
    dark = small_data.Examples.of_images(np.zeros((4, 8, 8, 3), np.uint8))
    light = small_data.Examples.of_images(np.full((4, 8, 8, 3), 255, np.uint8))
    watch = small_data.Watch(dark, light, extractor="random")
    watch.kid = lambda gan: {"kid": 0.5}
    gan = type("Gan", (), {"discriminators": [Judge()]})()
    assert watch(gan) == pytest.approx({"kid": 0.5, "gap": 2.0})


@pytest.mark.slow
@pytest.mark.parametrize("augment", small_data.AUGMENTATIONS)
def test_a_game_trains_is_read_again_and_scored(augment, tmp_path):
    train, test = pictures(60), pictures(20, seed=1)
    chosen, others = small_data.parts(train, test, 20, seed=0)
    encoder = train_encoder(train, np.arange(60) % 2, epochs=1)
    config = small_pictures.Config(**small_data.AUGMENTATIONS[augment], size=8, widths=(8, 4), latent=4, batch_size=4,
                                   steps=3, channels=3, conditional=False)
    made = small_data.run(tmp_path / "run", config, chosen, others, encoder)
    again = small_data.run(tmp_path / "run", config, chosen, others, encoder)
    np.testing.assert_array_equal(made.gan.generate(count=2, seed=3), again.gan.generate(count=2, seed=3))
    found = small_data.scored(again, chosen, others, encoder)
    assert {"KID", "precision", "recall", "memorisation"} <= set(found)
