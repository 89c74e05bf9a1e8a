"""Batches as a pure function of (seed, step)."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from gan_core.data.loader import ArraySource, FetchedSource, Loader
from gan_core.errors import DataError


def source_of(n, **options):
    return ArraySource({"real": np.arange(n, dtype=np.float32)}, **options)


def order(loader, start, steps):
    return np.concatenate([batch["real"].numpy() for batch in loader.dataset(start, steps)])


@pytest.mark.parametrize(("n", "batch"), [(12, 4), (13, 4), (7, 7), (5, 1), (1, 1)])
def test_every_epoch_visits_every_example_once(n, batch):
    visited = order(Loader(source_of(n), batch, seed=3), 0, 4 * n)[:3 * n].reshape(3, n)
    np.testing.assert_array_equal(np.sort(visited, axis=1), np.tile(np.arange(n), (3, 1)))


def test_no_example_is_dropped_where_an_epoch_ends_inside_a_batch():
    visited = order(Loader(source_of(10), 4, seed=0), 0, 5)
    np.testing.assert_array_equal(np.bincount(visited.astype(int)), np.full(10, 2))


@pytest.mark.parametrize("start", [1, 3, 4, 11])
def test_starting_at_any_step_continues_the_same_order(start):
    loader = Loader(source_of(13), 4, seed=5)
    np.testing.assert_array_equal(order(loader, start, 6), order(loader, 0, start + 6)[4 * start:])


def test_a_thousand_epochs_have_a_thousand_orders():
    orders = order(Loader(source_of(50), 50, seed=1), 0, 1000).reshape(1000, 50)
    assert len(np.unique(orders, axis=0)) == 1000


def test_seeds_have_different_orders():
    assert not np.array_equal(order(Loader(source_of(50), 50, seed=1), 0, 1), order(Loader(source_of(50), 50, seed=2), 0, 1))


def test_every_position_is_as_likely_for_every_example():
    loader, n, epochs = Loader(source_of(100), 100, seed=0), 100, 1000
    counts = np.zeros((n, n))
    for epoch in order(loader, 0, epochs).reshape(epochs, n).astype(int):
        counts[np.arange(n), epoch] += 1
    freedom = (n - 1) ** 2
    chi_squared = ((counts - epochs / n) ** 2 / (epochs / n)).sum()
    assert abs(chi_squared - freedom) < 6 * (2 * freedom) ** 0.5


def test_without_shuffling_the_order_is_the_sources():
    np.testing.assert_array_equal(order(Loader(source_of(5), 2, shuffle=False), 0, 5), [0, 1, 2, 3, 4, 0, 1, 2, 3, 4])


def test_the_length_counts_full_batches():
    assert len(Loader(source_of(13), 4)) == 3


def test_the_stream_is_endless_unless_steps_are_given():
    loader = Loader(source_of(4), 4)
    assert len(list(loader.dataset(0, 3))) == 3
    assert len(list(loader.dataset(0).take(50))) == 50


def test_all_arrays_are_gathered_at_the_same_positions():
    arrays = {"real": np.arange(20.0), "label": 100 + np.arange(20)}
    batch = next(iter(Loader(ArraySource(arrays), 6, seed=2).dataset()))
    np.testing.assert_array_equal(batch["label"], batch["real"].numpy() + 100)


def test_batches_know_their_shape_before_they_are_drawn():
    arrays = {"real": np.zeros((10, 8, 8, 3), np.uint8), "label": np.zeros(10, np.int64)}
    spec = Loader(ArraySource(arrays), 4).dataset().element_spec
    assert spec["real"] == tf.TensorSpec((4, 8, 8, 3), tf.uint8)
    assert spec["label"] == tf.TensorSpec((4,), tf.int64)


def test_memory_maps_are_read_batch_by_batch(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(12.0))
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    np.testing.assert_array_equal(np.sort(order(Loader(ArraySource({"real": mapped}), 4), 0, 3)), np.arange(12))


def test_a_function_may_fetch_the_examples():
    asked = []

    def fetch(rows):
        asked.append(rows)
        return {"label": rows.astype(np.int32), "real": np.stack([np.full((2, 3), row, np.uint8) for row in rows])}

    source = FetchedSource(fetch, 10, {"real": ((2, 3), np.uint8), "label": ((), np.int32)})
    loader = Loader(source, 4, seed=1)
    assert loader.dataset().element_spec["real"] == tf.TensorSpec((4, 2, 3), tf.uint8)
    (batch,) = loader.dataset(7, 1)
    np.testing.assert_array_equal(batch["real"][:, 1, 2], batch["label"])
    np.testing.assert_array_equal(batch["label"], asked[0])
    np.testing.assert_array_equal(asked[0], loader.indices(tf.constant(7))[0])


def test_a_fetched_source_is_asked_for_its_hash_once_and_late():
    asked = []
    source = FetchedSource(dict, 10, {}, content_hash=lambda: asked.append(1) or "abc")
    assert asked == []
    loader = Loader(source, 4)
    assert [loader.content_hash, loader.content_hash, asked] == ["abc", "abc", [1]]
    assert Loader(FetchedSource(dict, 10, {}), 4).content_hash is None


ENDLESS = """
import time
import numpy as np
from gan_core.data.loader import FetchedSource, Loader

