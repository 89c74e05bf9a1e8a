"""Sums of groups, and one number varied."""

import logging

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.explore.arithmetic import combine, vary, warn_of_few

A = {"latent": np.array([[1.0, 0.0], [3.0, 2.0], [2.0, 1.0]], np.float32)}  # mean (2, 1)
B = {"latent": np.array([[0.0, 4.0], [0.0, 2.0]], np.float32)}  # mean (0, 3)
C = {"latent": np.array([[5.0, 5.0]], np.float32)}


class TestCombine:
    def test_means_are_added_and_subtracted(self):
        result = combine([A, B, C], [1, -1, 1])["latent"]
        assert (result.tolist(), result.dtype, result.shape) == ([[7, 3]], np.float32, (1, 2))

    def test_weights_count(self):
        assert combine([A, C], [0.5, 2])["latent"].tolist() == [[11, 10.5]]

    def test_a_renormalised_sum_has_the_mean_norm_of_what_went_in(self):
        # norms 5, 13, 1: mean 19/3; the sum of the two means is (4 + 0, 7.5 - 1)
        first, second = {"text": np.array([[3.0, 4.0], [5.0, 12.0]])}, {"text": np.array([[0.0, 1.0]])}
        result = combine([first, second], [1, -1], renormalize=True)["text"]
        np.testing.assert_allclose(result, np.array([[4.0, 7.0]]) * (19 / 3) / 65**0.5)

    def test_the_sum_of_two_like_captions_is_twice_as_long_unless_renormalised(self):
        captions = [{"text": np.array([[1.0, 0.0]])}, {"text": np.array([[1.0, 0.001]])}]
        assert np.linalg.norm(combine(captions, [1, 1])["text"]) == pytest.approx(2, abs=1e-5)
        assert np.linalg.norm(combine(captions, [1, 1], renormalize=True)["text"]) == pytest.approx(1, abs=1e-5)

    def test_what_all_samples_share_stays(self):
        groups = [group | {"label": np.full(len(group["latent"]), 7, np.int32), "text": np.ones((len(group["latent"]), 2))}
                  for group in (A, B)]
        result = combine(groups, [1, -1], renormalize=True)
        assert (result["label"].tolist(), result["label"].dtype, result["text"].tolist()) == ([7], np.int32, [[1, 1]])

    def test_latents_of_any_shape_are_summed(self):
        assert combine([{"latent": np.ones((2, 3, 3, 4))}, {"latent": np.zeros((1, 3, 3, 4))}], [1, 1],
                       renormalize=True)["latent"].shape == (1, 3, 3, 4)

    @pytest.mark.parametrize(("groups", "weights", "options", "message"), [
        ([], [], {}, "equally many, at least one. Received: 0 groups, 0 weights"),
        ([A, B], [1], {}, "equally many, at least one. Received: 2 groups, 1 weights"),
        ([A, {"latent": np.zeros((2, 3))}], [1, 1], {}, r"must have the same inputs. Received: .*\(2,\).*\(3,\)"),
        ([A, {"latent": np.zeros((0, 2))}], [1, 1], {}, "at least one sample. Received: an empty one"),
        ([{"label": np.array([1])}, {"label": np.array([2])}], [1, 1], {},
         r"`label` holds classes. Received: \[1, 2\]. Give all samples one class"),
        ([{"text": np.array([[1.0]])}, {"text": np.array([[-1.0]])}], [1, 1], {"renormalize": True},
         "the sum of `text` is zero, which has no direction")])
    def test_mistakes_are_refused(self, groups, weights, options, message):
        with pytest.raises(ConfigError, match=message):
            combine(groups, weights, **options)


def test_small_groups_are_named(caplog):
    with caplog.at_level(logging.WARNING, "gan_vision"):
        warn_of_few({"+1,2,3": 3, "-4,5": 2})
    assert "the mean of fewer than 3 samples keeps what is their own: -4,5 (2)" in caplog.text


def test_large_groups_are_fine(caplog):
    with caplog.at_level(logging.WARNING, "gan_vision"):
        warn_of_few({"+1,2,3": 3, "-4,5,6,7": 4})
    assert caplog.text == ""


class TestVary:
    point = {"latent": np.arange(6, dtype=np.float32).reshape(1, 2, 3), "label": np.array([4], np.int32)}

    def test_one_number_takes_the_values_and_the_others_stay(self):
        varied = vary(self.point, 4, [-3, 0.5])
        assert varied["latent"].tolist() == [[[0, 1, 2], [3, -3, 5]], [[0, 1, 2], [3, 0.5, 5]]]
        assert varied["label"].tolist() == [4, 4]
        assert varied["latent"].dtype == np.float32

    def test_the_inputs_themselves_are_untouched(self):
        vary(self.point, 0, [9])
        assert self.point["latent"][0, 0, 0] == 0

    @pytest.mark.parametrize(("inputs", "dimension", "message"), [
        (point, 6, r"`dimension` must be of 0\.\.5\. Received: dimension=6\."),
        (point, -1, r"`dimension` must be of 0\.\.5\. Received: dimension=-1\."),
        ({"label": np.array([1])}, 0, r"those of one picture, with a latent. Received: \{'label': \(1,\)\}"),
        ({"latent": np.zeros((2, 3))}, 0, r"those of one picture, with a latent. Received: \{'latent': \(2, 3\)\}")])
    def test_mistakes_are_refused(self, inputs, dimension, message):
        with pytest.raises(ConfigError, match=message):
            vary(inputs, dimension, [0])
