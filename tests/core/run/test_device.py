"""TensorFlow's start: what it prints, what it leaves behind, and the device in words."""

from __future__ import annotations

import os
import random

import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError
from gan_core.run import device
from gan_core.run.device import device_in_words, quiet_start, start_tensorflow, tensorflow_for


class TestQuietStart:
    def test_what_native_code_writes_is_swallowed(self, capfd):
        with quiet_start():
            os.write(2, b"could not find cuda drivers\n")
        os.write(2, b"after\n")
        assert capfd.readouterr().err == "after\n"

    def test_it_is_replayed_when_the_start_fails(self, capfd):
        def start():
            with quiet_start():
                os.write(2, b"undefined symbol\n")
                raise ImportError

        with pytest.raises(ImportError):
            start()
        assert capfd.readouterr().err == "undefined symbol\n"

    def test_it_is_not_replayed_when_the_start_is_interrupted(self, capfd):
        def start():
            with quiet_start():
                os.write(2, b"could not find cuda drivers\n")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            start()
        assert capfd.readouterr().err == ""

    def test_no_descriptor_is_left_open(self):
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            with quiet_start():
                pass
        assert len(os.listdir("/proc/self/fd")) == before


def drawn_now():
    """The next numbers of the generators that a whole process shares."""
    return random.random(), np.random.random()  # noqa: NPY002


def seed_all(seed):
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002


@pytest.fixture
def without_determinism(monkeypatch):
    """Op determinism stays as it is, for other tests' sake."""
    monkeypatch.setattr("tensorflow.config.experimental.enable_op_determinism", lambda: None)


@pytest.mark.usefixtures("without_determinism")
class TestTheStateOfTheProcess:
    def test_precision_and_seed_are_those_of_the_run_while_inside(self):
        with tensorflow_for(seed=7, precision="bfloat16"):
            assert keras.config.dtype_policy().name == "mixed_bfloat16"
            drawn = drawn_now()
        with tensorflow_for(seed=7, precision="bfloat16"):
            assert drawn_now() == drawn

    def test_they_are_afterwards_as_they_were(self):
        policy = keras.config.dtype_policy().name
        seed_all(1)
        expected = drawn_now()
        seed_all(1)
        with tensorflow_for(seed=7, precision="bfloat16"):
            random.random()
        assert keras.config.dtype_policy().name == policy
        assert drawn_now() == expected

    def test_they_are_restored_after_an_error(self):
        policy = keras.config.dtype_policy().name
        with pytest.raises(ZeroDivisionError), tensorflow_for(seed=7, precision="bfloat16"):
            1 / 0  # noqa: B018
        assert keras.config.dtype_policy().name == policy

    def test_a_seed_that_no_generator_takes_is_refused(self):
        with pytest.raises(ConfigError, match=r"`--seed` must lie in 0..4294967295. Received: seed=-1"):
            start_tensorflow(seed=-1)


@pytest.mark.parametrize(("gpus", "replicas", "words"), [
    ([], (), "the CPU (2 cores)"),
    (["NVIDIA H100"], (), "1 GPU (NVIDIA H100)"),
    (["NVIDIA H100"] * 4, (), "1 GPU of 4 (NVIDIA H100)"),
    (["NVIDIA H100"] * 4, ("/job:localhost/replica:0/task:0/device:GPU:0", "/job:localhost/replica:0/task:0/device:GPU:1"),
     "2 replicas (GPU:0, GPU:1)"),
    ([], ("/job:localhost/replica:0/task:0/device:CPU:0",), "1 replica (CPU:0)"),
])
def test_the_device_is_what_a_run_really_uses(gpus, replicas, words):
    assert device_in_words(gpus, replicas, cores=2) == words


@pytest.mark.usefixtures("without_determinism")
def test_a_strategy_in_scope_is_what_a_run_uses():
    import tensorflow as tf

    with tf.distribute.OneDeviceStrategy("/cpu:0").scope():
        assert "1 replica (CPU:0)" in device.start_tensorflow(seed=0)
