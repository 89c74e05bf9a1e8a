"""gan_vision.data.fields.instance_ids"""

import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError, DataError
from gan_vision.data.fields import InstanceIds, Origin, instance_edges

ORIGIN = Origin.of_rows("streets")
IDS = np.array([[[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 3, 3]]], np.uint16)
EDGES = [[[0, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1]]]


def test_edges_lie_on_both_sides_of_a_boundary():
    assert instance_edges(IDS).astype(int).tolist() == EDGES


def test_diagonal_neighbours_make_no_edge():
    ids = np.zeros((1, 3, 3), int)
    ids[0, 1, 1] = 1
    assert instance_edges(ids).astype(int).tolist() == [[[0, 1, 0], [1, 1, 1], [0, 1, 0]]]


@pytest.mark.parametrize(("form", "expected"), [("edges", {"instances": np.array(EDGES)[..., None]}), ("ids", {"instances": IDS}),
                                                ("both", {"instances": IDS, "instances_edges": np.array(EDGES)[..., None]})])
def test_the_device_gets_edges_or_ids_or_both(form, expected):
    found = InstanceIds(form).prepared("instances", tf.constant(IDS), (-1, 1))
    assert set(found) == set(expected)
    for name, values in expected.items():
        assert np.array_equal(found[name], values)
        assert found[name].dtype == (tf.int32 if values is IDS else tf.float32)


def test_ids_that_differ_in_the_low_byte_alone_are_two_objects():
    found = InstanceIds().prepared("instances", tf.constant([[[26001, 26002]]], tf.uint16), (-1, 1))
    assert found["instances"].numpy().ravel().tolist() == [1, 1]


def test_eight_bits_are_refused():
    with pytest.raises(DataError, match=r"`instances` of streets must be instance ids, uint16 .* Received: uint8 .* 8 bits merge"):
        InstanceIds().checked(IDS.astype(np.uint8), "instances", ORIGIN)


def test_an_unknown_form_is_refused():
    with pytest.raises(ConfigError, match=r"`form` must be one of edges, ids, both. Received: form='edge'"):
        InstanceIds("edge")


def test_it_is_shown_as_edges():
    assert (InstanceIds().pictures(IDS)[..., 0] == np.array(EDGES) * 255).all()


def test_another_size_keeps_ids():
    assert InstanceIds().resized(IDS[0], (6, 8), fit="stretch").tolist() == IDS[0].repeat(2, 0).repeat(2, 1).tolist()
