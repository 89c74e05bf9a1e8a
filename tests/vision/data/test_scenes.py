"""Synthetic scenes: the same for the same seed, maps that belong to the picture, objects of a class that touch."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.data import make_scenes
from gan_vision.data.scenes import COLORS, GROUND, HOUSE, OUTLINE, SKY


def touching(labels, instances):
    """Pixels whose right neighbour is another object of the same class."""
    return (labels[:, :-1] == labels[:, 1:]) & (instances[:, :-1] != instances[:, 1:]) & (labels[:, :-1] >= HOUSE)


def test_a_scene_depends_on_its_seed_and_number_alone():
    few, many, other = make_scenes(2, size=40, seed=3), make_scenes(5, size=40, seed=3), make_scenes(2, size=40, seed=4)
    for name in few.fields:
        np.testing.assert_array_equal(few.gather([1])[name], many.gather([1])[name])
        assert not np.array_equal(few.gather([1])[name], other.gather([1])[name])


def test_every_pixel_has_the_colour_of_its_class_or_of_an_outline():
    found = make_scenes(8, size=(48, 96)).gather(np.arange(8))
    assert found["real"].shape == (8, 48, 96, 3)
    wanted = np.array([COLORS[kind] for kind in range(5)])[found["labels"]]
    assert ((found["real"] == wanted).all(-1) | (found["real"] == OUTLINE).all(-1)).all()


def test_instances_are_class_times_a_thousand_and_a_number():
    found = make_scenes(8, size=64).gather(np.arange(8))
    instances, labels = found["instances"].astype(int), found["labels"]
    np.testing.assert_array_equal(np.where(instances >= 1000, instances // 1000, instances), labels)
    assert {SKY, GROUND} <= set(np.unique(instances))


def test_objects_of_a_class_touch_in_every_scene():
    """Houses share walls: their label map alone has no boundary there."""
    found = make_scenes(30, size=64).gather(np.arange(30))
    assert all(touching(*maps).any() for maps in zip(found["labels"], found["instances"], strict=True))


def test_objects_may_have_colours_of_their_own():
    plain, varied = (make_scenes(4, size=64, varied=varied).gather(np.arange(4)) for varied in (False, True))
    houses = varied["real"][varied["labels"] == HOUSE]
    assert len(np.unique(houses, axis=0)) > len(np.unique(plain["real"][plain["labels"] == HOUSE], axis=0))


@pytest.mark.parametrize("options", [{"count": 0}, {"size": 16}, {"size": (64, 20)}])
def test_impossible_scenes_are_refused(options):
    with pytest.raises(ConfigError, match=r"`count` of at least 1 and a `size` of at least 32"):
        make_scenes(**{"count": 2, **options})
