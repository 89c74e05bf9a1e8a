"""Pictures beside their augmented selves."""

import numpy as np
import pytest

from gan_core.augment import PRESETS
from gan_core.errors import ConfigError
from gan_vision.explore import augmentation_sheet, augmented_rows
from gan_vision.explore.augmentations import PREVIEWED, preview_presets

IMAGES = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 3), dtype=np.uint8)


def test_every_preset_of_the_core_is_shown_once():
    assert set(preview_presets()) == {*PRESETS, "diffaugment"}
    assert {name: PREVIEWED[name] for name in PRESETS} == {name: name for name in PRESETS}


def test_paper_is_what_adaptive_augmentation_calls_so():
    from gan_core.augment import AdaptiveAugment

    assert AdaptiveAugment("paper").pipeline.lines == PRESETS[PREVIEWED["paper"]]


@pytest.mark.parametrize("preset", sorted(PRESETS))
@pytest.mark.parametrize("channels", [1, 3, 4])
def test_at_probability_0_the_pictures_are_as_they_were(preset, channels):
    images = np.random.default_rng(1).integers(0, 256, (4, 8, 8, channels), dtype=np.uint8)
    _, row = augmented_rows(images, [preset], probabilities=(0.0,))
    np.testing.assert_array_equal(row.images, images)
    assert row.clipped == 0


def test_the_first_row_has_the_pictures_themselves():
    np.testing.assert_array_equal(augmented_rows(IMAGES, ["noise"])[0].images, IMAGES)


def test_a_preset_has_a_row_for_each_probability_and_diffaugment_one():
    assert [row.name for row in augmented_rows(IMAGES, ["paper", "diffaugment"])] == [
        "pictures", "paper  p 0.2", "paper  p 0.5", "paper  p 0.8", "diffaugment"]


def test_what_is_changed_at_a_low_probability_is_changed_alike_at_a_higher_one():
    images = np.tile(IMAGES, (8, 1, 1, 1))
    rows = augmented_rows(images, ["cutout"], probabilities=(0.3, 0.9))
    low, high = ((row.images != images).any((1, 2, 3)) for row in rows[1:])
    assert 0 < low.sum() < high.sum() < len(images)
    np.testing.assert_array_equal(rows[1].images[low], rows[2].images[low])


def test_the_seed_alone_decides():
    first, again, other = (augmentation_sheet(augmented_rows(IMAGES, ["bgcfnc"], seed=seed)) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_a_preset_looks_the_same_whatever_is_shown_beside_it():
    alone, beside = augmented_rows(IMAGES, ["geom"]), augmented_rows(IMAGES, ["blit", "geom"])
    np.testing.assert_array_equal(alone[1].images, beside[4].images)


def test_values_beyond_black_and_white_are_counted():
    white = np.full((64, 4, 4, 3), 255, np.uint8)
    _, row = augmented_rows(white, ["noise"], probabilities=(1.0,))
    assert row.clipped == pytest.approx(0.5, abs=0.05)  # noise is as often above white as below
    assert row.images.max() == 255


def test_the_sheet_has_a_line_for_each_row_and_its_name_at_the_left():
    picture = augmentation_sheet(augmented_rows(IMAGES, ["geom"]))
    assert picture.shape[0] == 4 * 66 + 2
    left = picture.shape[1] - 6 * 66 - 2
    assert left > 0
    assert all((picture[2 + 66 * row:66 * (row + 1), :left] < 128).any() for row in range(4))


@pytest.mark.parametrize(("options", "message"), [
    ({"presets": ["geom", "papr"]}, r"`preset`. Received: 'papr'. Did you mean 'paper'\? Known: bg, bgc, bgcf, .*paper"),
    ({"probabilities": (0.5, 1.5)}, r"`probabilities` must be in \[0, 1\]. Received: 1.5.")])
def test_mistakes_are_refused(options, message):
    with pytest.raises(ConfigError, match=message):
        augmented_rows(IMAGES, **options)
