"""docs/examples/captions_followed.py and captions_retrieved.py: how pictures are judged."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from gan_vision.data.shapes import Combination

FOLDER = Path(__file__).parents[3] / "docs" / "examples"


def example(name):
    spec = importlib.util.spec_from_file_location(f"{name}_example", FOLDER / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


class Knows:
    """Says the same of every picture: a red circle with a green border."""

    def predict(self, pictures, verbose):
        chosen = {"color": 0, "shape": 0, "border": 2}
        return {name: np.eye(7)[[number] * len(pictures)] for name, number in chosen.items()}


def test_a_picture_counts_where_it_shows_what_was_asked_for():
    followed = example("captions_followed")
    wanted = [Combination("red", "circle", "green"), Combination("red", "square", "green"), Combination("blue", "circle"),
              Combination("red", "circle")]
    found = followed.judged(Knows(), np.zeros((4, 32, 32, 3)), wanted)
    assert found == {"color": 0.75, "shape": 0.75, "border": 0.5, "all": 0.25}


def test_the_numbers_of_aspects_are_positions_among_their_values():
    followed = example("captions_followed")
    found = followed.numbers([Combination("blue", "cross"), Combination("white", "circle", "red")])
    assert {name: values.tolist() for name, values in found.items()} == {
        "color": [2, 5], "shape": [3, 0], "border": [0, 1]}


@pytest.mark.slow
def test_a_network_that_saw_real_pictures_reads_others():
    followed = example("captions_followed")
    network = followed.classifier(32, count=1500, epochs=3)
    pictures, labels = followed.real(32, 200, seed=8)
    found = network.predict(pictures, verbose=0)
    assert np.mean(found["color"].argmax(1) == labels["color"]) > 0.8  # by chance 0.17