def fetch(rows):
    time.sleep(0.3)
    return {"real": rows}

batches = iter(Loader(FetchedSource(fetch, 10, {"real": ((), np.int64)}), 4).dataset())
next(batches)
print("done", flush=True)
"""


def test_a_program_ends_although_batches_are_being_drawn_ahead():
    done = subprocess.run([sys.executable, "-c", ENDLESS], capture_output=True, text=True, timeout=600, check=True)
    assert done.stdout == "done\n"


def noisy(batch, seeds):
    noise = tf.map_fn(lambda seed: tf.random.stateless_uniform((), seed), seeds, fn_output_signature=tf.float32)
    return {"index": batch["real"], "noise": noise}


def noise_by_index(loader, start, steps):
    return {(epoch, float(index)): float(noise)
            for step, batch in enumerate(loader.dataset(start, steps), start)
            for position, (index, noise) in enumerate(zip(batch["index"], batch["noise"], strict=True))
            for epoch in [(step * loader.batch_size + position) // len(loader.source)]}


def test_example_seeds_do_not_depend_on_the_batch_an_example_falls_into():
    source = source_of(12, transform=noisy)
    assert noise_by_index(Loader(source, 3, seed=1), 0, 8) == noise_by_index(Loader(source, 4, seed=1), 0, 6)


def test_example_seeds_differ_between_examples_and_epochs():
    noise = noise_by_index(Loader(source_of(12, transform=noisy), 4, seed=1), 0, 9)
    assert len(set(noise.values())) == 36


def test_example_seeds_differ_between_runs_of_another_seed():
    source = source_of(12, transform=noisy)
    one, two = (noise_by_index(Loader(source, 4, seed=seed), 0, 3) for seed in (1, 2))
    assert all(one[key] != two[key] for key in one)


@pytest.mark.parametrize(("action", "message"), [
    (lambda: Loader(source_of(5), 0), "`batch_size` must be at least 1. Received: batch_size=0"),
    (lambda: Loader(source_of(5), 6, name="training set"),
     "the training set has 5 examples but the batch size is 6. Add data, or lower the batch size to 5 or less"),
    (lambda: Loader(source_of(0), 1), "has 0 examples"),
    (lambda: ArraySource({"real": np.zeros(3), "label": np.zeros(4)}),
     r"must have equal length. Received: \{'real': 3, 'label': 4\}"),
    (lambda: ArraySource({}), "needs at least one array. Received: none"),
], ids=["zero", "too large", "empty", "lengths", "no arrays"])
def test_data_that_cannot_fill_a_batch_are_refused(action, message):
    with pytest.raises(DataError, match=message):
        action()
