"""The nearest training pictures: distances by hand, parts of a bank, and the sheet."""

import numpy as np
import pytest

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.functional.neighbours import Neighbours
from gan_vision.data import Examples
from gan_vision.explore import neighbours
from gan_vision.explore.neighbour_sheet import Queries, facts_of, neighbour_sheet
from gan_vision.explore.neighbours import nearest_pictures


def gray(*values):
    """Pictures of 2 x 2 equal pixels."""
    return np.repeat(np.uint8(values), 4).reshape(-1, 2, 2, 1)


@pytest.mark.parametrize(("distance", "expected"), [("l1", [4 * 10 / 255, 4 * 55 / 255]), ("l2", [20 / 255, 110 / 255])])
def test_distances_are_those_of_pixels_between_0_and_1(distance, expected):
    found = nearest_pictures(gray(45), gray(100, 0, 55, 255), 2, distance=distance)
    # 45 is 10 from 55, 45 from 0, 55 from 100.
    assert found.indices.tolist() == [[2, 1]]
    assert found.distances[0, 0] == pytest.approx(expected[0])
    assert nearest_pictures(gray(45), gray(100, 0, 55, 255), 3, distance=distance).distances[0, 2] == pytest.approx(
        expected[1])


@pytest.mark.parametrize("distance", ["l1", "l2"])
def test_a_bank_in_parts_gives_what_all_pairs_give(monkeypatch, distance):
    monkeypatch.setattr(neighbours, "CHUNK_BYTES", 27 * 5)  # five pictures of 3 x 3 x 3
    draw = np.random.default_rng(0)
    bank, images = (draw.integers(0, 256, (count, 3, 3, 3), np.uint8) for count in (23, 4))
    bank[17] = bank[3]  # equal distances come in the order of the bank
    images[0] = bank[3]
    found = nearest_pictures(images, bank, 7, distance=distance)
    difference = np.abs(images[:, None].astype(float) - bank[None]).reshape(4, 23, 27) / 255
    every = difference.sum(-1) if distance == "l1" else np.sqrt((difference**2).sum(-1))
    order = np.argsort(every, axis=1, kind="stable")[:, :7]
    np.testing.assert_array_equal(found.indices, order)
    np.testing.assert_allclose(found.distances, np.take_along_axis(every, order, 1), rtol=1e-12)
    assert found.indices[0, :2].tolist() == [3, 17]
    assert found.distances[0, :2].tolist() == [0, 0]


def test_distances_of_features_are_euclidean():
    class Halves:
        def features(self, images):
            return images.reshape(len(images), 2, -1).mean(axis=2)

    found = nearest_pictures(gray(10), gray(13, 100, 10), 2, distance="features", extractor=Halves())
    assert found.indices.tolist() == [[2, 0]]
    assert found.distances[0].tolist() == pytest.approx([0, 3 * np.sqrt(2)])


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"k": 5}, DataError, "at least k=5 pictures to compare with. Received: 4"),
    ({"k": 0}, ConfigError, "`k` must be at least 1"),
    ({"distance": "l3"}, ConfigError, "Known: features, l1, l2"),
    ({"distance": "features"}, ConfigError, "an `extractor` belongs to distance='features'"),
    ({"extractor": object()}, ConfigError, "an `extractor` belongs to distance='features'")])
def test_bad_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        nearest_pictures(gray(1), gray(1, 2, 3, 4), **options)


def test_pictures_of_another_shape_are_refused():
    with pytest.raises(DataError, match="must have one shape"):
        nearest_pictures(gray(1), np.zeros((9, 4, 4, 1), np.uint8), 1)


class TestSheet:
    examples = Examples.of_images(gray(100, 0, 55), name="three")
    queries = Queries(gray(45, 99), ["a.png", "b.png"], [{"file": "in/a.png"}, {"file": "in/b.png"}])
    found = Neighbours(np.array([[0.1, 0.2], [0.01, 0.3]]), np.array([[2, 1], [0, 2]]))

    def test_each_row_is_a_picture_with_its_neighbours(self):
        made = neighbour_sheet(self.queries, self.examples, self.found)
        # 2 x 2 pixels become 64 x 64; a line of column names, then rows of a picture and a line of distances.
        centres = made[[2 + 15 + 32, 2 + 15 + 32 + 64 + 15 + 2]][:, [34, 100, 166]]
        assert centres.tolist() == [[45, 55, 0], [99, 100, 55]]

    def test_the_facts_name_rows_and_places(self):
        facts = facts_of(self.queries, self.examples, self.found)
        assert facts[1] == {"file": "in/b.png", "neighbours": [
            {"row": 0, "place": self.examples.place(0), "distance": 0.01},
            {"row": 2, "place": self.examples.place(2), "distance": 0.3}]}


def test_pictures_with_opacity_are_compared_as_they_look_over_white():
    clear = np.zeros((1, 2, 2, 4), np.uint8)  # nothing is visible: white
    black = clear + np.uint8([0, 0, 0, 255])
    found = nearest_pictures(clear, np.concatenate([black, clear + np.uint8([9, 9, 9, 0])]), 2)
    assert found.indices.tolist() == [[1, 0]]
    assert found.distances[0].tolist() == pytest.approx([0, 12**0.5])
