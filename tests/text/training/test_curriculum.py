import numpy as np
import pytest
import tensorflow as tf

from gan_text.errors import TextConfigError
from gan_text.layers.completion import HIDDEN, WRITE
from gan_text.training.curriculum import ShownPart, stages

IDS = np.arange(1, 9, dtype=np.uint8)


def batch_of(part, count=2000):
    seeds = tf.stack([tf.zeros(count, tf.int64), tf.range(count, dtype=tf.int64)], axis=1)
    batch = part({"real": tf.constant(np.tile(IDS, (count, 1)))}, seeds)
    return np.asarray(batch["real"]), np.asarray(batch["given"])


def test_lengths_are_mixed_evenly_up_to_the_shown_one():
    real, given = batch_of(ShownPart(4, 8))
    shown = (real != HIDDEN).sum(1)
    values, counts = np.unique(shown, return_counts=True)
    assert values.tolist() == [1, 2, 3, 4]
    assert counts.min() > 400
    assert counts.max() < 600
    position = np.arange(8)
    np.testing.assert_array_equal(real, np.where(position < shown[:, None], IDS.astype(int), HIDDEN))
    np.testing.assert_array_equal(given, np.where(position < shown[:, None], WRITE, HIDDEN))


def test_a_teacher_gives_all_but_the_last_token_that_is_shown():
    real, given = batch_of(ShownPart(4, 8, teacher=True))
    shown = (real != HIDDEN).sum(1)
    assert ((given == WRITE).sum(1) == 1).all()
    np.testing.assert_array_equal((given == WRITE).argmax(1), shown - 1)
    kept = given >= 0
    np.testing.assert_array_equal(given[kept], real[kept])
    np.testing.assert_array_equal(kept.sum(1), shown - 1)


@pytest.mark.parametrize("teacher", [False, True])
def test_whole_rows_are_shown_and_written_in_the_last_stage(teacher):
    real, given = batch_of(ShownPart(8, 8, teacher=teacher), 5)
    np.testing.assert_array_equal(real, np.tile(IDS, (5, 1)))
    assert (given == WRITE).all()
    np.testing.assert_array_equal(given, ShownPart(8, 8).for_samples(5)["given"])


def test_the_draw_depends_on_the_examples_seed_alone():
    many, few = batch_of(ShownPart(8 - 1, 8)), batch_of(ShownPart(8 - 1, 8), 10)
    np.testing.assert_array_equal(many[0][:10], few[0])


def test_stages_grow_evenly_and_end_with_whole_rows():
    assert stages(100, 3, 20, 32) == [(8, 20), (16, 20), (24, 20), (32, 40)]


def test_more_steps_change_only_the_last_stage():
    assert stages(1000, 3, 20, 32)[:3] == stages(100, 3, 20, 32)[:3]


@pytest.mark.parametrize(("arguments", "text"), [
    ((100, 8, 1, 8), "curriculum=8, length=8"), ((60, 3, 20, 32), "steps=60, curriculum=3, stage_steps=20")])
def test_impossible_stages_are_refused(arguments, text):
    with pytest.raises(TextConfigError, match=text):
        stages(*arguments)
