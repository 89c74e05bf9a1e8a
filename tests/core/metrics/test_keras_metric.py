import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.errors import ConfigError, DataError
from gan_core.metrics.extractors import CallableExtractor
from gan_core.metrics.extractors.base import Extractor
from gan_core.metrics.functional import kernel_distance
from gan_core.metrics.keras_metric import KeepBest, KernelDistanceMetric

pytestmark = pytest.mark.filterwarnings("ignore::gan_core.metrics.MetricWarning")
SHAPE = (2, 3, 1)
REAL, FAKE = np.tanh(np.random.default_rng(0).normal(size=(2, 10, *SHAPE))).astype("float32")


class Pixels(Extractor):
    name, hash = "pixels", "00"

    def batch(self, images):
        return images.reshape(len(images), -1).astype(np.float32) / 255


def features(samples):
    return np.rint((samples.astype(np.float64) + 1) * 127.5).reshape(len(samples), -1) / 255


@pytest.fixture
def metric():
    return KernelDistanceMetric(Pixels(), value_range=(-1, 1))


@pytest.fixture
def image_gan(make_gan, make_generator, make_discriminator):
    """A toy GAN of 2x3 pictures, compiled with the metric."""

    def make(metric, **options):
        return make_gan(generator=make_generator(SHAPE), discriminators=make_discriminator(SHAPE),
                        compile={"validation_metrics": [metric]}, **options)

    return make


def test_one_batch_gives_the_unbiased_estimate_on_bytes(metric):
    metric.update_state(REAL, FAKE)
    expected = kernel_distance(features(REAL), features(FAKE), estimator="full").value
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_batches_are_averaged_by_their_size(metric):
    metric.update_state(REAL[:6], FAKE[:6])
    metric.update_state(REAL[6:], FAKE[6:])
    expected = kernel_distance(features(REAL), features(FAKE), estimator="per_batch", batch_size=6).value
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_a_batch_of_one_has_no_pairs_and_is_left_out(metric):
    metric.update_state(REAL[:6], FAKE[:6])
    before = float(metric.result())
    metric.update_state(REAL[:1], FAKE[:1])
    assert float(metric.result()) == before


def test_without_a_batch_the_result_is_no_number(metric):
    assert np.isnan(float(metric.result()))


def test_reset_starts_anew(metric):
    metric.update_state(REAL, FAKE)
    metric.reset_state()
    metric.update_state(REAL[:4], REAL[:4])
    expected = kernel_distance(features(REAL[:4]), features(REAL[:4]), estimator="full").value
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_it_works_inside_a_graph(metric):
    tf.function(metric.update_state)(tf.constant(REAL), tf.constant(FAKE))
    expected = kernel_distance(features(REAL), features(FAKE), estimator="full").value
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)


def test_fit_reports_it_and_equals_the_pure_estimate(image_gan, metric):
    gan = image_gan(metric)
    history = gan.fit(REAL, validation_data=REAL, batch_size=5, validation_batch_size=10, epochs=1, verbose=0)
    gan.reset_metrics()
    again = gan.evaluate(REAL, batch_size=10, verbose=0, return_dict=True)
    assert history.history["val_kid"][0] == pytest.approx(again["kid"], rel=1e-6)
    assert np.isfinite(again["kid"])


def test_the_name_may_be_chosen():
    assert KernelDistanceMetric(Pixels(), value_range=(0, 1), name="kid_75").name == "kid_75"


def test_nothing_of_the_extractor_is_tracked_or_saved(image_gan, tmp_path):
    image = keras.Input(SHAPE)
    heavy = keras.Model(image, keras.layers.Dense(3, name="a_layer_of_the_extractor")(keras.layers.Flatten()(image)))
    metric = KernelDistanceMetric(CallableExtractor(heavy, "heavy"), value_range=(-1, 1))
    gan = image_gan(metric)
    gan.fit(REAL, validation_data=REAL, batch_size=5, verbose=0)
    ours = {id(variable) for variable in heavy.weights}
    assert not ours & {id(variable) for variable in [*gan.variables, *metric.variables]}
    assert {variable.shape for variable in metric.variables} == {()}
    gan.save_weights(tmp_path / "gan.weights.h5")
    import h5py

    names = []
    with h5py.File(tmp_path / "gan.weights.h5") as file:
        file.visititems(lambda name, item: names.append((name, getattr(item, "shape", None))))
    assert not any("a_layer_of_the_extractor" in name for name, _ in names)
    assert not any(shape == (6, 3) for _, shape in names)
    saved = tf.train.Checkpoint(gan=gan).save(tmp_path / "checkpoint")
    assert not any(shape == [6, 3] for _, shape in tf.train.list_variables(saved))


