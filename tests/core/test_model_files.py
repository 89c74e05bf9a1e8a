"""gan_core.model_files: networks of known layers load; code, paths, bombs and damage are refused before Keras sees them."""

from __future__ import annotations

import json
import re
import zipfile

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core import model_files
from gan_core.errors import DataError
from gan_core.layers import SNDense
from gan_core.model_files import CLASSES, LAYERS, load_network

L = keras.layers


@keras.saving.register_keras_serializable("somebody")
class Foreign(keras.layers.Layer):
    def call(self, x):
        return x


def network(*layers, size=(8, 8, 3)):
    x = image = keras.Input(size, name="image")
    for layer in layers:
        x = layer(x)
    return keras.Model(image, x)


def saved(tmp_path, model):
    model.save(tmp_path / "m.keras")
    return tmp_path / "m.keras"


def rewritten(path, edit=None, **members):
    """The same file with an edited config.json, and other members."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(content["config.json"])
    if edit is not None:
        config = edit(config) or config
    content["config.json"] = json.dumps(config)
    content |= {name.replace("__", "/"): value for name, value in members.items()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, value in content.items():
            archive.writestr(name, value)
    return path


NETWORKS = {
    "convolutions": lambda: network(L.Conv2D(4, 3, activation="leaky_relu", kernel_regularizer="l2"),
                                    L.BatchNormalization(), L.LeakyReLU(), L.Flatten(), L.Dense(2, activation=tf.nn.relu)),
    "operations": lambda: network(lambda x: keras.ops.mean(x * 2 + 1, axis=(1, 2))),
    "recurrent": lambda: network(L.Bidirectional(L.LSTM(3)), size=(5, 2)),
    "nested": lambda: network(keras.Sequential([L.Input((8, 8, 3)), L.Flatten(), L.Dense(3)]), L.Activation("tanh")),
    "ours": lambda: network(L.Flatten(), SNDense(3)),
    "mixed": lambda: network(L.Flatten(), L.Dense(3, dtype="mixed_bfloat16"), L.Dense(2, dtype="float32")),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_a_network_of_known_layers_answers_as_before(name, tmp_path):
    model = NETWORKS[name]()
    x = np.random.default_rng(0).normal(size=(2, *model.input_shape[1:])).astype("float32")
    np.testing.assert_array_equal(load_network(saved(tmp_path, model))(x), model(x))


def test_what_a_model_was_compiled_with_is_left_out(tmp_path):
    model = network(L.Flatten(), L.Dense(1))
    model.compile("adam", "mse", metrics=["mae"])
    assert not load_network(saved(tmp_path, model)).compiled


def test_members_with_names_of_their_own_are_left_alone(tmp_path):
    path = rewritten(saved(tmp_path, network(L.Flatten())), **{"gan_audio.json": "{}"})
    assert load_network(path).count_params() == 0


def test_registered_classes_of_this_program_load_when_it_says_so(tmp_path):
    path = saved(tmp_path, network(Foreign()))
    assert isinstance(load_network(path, registered=True).layers[-1], Foreign)


def activation(name, module):
    def edit(config):
        config["config"]["layers"][-1]["config"]["activation"] = {
            "class_name": "function", "module": module, "config": name, "registered_name": name}
    return edit


def last_layer(**values):
    def edit(config):
        config["config"]["layers"][-1].update(values)
    return edit


def nested(config):
    config["build_config"] = json.loads("[" * 150 + "]" * 150)


def plain(tmp_path):
    return saved(tmp_path, network(L.Flatten(), L.Dense(2, activation="tanh")))


REFUSED = {
    "a Lambda of a library's function": (lambda p: saved(p, network(L.Lambda(tf.nn.relu))), r"keras\.layers\.Lambda"),
    "a Lambda of Python code": (lambda p: saved(p, network(L.Lambda(lambda x: x * 2, output_shape=(8, 8, 3)))), "Lambda|__lambda__"),
    "a layer that reads files": (lambda p: rewritten(plain(p), last_layer(class_name="StringLookup")), "StringLookup"),
    "another framework's model": (lambda p: rewritten(plain(p), last_layer(class_name="TFSMLayer")), "TFSMLayer"),
    "a class from anywhere": (lambda p: rewritten(plain(p), last_layer(module="subprocess", class_name="Popen")),
                              r"subprocess\.Popen"),
    "a class of Keras that is no layer": (lambda p: rewritten(plain(p), last_layer(
        module="keras.src.callbacks.csv_logger", class_name="CSVLogger")), "CSVLogger"),
    "a loop over a function": (lambda p: rewritten(plain(p), last_layer(module="keras.src.ops.core", class_name="Map")),
                               r"keras\.src\.ops\.core\.Map"),
    "an operation's import": (lambda p: rewritten(plain(p), last_layer(module="keras.src.ops.numpy", class_name="Operation")),
                              r"keras\.src\.ops\.numpy\.Operation"),
    "a strange name under a known one": (lambda p: rewritten(plain(p), last_layer(registered_name="somebody>Foreign")),
                                         "registered as 'somebody>Foreign'"),
    "a class registered by others": (lambda p: saved(p, network(Foreign())), "registered as 'somebody>Foreign'"),
    "a name that our packages do not know": (lambda p: rewritten(plain(p), last_layer(registered_name="gan_core>Nothing")),
                                             "registered as 'gan_core>Nothing'"),
    "a function of a library": (lambda p: rewritten(plain(p), activation("relu", "tensorflow.nn")),
                                r"the function tensorflow\.nn\.relu"),
    "a builtin function": (lambda p: rewritten(plain(p), activation("eval", "builtins")), r"the function builtins\.eval"),
    "Keras' own way to a function": (lambda p: rewritten(plain(p), activation("deserialize", "keras.activations")),
                                     r"the function keras\.activations\.deserialize"),
    "code under a name of ours": (lambda p: rewritten(plain(p), last_layer(
        class_name="__lambda__", registered_name="gan_core>SNDense")), "__lambda__"),
    "a function under a name of ours": (lambda p: rewritten(plain(p), last_layer(
        class_name="function", module="os", config="system", registered_name="gan_core>SNDense")), r"the function os\.system"),
    "marshalled code": (lambda p: rewritten(plain(p), last_layer(class_name="__lambda__")), "__lambda__"),
    "a type of TensorFlow": (lambda p: rewritten(plain(p), last_layer(class_name="__typespec__")), "__typespec__"),
    "a class name that is no text": (lambda p: rewritten(plain(p), last_layer(class_name=["Dense"])), "is not allowed"),
    "deep nesting": (lambda p: rewritten(plain(p), nested), "nested more than 100 deep"),
    "a file for a layer": (lambda p: rewritten(plain(p), assets__vocabulary="a b"), "holds a file for one of its layers"),
    "weights of NumPy": (lambda p: without_weights(plain(p)), "model.weights.h5 are missing"),
    "no model": (lambda p: rewritten(plain(p), lambda config: {"a": 1}), "describes none"),
    "no archive": (lambda p: written(p, b"text"), "no Keras model that can be read"),
    "an empty file": (lambda p: written(p, b""), "no Keras model that can be read"),
    "no file": (lambda p: p / "none.keras", "does not exist"),
    "damaged weights": (lambda p: rewritten(plain(p), **{"model.weights.h5": b"x" * 100}), "no Keras model that can be read"),
    "weights of another shape": (lambda p: rewritten(plain(p), lambda config: config["config"]["layers"][-1]["config"].update(
        units=3)), "no Keras model that can be read"),
}


def written(tmp_path, content):
    (tmp_path / "m.keras").write_bytes(content)
    return tmp_path / "m.keras"


def without_weights(path):
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("model.weights.npz", b"")
    return path


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_is_refused(case, tmp_path):
    make, message = REFUSED[case]
    path = make(tmp_path)
    with pytest.raises(DataError, match=message) as raised:
        load_network(path)
    assert str(raised.value).startswith(str(path))


def test_what_is_refused_never_reaches_keras(tmp_path, monkeypatch):
    path = saved(tmp_path, network(L.Lambda(tf.nn.relu)))
    monkeypatch.setattr(keras.saving, "load_model", lambda *args, **options: pytest.fail("Keras was asked"))
    with pytest.raises(DataError, match="Lambda"):
        load_network(path)


def test_the_message_names_the_layer_and_the_way_out(tmp_path):
    path = saved(tmp_path, network(L.Lambda(tf.nn.relu, name="odd")))
    with pytest.raises(DataError, match=re.escape("in the layer 'odd' is not allowed")) as raised:
        load_network(path)
    assert "load it in your own program" in str(raised.value)


@pytest.mark.parametrize(("limit", "value", "message"), [
    ("LARGEST_FILE", 1000, "more than the limit of 1,000"), ("LARGEST_CONFIG", 100, "config.json has"),
])
def test_a_file_beyond_a_limit_is_refused_before_it_is_unpacked(limit, value, message, tmp_path, monkeypatch):
    path = plain(tmp_path)
    monkeypatch.setattr(model_files, limit, value)
    monkeypatch.setattr(zipfile.ZipFile, "read", lambda *args: pytest.fail("a member was read"))
    with pytest.raises(DataError, match=message):
        load_network(path)


def test_a_member_that_grows_without_measure_is_refused(tmp_path):
    path = plain(tmp_path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(10_000_000))
    with pytest.raises(DataError, match="zeros would grow from"):
        load_network(path)


def test_a_member_that_is_there_twice_is_refused(tmp_path):
    path = plain(tmp_path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("config.json", "{}")
    with pytest.raises(DataError, match=r"config\.json is in the file twice"):
        load_network(path)


def test_every_name_on_the_list_exists_in_keras():
    assert [name for name in LAYERS if not issubclass(getattr(keras.layers, name), keras.layers.Layer)] == []
    public = {"keras.src.models.functional", "keras.src.models.sequential", "keras.models"}
    assert [(module, name) for module, names in CLASSES.items() if module not in public for name in names
            if not hasattr(__import__(module, fromlist=["x"]), name)] == []


def test_no_layer_on_the_list_takes_a_file_or_a_function():
    import inspect

    risky = {"vocabulary", "filepath", "file", "fn", "function", "call_fn", "apply_fn", "module", "path"}
    assert [name for name in LAYERS if risky & set(inspect.signature(getattr(keras.layers, name).__init__).parameters)] == []
