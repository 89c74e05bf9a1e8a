"""Paths between anchors, closed walks and the plane between four corners."""

import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_vision.explore.interpolation import between, bilinear, check_way, parts, path, stretches, usual_way

DRAW = np.random.default_rng(0)
NORMAL = DRAW.standard_normal((3, 128)).astype(np.float32)
LABELS = np.array([4, 7, 2], np.int32)
TEXT = DRAW.standard_normal((3, 5)).astype(np.float32)
ANCHORS = {"latent": NORMAL, "label": LABELS, "text": TEXT}


class TestPath:
    def test_anchors_are_on_it_to_the_last_bit(self):
        way = path(ANCHORS, 5)
        for name, values in ANCHORS.items():
            np.testing.assert_array_equal(way[name][::4], values)
            assert way[name].dtype == values.dtype

    @pytest.mark.parametrize(("frames", "closed", "length"), [(2, False, 3), (5, False, 9), (2, True, 3), (5, True, 12)])
    def test_its_length_is_that_of_its_stretches(self, frames, closed, length):
        assert {len(values) for values in path(ANCHORS, frames, closed=closed).values()} == {length}
        assert check_way(3, frames, closed=closed) == length

    def test_a_closed_one_leads_back_without_repeating_the_first(self):
        closed = path({"latent": NORMAL}, 3, closed=True)["latent"]
        there_and_back = path({"latent": NORMAL[[0, 1, 2, 0]]}, 3)["latent"]
        np.testing.assert_array_equal(closed, there_and_back[:-1])

    def test_halfway_between_orthogonal_unit_vectors_is_a_unit_vector(self):
        np.testing.assert_allclose(path({"latent": np.eye(2)}, 3)["latent"][1], [0.5**0.5, 0.5**0.5], rtol=1e-12)

    def test_the_angle_grows_in_equal_steps_along_the_sphere(self):
        way = path({"latent": np.array([[2.0, 0.0], [0.0, 2.0]])}, 7)["latent"]
        np.testing.assert_allclose(np.degrees(np.arctan2(way[:, 1], way[:, 0])), 15 * np.arange(7), atol=1e-9)

    @pytest.mark.parametrize(("how", "norm"), [("lerp", 8.0), ("slerp", 11.3)])
    def test_the_norm_halfway_between_normal_latents(self, how, norm):
        latents = np.random.default_rng(1).standard_normal((1000, 128))
        halfway = path({"latent": latents}, 3, how=how)["latent"][1::2]
        assert np.linalg.norm(halfway, axis=1).mean() == pytest.approx(norm, abs=0.05)

    def test_a_class_switches_halfway(self):
        assert path({"label": np.array([4, 7])}, 4)["label"].tolist() == [4, 4, 7, 7]
        assert path({"label": np.array([4, 7])}, 5)["label"].tolist() == [4, 4, 7, 7, 7]

    def test_text_vectors_and_attributes_go_straight(self):
        way = path({"text": np.array([[0.0, 8.0], [4.0, 0.0]]), "label": np.array([[0.0], [1.0]], np.float32)}, 5)
        np.testing.assert_allclose(way["text"], [[0, 8], [1, 6], [2, 4], [3, 2], [4, 0]])
        np.testing.assert_allclose(way["label"][:, 0], [0, 0.25, 0.5, 0.75, 1])

    def test_latents_of_any_shape_are_turned_as_one_vector(self):
        shaped = path({"latent": NORMAL.reshape(3, 4, 8, 4)}, 4)["latent"]
        assert shaped.shape == (7, 4, 8, 4)
        np.testing.assert_array_equal(shaped.reshape(7, 128), path({"latent": NORMAL}, 4)["latent"])

    @pytest.mark.parametrize("ends", [([1.0, 2.0], [2.0, 4.0]), ([1.0, 2.0], [-1.0, -2.0]), ([0.0, 0.0], [3.0, 1.0]),
                                      ([1.0], [-3.0]), ([1.0, 2.0], [1.0, 2.0 + 1e-9])])
    def test_latents_on_one_line_with_the_origin_are_joined_straight(self, ends):
        ends = np.array(ends)
        np.testing.assert_allclose(path({"latent": ends}, 3)["latent"][1], ends.mean(0), atol=1e-12)

    def test_one_stretch_may_be_straight_and_the_next_turned(self):
        way = path({"latent": np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 2.0]])}, 3)["latent"]
        np.testing.assert_allclose(way[[1, 3]], [[1.5, 0], [2**0.5, 2**0.5]], rtol=1e-12)

    @pytest.mark.parametrize(("anchors", "frames", "how", "message"), [
        ({"latent": NORMAL[:1]}, 8, "slerp", r"a way needs at least two anchors. Received: 1\. Give more seeds"),
        ({"latent": NORMAL}, 1, "slerp", r"`frames` must be at least 2, the two ends. Received: frames=1\."),
        ({"latent": NORMAL}, 1002, "slerp", r"at most 2,000 pictures are made at once. Received: 2,003\. Ask for fewer"),
        ({"latent": NORMAL}, 3, "slurp", "unknown way. Received: 'slurp'. Did you mean 'slerp'"),
        ({"latent": NORMAL, "label": LABELS[:2]}, 3, "slerp", r"one number of rows. Received: \{'latent': 3, 'label': 2\}"),
        ({}, 3, "slerp", "one number of rows. Received: none")])
    def test_mistakes_are_refused(self, anchors, frames, how, message):
        with pytest.raises(ConfigError, match=message):
            path(anchors, frames, how=how)


