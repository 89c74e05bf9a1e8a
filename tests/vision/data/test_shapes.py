"""gan_vision.data.shapes: synthetic captioned pictures."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.data.shapes import COLORS, COMBINATIONS, Combination, draw, make_shapes


def test_no_held_out_combination_is_trained_on():
    shapes = make_shapes(300, size=16)
    trained, held_out = set(shapes.labels.tolist()), set(shapes.held_out.labels.tolist())
    assert trained
    assert held_out
    assert not trained & held_out


def test_every_color_and_shape_of_held_out_captions_was_seen_in_others():
    shapes = make_shapes(2000, size=16)
    seen = [COMBINATIONS[number] for number in set(shapes.labels.tolist())]
    for number in set(shapes.held_out.labels.tolist()):
        wanted = COMBINATIONS[number]
        assert any(each.color == wanted.color for each in seen)
        assert any(each.shape == wanted.shape for each in seen)
        assert any(each.border == wanted.border for each in seen)


def test_a_picture_depends_on_seed_and_number_alone():
    few, many = make_shapes(5, size=16, seed=3), make_shapes(9, size=16, seed=3)
    assert np.array_equal(few.images, np.asarray(many.images)[:5])
    assert not np.array_equal(few.images, make_shapes(5, size=16, seed=4).images)


@pytest.mark.parametrize(("combination", "caption"), [
    (Combination("red", "circle", "green"), "a red circle with a green border"),
    (Combination("red", "circle"), "a red circle without a border")])
def test_captions_say_what_the_picture_shows(combination, caption):
    assert combination.captions[0] == caption
    picture = draw(combination, 32, np.random.default_rng(0)).reshape(-1, 3).tolist()
    assert list(COLORS["red"]) in picture
    assert (list(COLORS["green"]) in picture) == (combination.border is not None)


def test_color_and_border_differ():
    assert len(COMBINATIONS) == 6 * 4 * 6  # of seven borders one would not be seen
    assert all(each.color != each.border for each in COMBINATIONS)


@pytest.mark.parametrize("options", [{"count": 1}, {"size": 8}, {"channels": 1}])
def test_what_cannot_be_drawn_is_refused(options):
    with pytest.raises(ConfigError, match="shapes need a `count`"):
        make_shapes(**options)
