"""The contract between data and networks."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError
from gan_core.game.batch import (
    OneHot,
    as_batch,
    call_discriminator,
    call_network,
    input_names,
    split_batch,
)


class Recorder(keras.Model):
    """A subclassed network that declares its inputs and shows what it was given."""

    input_names = ("label", "latent")

    def call(self, inputs, training=False):
        self.seen, self.training_flag = inputs, training
        return inputs["latent"]


def sum_of(*names, struct=list):
    inputs = {name: keras.Input((1,), name=name) for name in names}
    weights = {name: 10.0**-i for i, name in enumerate(names)}
    total = keras.layers.Add()([keras.layers.Rescaling(weights[name])(inputs[name]) for name in names])
    return keras.Model(inputs if struct is dict else list(inputs.values()), total)


def test_a_bare_tensor_is_the_real_sample():
    assert list(as_batch(np.zeros(3))) == ["real"]


def test_a_pair_is_real_sample_and_label():
    assert as_batch((1, 2)) == {"real": 1, "label": 2}


def test_a_one_tuple_is_the_real_sample():
    assert as_batch((1,)) == {"real": 1}


def test_a_dict_inside_a_tuple_keeps_its_names():
    assert as_batch(({"real": 1, "source": 2}, None)) == {"real": 1, "source": 2}


def test_a_dict_keeps_its_names():
    assert as_batch({"real": 1, "source": 2}) == {"real": 1, "source": 2}


def test_splitting_leaves_the_batch_itself_untouched():
    real = np.zeros(1)
    batch = {"real": real, "label": 2}
    assert split_batch(batch) == (real, {"label": 2})
    assert set(batch) == {"real", "label"}


def test_functional_inputs_are_known_by_name():
    assert input_names(sum_of("latent", "label")) == ("latent", "label")


def test_a_sequential_network_declares_its_input_by_name():
    network = keras.Sequential([keras.Input((3,), name="latent"), keras.layers.Dense(1)])
    assert input_names(network) == ("latent",)


def test_a_subclassed_network_declares_its_inputs_by_attribute():
    assert input_names(Recorder()) == ("label", "latent")


@pytest.mark.parametrize("struct", [list, dict])
@pytest.mark.parametrize("names", [("latent", "label"), ("label", "latent")])
def test_every_input_gets_the_tensor_of_its_name(names, struct):
    values = {"latent": tf.constant([[1.0]]), "label": tf.constant([[2.0]])}
    expected = 1.2 if names[0] == "latent" else 2.1  # the first input counts 1, the second 0.1
    assert call_network(sum_of(*names, struct=struct), values, False).numpy().item() == pytest.approx(expected)


@pytest.mark.filterwarnings("error::UserWarning")
@pytest.mark.parametrize("struct", [list, dict, lambda inputs: inputs[0]], ids=["list", "dict", "tensor"])
def test_a_network_with_one_input_is_called_without_a_warning(struct):
    label = keras.Input((1,), name="label")
    network = keras.Model({"label": label} if struct is dict else struct([label]), keras.layers.Rescaling(3.0)(label))
    values = {"latent": tf.constant([[1.0]]), "label": tf.constant([[2.0]])}
    assert call_network(network, values, False).numpy().item() == 6.0


def test_a_network_gets_exactly_the_inputs_it_declares():
    network = Recorder()
    call_network(network, {"latent": tf.zeros((1, 2)), "label": tf.zeros((1, 2)), "source": tf.zeros((1, 2))}, True)
    assert set(network.seen) == {"label", "latent"}
    assert network.training_flag is True


def test_the_discriminators_answer_is_float32_whatever_it_computes_in():
    sample = keras.Input((2,), name="sample")
    hidden = keras.layers.Dense(3, dtype="mixed_bfloat16")(sample)
    network = keras.Model(sample, {"logits": hidden, "features": [hidden]})
    answer = call_discriminator(network, tf.zeros((4, 2)), {})
    assert [answer.logits.dtype, *(feature.dtype for feature in answer.features)] == [tf.float32, tf.float32]


def test_a_discriminator_that_returns_a_tensor_has_no_features():
    network = sum_of("sample")
    answer = call_discriminator(network, tf.ones((4, 1)), {"label": tf.zeros((4, 1))})
    np.testing.assert_array_equal(answer.logits, np.ones((4, 1)))
    assert answer.features == ()


def test_one_hot_marks_each_id():
    batch = OneHot(3)({"real": tf.constant([[2, 0]]), "label": 1})
    np.testing.assert_array_equal(batch["real"], [[[0, 0, 1], [1, 0, 0]]])
    assert batch["real"].dtype == tf.float32
    assert batch["label"] == 1


def test_one_hot_can_encode_a_condition():
    np.testing.assert_array_equal(OneHot(2, key="label")({"real": 0, "label": tf.constant([1])})["label"], [[0, 1]])


def answering(outputs):
    """A discriminator that returns `outputs` of its logits."""
    sample = keras.Input((1,), name="sample")
    return keras.Model(sample, outputs(keras.layers.Dense(1)(sample)), name="judge")


@pytest.mark.parametrize(("action", "message"), [
    (lambda: as_batch({"image": 1}), r"needs the key `real`. Received: keys=\['image'\]"),
    (lambda: as_batch((1, 2, 3)), r"a tuple must be \(real,\) or \(real, label\). Received: 3 parts"),
    (lambda: input_names(keras.Sequential([keras.layers.Dense(1)], name="plain")), r"declare its inputs by name. Received: 'plain'"),
    (lambda: call_network(sum_of("latent", "label"), {"latent": 1, "text": 2}, False),
     r"reads the input `label`, which this batch does not have. Received: latent, text"),
    (lambda: call_discriminator(sum_of("sample", "source"), tf.zeros((1, 1)), {}), r"reads the input `source`"),
    (lambda: split_batch({"real": np.zeros((2, 2), np.uint8)}), r"must be floats .* Received: dtype=uint8. Scale them"),
    (lambda: call_discriminator(answering(lambda logits: [logits, logits]), tf.zeros((1, 1)), {}),
     r"one tensor of logits.* Received from 'judge': a list. For several logits per sample return a map"),
    (lambda: call_discriminator(answering(lambda logits: {"logit": logits}), tf.zeros((1, 1)), {}),
     r"a dict with the key 'logits'. Received from 'judge': \['logit'\]"),
], ids=["no real", "three parts", "no inputs", "generator input", "discriminator input", "bytes", "a list of logits",
        "no logits"])
def test_bad_batches_and_networks_are_explained(action, message):
    with pytest.raises(ConfigError, match=message):
        action()