class TestStretches:
    def test_each_has_both_of_its_ends(self):
        assert stretches(3, 3).tolist() == [[0, 1, 2], [2, 3, 4]]

    def test_the_last_of_a_closed_walk_ends_where_the_first_begins(self):
        assert stretches(3, 3, closed=True).tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 0]]


class TestBilinear:
    corners = {"latent": DRAW.standard_normal((4, 16)).astype(np.float32), "label": np.array([0, 1, 2, 3], np.int32)}

    def test_corners_are_kept_to_the_last_bit(self):
        plane = bilinear(self.corners, 4, 5)
        for name, values in self.corners.items():
            np.testing.assert_array_equal(plane[name][[0, 4, 15, 19]], values)

    def test_the_straight_plane_is_the_bilinear_one(self):
        a, b, c, d = corners = np.array([[0.0, 1.0], [4.0, -2.0], [8.0, 5.0], [1.0, 1.0]])
        plane = bilinear({"latent": corners}, 5, 3, how="lerp")["latent"].reshape(5, 3, 2)
        for row, down in enumerate([0, 0.25, 0.5, 0.75, 1]):
            for column, across in enumerate([0, 0.5, 1]):
                expected = (1 - down) * ((1 - across) * a + across * b) + down * ((1 - across) * c + across * d)
                np.testing.assert_allclose(plane[row, column], expected, atol=1e-12)

    def test_the_plane_of_unit_vectors_stays_on_the_sphere(self):
        corners = np.array([[1.0, 0, 0], [0, 1.0, 0], [0, 0, 1.0], [0.6, 0.8, 0]])
        np.testing.assert_allclose(np.linalg.norm(bilinear({"latent": corners}, 4, 4)["latent"], axis=1), 1, rtol=1e-12)

    def test_a_class_is_that_of_the_nearest_corner(self):
        assert bilinear(self.corners, 4, 4)["label"].reshape(4, 4).tolist() == [[0, 0, 1, 1]] * 2 + [[2, 2, 3, 3]] * 2

    @pytest.mark.parametrize(("count", "rows", "columns", "message"), [
        (3, 4, 4, r"a grid has four corners. Received: 3\. Give four"),
        (4, 1, 4, r"`rows` must be at least 2. Received: rows=1\."),
        (4, 4, 0, r"`columns` must be at least 2. Received: columns=0\."),
        (4, 50, 50, "at most 2,000 pictures are made at once. Received: 2,500")])
    def test_mistakes_are_refused(self, count, rows, columns, message):
        with pytest.raises(ConfigError, match=message):
            bilinear({"latent": np.eye(4)[:count]}, rows, columns)


def test_each_row_goes_its_own_fraction():
    moved = between({"text": np.zeros((3, 1))}, {"text": np.array([[2.0], [4.0], [8.0]])}, np.array([0.5, 0.25, 1.0]))
    assert moved["text"].tolist() == [[1], [1], [8]]


def test_parts_cover_all_rows_once():
    found = list(parts(ANCHORS, 2))
    assert [len(part["label"]) for part in found] == [2, 1]
    np.testing.assert_array_equal(np.concatenate([part["latent"] for part in found]), NORMAL)


def test_only_noise_of_a_cube_goes_straight():
    from gan_core.game.latent import Normal, Sphere, Uniform

    assert [usual_way(prior(4)) for prior in (Normal, Sphere, Uniform)] == ["slerp", "slerp", "lerp"]
