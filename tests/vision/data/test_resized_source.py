"""Examples at another size: photos antialiased, ids to the nearest pixel, everything else as it is."""

import numpy as np
import pytest

from gan_vision.data import Columns, Examples, LabelMap, Photo


@pytest.fixture
def examples():
    draw = np.random.default_rng(0)
    columns = {"real": draw.integers(0, 256, (6, 8, 16, 3), dtype=np.uint8),
               "labels": np.tile(np.arange(16, dtype=np.uint8) // 8, (6, 8, 1)), "caption": list("abcdef")}
    from gan_vision.data import Captions

    return Examples(Columns(columns), {"real": Photo(3), "labels": LabelMap(2), "caption": Captions()})


def test_maps_have_the_new_size_and_ids_no_new_values(examples):
    smaller = examples.resized((4, 8))
    found = smaller.gather([0, 5])
    assert smaller.image_shape == (4, 8, 3)
    np.testing.assert_array_equal(found["labels"][0, 0], [0, 0, 0, 0, 1, 1, 1, 1])
    assert found["caption"] == [("a",), ("f",)]
    assert abs(float(found["real"].mean()) - float(examples.gather([0, 5])["real"].mean())) < 4


def test_it_is_the_same_set_as_far_as_a_run_is_concerned(examples):
    assert examples.resized(4).content_hash == examples.content_hash


def test_parts_and_batches_are_those_of_the_original(examples):
    train, held_out = examples.resized(4).split(0.5, seed=1)
    wanted, _ = examples.split(0.5, seed=1)
    np.testing.assert_array_equal(train.gather([1])["real"], wanted.resized(4).gather([1])["real"])
    batch = next(iter(train.loader(3, seed=0, flip=True).dataset()))
    assert batch["real"].shape == (3, 4, 4, 3)
    assert held_out.place(0) == "row 2 of examples" or "row" in held_out.place(0)


def test_the_same_size_changes_nothing(examples):
    np.testing.assert_array_equal(examples.resized((8, 16)).gather([2])["real"], examples.gather([2])["real"])