def test_samples_that_are_not_finite_are_an_error(metric):
    with pytest.raises((DataError, tf.errors.OpError), match="must be finite"):
        metric.update_state(REAL, np.full_like(FAKE, np.nan))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: KernelDistanceMetric(Pixels(), value_range=(1, 1)), "`value_range` must be"),
    (lambda: KernelDistanceMetric(Pixels(), value_range=(0, 1)).update_state(REAL, FAKE, sample_weight=1), "`sample_weight`"),
    (lambda: KeepBest("best.h5"), r"`path` must end in .keras. Received: path='best.h5'"),
    (lambda: KeepBest("best.keras", mode="lowest"), "`mode` must be 'min' or 'max'. Received: mode='lowest'"),
])
def test_wrong_options_are_refused(call, message):
    with pytest.raises(ConfigError, match=message):
        call()


# --- KeepBest


@pytest.fixture
def judge(image_gan, metric, tmp_path):
    """(values, ...) -> a `KeepBest` that has seen these validation values, and the generator's bias at each of them."""

    def run(values, **options):
        gan = image_gan(metric, ema=0.9)
        keep = KeepBest(tmp_path / "best.keras", **options)
        keep.set_model(gan)
        for epoch, value in enumerate(values):
            gan.sampler.weights[-1].assign(np.full(6, float(epoch), np.float32))
            keep.on_epoch_end(epoch, {} if value is None else {keep.monitor: value})
        keep.on_train_end()
        return keep, tmp_path / "best.keras"

    return run


def kept_epoch(path):
    return keras.saving.load_model(path, compile=False).weights[-1].numpy()[0]


@pytest.mark.parametrize(("values", "options", "expected"), [
    ([3.0, 1.0, 2.0], {}, 1),
    ([3.0, 1.0, 2.0], {"mode": "max"}, 0),
    ([3.0, float("nan"), 2.0, float("inf")], {}, 2),
    ([None, 2.0, None, 1.0], {}, 3),
    ([1.0, 1.0], {}, 0),
    ([-0.5, 0.0], {"monitor": "val_other"}, 0),
])
def test_the_averaged_generator_of_the_best_epoch_is_kept(judge, values, options, expected):
    keep, path = judge(values, **options)
    assert kept_epoch(path) == expected
    assert keep.best_epoch == expected
    assert keep.best == values[expected]


def test_no_other_file_is_left(judge):
    _, path = judge([2.0, 1.0])
    assert [file.name for file in path.parent.iterdir()] == ["best.keras"]


def test_a_misspelt_value_is_refused_at_the_first_validation(judge):
    keep, _ = judge([1.0])
    keep.monitor = "val_kit"
    with pytest.raises(ConfigError, match=r"`monitor` is not among.*Did you mean 'val_kid'"):
        keep.on_epoch_end(1, {"d_loss": 1.0, "val_kid": 1.0})


def test_a_fit_without_validation_warns_at_its_end(judge):
    with pytest.warns(UserWarning, match="KeepBest wrote nothing"):
        _, path = judge([None, None])
    assert not path.exists()


def test_it_works_in_plain_fit(image_gan, metric, tmp_path):
    gan = image_gan(metric, ema=0.5)
    keep = KeepBest(tmp_path / "deep" / "best.keras")
    history = gan.fit(REAL, validation_data=REAL, batch_size=5, epochs=3, verbose=0, callbacks=[keep])
    assert keep.best == pytest.approx(min(history.history["val_kid"]))
    latent = {"latent": np.zeros((1, 3), np.float32)}
    kept = keras.saving.load_model(tmp_path / "deep" / "best.keras", compile=False)(latent)
    assert kept.shape == (1, *SHAPE)
    if keep.best_epoch == 2:
        np.testing.assert_allclose(kept, gan.sampler(latent), rtol=1e-6)


def test_samples_with_opacity_are_compared_over_white(metric):
    clear = np.random.default_rng(3).choice([-1.0, 1.0], (2, 6, 2, 3, 4)).astype("float32")  # opaque or not visible
    metric.update_state(*clear)
    seen = np.where(clear[..., 3:] > 0, clear[..., :3], 1.0)
    expected = kernel_distance(*map(features, seen), estimator="full").value
    assert float(metric.result()) == pytest.approx(expected, rel=1e-5)
