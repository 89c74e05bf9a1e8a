"""What `fit` calls for every step: the graph of a step on the next batch of an iterator."""

import numpy as np
import pytest
import tensorflow as tf


@pytest.fixture
def make_traced(make_gan):
    def make(**compile_options):
        return make_gan(compile={"run_eagerly": False, **compile_options})

    return make


def weights(gan):
    return [variable.numpy() for network in (gan.generator, *gan.discriminators) for variable in network.variables]


def test_a_step_does_what_keras_own_step_does(make_traced, points):
    """Keras traces several steps per execution: four steps in two executions are the same four."""
    ours, keras_own = make_traced(), make_traced(steps_per_execution=2)
    data = tf.data.Dataset.from_tensor_slices(points[:16]).batch(4)
    for gan in (ours, keras_own):
        gan.fit(data, epochs=2, verbose=0)
        assert int(gan.discriminator_steps.numpy()) == 8
    for one, other in zip(weights(ours), weights(keras_own), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-6)


def test_a_last_batch_that_is_smaller_is_a_step(make_traced, points):
    gan = make_traced()
    gan.fit(points[:10], batch_size=4, epochs=2, verbose=0)
    assert int(gan.discriminator_steps.numpy()) == 6
    assert int(gan.examples_seen.numpy()) == 20


def test_a_generator_may_leave_out_what_it_has_not(make_traced, points):
    gan, labels = make_traced(), []
    step = gan.train_step
    gan.train_step = lambda batch: labels.append(batch[1]) or step(batch)
    gan.fit(((points[:4], None) for _ in range(3)), steps_per_epoch=3, verbose=0)
    assert labels == [None]


def test_the_step_compiles(make_traced, points):
    gan = make_traced(jit_compile=True)
    history = gan.fit(points[:8], batch_size=4, verbose=0).history
    assert np.isfinite(history["d_loss"]).all()
    assert history["d_loss"] != [0.0]


def test_one_graph_serves_every_epoch_and_every_call(make_traced, points):
    gan, traces = make_traced(), []
    step = gan.train_step
    gan.train_step = lambda batch: traces.append(1) or step(batch)
    for _ in range(2):
        gan.fit(points[:8], batch_size=4, epochs=2, verbose=0)
    assert len(traces) == 1


def test_the_host_calls_nothing_but_the_graph(make_traced, points, monkeypatch):
    """Opening an optional value after every step made the host wait for the device."""
    def opened(self):
        raise AssertionError("the host opened an optional value")

    gan = make_traced()
    for name in ("has_value", "get_value"):
        monkeypatch.setattr(tf.experimental.Optional, name, opened)
        for kind in tf.experimental.Optional.__subclasses__():
            monkeypatch.setattr(kind, name, opened)
    gan.fit(points[:8], batch_size=4, verbose=0)
    with pytest.raises(AssertionError, match="opened"):
        make_traced(steps_per_execution=2).fit(points[:8], batch_size=4, verbose=0)
