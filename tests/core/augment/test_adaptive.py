import subprocess
import sys
import textwrap
import warnings

import keras
import numpy as np
import pytest
import tensorflow as tf

from gan_core.augment import AdaptiveAugment, Pipeline
from gan_core.errors import ConfigError
from gan_core.random import Stream

IMAGES = tf.constant(np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)), tf.float32)


def margins(positive, negative, zero=0):
    return tf.constant([2.0] * positive + [-3.0] * negative + [0.0] * zero)[:, tf.newaxis]


def repeat(augment, value, count):
    @tf.function
    def run():
        for _ in tf.range(count):
            augment.update(value)

    run()
    return float(augment.p)


def test_the_example_moves_by_the_error_over_the_steps():
    augment = AdaptiveAugment("keras_example", initial=0.5)
    augment.update(margins(95, 5))  # accuracy 0.95
    assert float(augment.p) == pytest.approx(0.5001, abs=1e-7)


def test_a_margin_of_zero_counts_as_half():
    augment = AdaptiveAugment("keras_example", initial=0.5, target=0.5)
    augment.update(margins(0, 0, 7))
    assert float(augment.p) == 0.5


def test_the_paper_moves_by_its_fixed_step_at_every_fourth_update():
    augment = AdaptiveAugment("paper")
    seen = []
    for _ in range(8):
        augment.update(margins(61, 3))  # r = 0.906
        seen.append(float(augment.p))
    np.testing.assert_allclose(seen, [0, 0, 0, 0.000512] + [0.000512] * 3 + [0.001024], atol=1e-9)


def test_the_paper_averages_r_over_the_four_steps():
    # r = 1, 1, 1, -0.5: mean 0.625 > 0.6 though the last step says otherwise.
    augment = AdaptiveAugment("paper")
    for value in (margins(4, 0), margins(4, 0), margins(4, 0), margins(1, 3)):
        augment.update(value)
    assert float(augment.p) == pytest.approx(4 * 4 / 500_000)


def test_the_average_starts_anew_after_an_update():
    augment = AdaptiveAugment("paper", initial=0.5)
    for value in [margins(4, 0)] * 4 + [margins(3, 1)] * 4:  # r = 1, then 0.5 < 0.6
        augment.update(value)
    assert float(augment.p) == pytest.approx(0.5, abs=1e-7)


def test_fine_tuning_is_five_times_faster():
    augment = AdaptiveAugment("paper", ada_kimg=100)
    assert repeat(augment, margins(64, 0), 4) == pytest.approx(0.00256)


def test_the_paper_needs_half_a_million_images_to_reach_one():
    augment = AdaptiveAugment("paper")
    assert repeat(augment, margins(128, 0), 3904) == pytest.approx(976 * 0.001024, abs=1e-4)
    assert repeat(augment, margins(128, 0), 4) == 1.0


def test_the_example_needs_6667_steps_at_full_accuracy():
    augment = AdaptiveAugment("keras_example")
    assert repeat(augment, margins(8, 0), 6600) == pytest.approx(0.99, abs=1e-3)
    assert repeat(augment, margins(8, 0), 80) == 1.0


def test_p_never_falls_below_zero():
    assert repeat(AdaptiveAugment("keras_example", initial=0.001), margins(0, 8), 10) == 0.0


@pytest.mark.parametrize("preset", ["keras_example", "paper"])
def test_p_stops_at_p_max(preset):
    assert repeat(AdaptiveAugment(preset, p_max=0.3, initial=0.29, steps=10, ada_kimg=0.1), margins(8, 0), 40) == pytest.approx(0.3)


def test_logits_of_any_shape_count_by_element():
    augment = AdaptiveAugment("keras_example", initial=0.5)
    augment.update(tf.reshape(margins(38, 2), (5, 2, 2, 2)))
    assert float(augment.p) == pytest.approx(0.5001, abs=1e-7)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_p_stays_a_number_whatever_the_logits_are(value):
    assert 0 <= repeat(AdaptiveAugment("keras_example", initial=0.5), tf.fill((4, 1), value), 3) <= 1


def test_the_report_holds_p():
    assert float(AdaptiveAugment(initial=0.25).report()["aug_p"]) == 0.25


def test_the_call_augments_at_the_current_p():
    augment = AdaptiveAugment("paper", initial=0.5)
    np.testing.assert_array_equal(augment(IMAGES, Stream(0, 4)), Pipeline("bgc")(IMAGES, 0.5, Stream(0, 4)))
    augment.p.assign(0.0)
    np.testing.assert_array_equal(augment(IMAGES, Stream(0, 4)), IMAGES)


def test_a_graph_follows_p_without_a_new_trace():
    augment = AdaptiveAugment("paper")
    run = tf.function(lambda images: augment(images, Stream(0, 4)), autograph=False)
    np.testing.assert_array_equal(run(IMAGES), IMAGES)
    augment.p.assign(1.0)
    assert (run(IMAGES).numpy() != IMAGES.numpy()).any((1, 2, 3)).all()


@pytest.mark.parametrize(("preset", "lines"), [("keras_example", "keras_example"), ("paper", "bgc")])
def test_each_preset_has_its_own_transformations(preset, lines):
    assert AdaptiveAugment(preset).pipeline.lines == Pipeline(lines).lines


def test_only_this_augmentation_needs_a_boundary():
    assert AdaptiveAugment().needs_boundary


class Holder(keras.Model):
    def __init__(self, **options):
        super().__init__()
        self.augment = AdaptiveAugment("paper", **options)
        self.built = True

    def call(self, samples):
        return samples


def test_a_model_tracks_p_and_the_running_statistic():
    assert [weight.name for weight in Holder().weights] == ["aug_p", "aug_signs", "aug_signs_steps", "aug_updates_above"]
    assert Holder().trainable_weights == []


def half_way(**options):
    holder = Holder(initial=0.5, **options)
    for value in (margins(4, 0), margins(1, 3)):
        holder.augment.update(value)
    return holder


def finish(holder):
    for value in (margins(4, 0), margins(4, 0)):
        holder.augment.update(value)
    return [float(weight.numpy()) for weight in holder.weights]


def test_saved_weights_continue_in_the_middle_of_an_interval(tmp_path):
    before = half_way()
    before.save_weights(tmp_path / "model.weights.h5")
    after = Holder()
    after.load_weights(tmp_path / "model.weights.h5")
    assert finish(after) == finish(before)


def test_a_checkpoint_continues_in_the_middle_of_an_interval(tmp_path):
    before = half_way()
    path = tf.train.Checkpoint(model=before).write(str(tmp_path / "state"))
    after = Holder()
    tf.train.Checkpoint(model=after).read(path).assert_consumed()
    assert finish(after) == finish(before)


def test_it_comes_back_from_its_configuration():
    augment = AdaptiveAugment("paper", transforms="bg", value_range=(0, 1), target=0.7, ada_kimg=100, p_max=0.8,
                              initial=0.4, resample="antialiased", name="ada")
    copy = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(augment))
    assert copy.get_config() == augment.get_config()
    np.testing.assert_array_equal(copy(IMAGES, Stream(0, 0)), augment(IMAGES, Stream(0, 0)))


def test_a_high_p_is_warned_of_once_after_a_thousand_updates():
    augment = AdaptiveAugment("keras_example", initial=0.9, target=0.999)
    repeat(augment, margins(8, 0), 999)
    assert augment.warning() is None
    augment.update(margins(8, 0))
    with pytest.warns(UserWarning, match=r"aug_p has been above 0.8 for 1000 updates.*`p_max=0.8`"):
        augment.warning()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "1000 updates" in augment.warning()


def test_the_count_of_high_updates_starts_anew_below():
    augment = AdaptiveAugment("keras_example", initial=0.8001)
    augment.update(margins(8, 0))
    assert float(augment.updates_above) == 1
    repeat(augment, margins(0, 8), 2)
    assert float(augment.updates_above) == 0


def test_the_paper_counts_updates_not_steps():
    augment = AdaptiveAugment("paper", initial=0.9)
    repeat(augment, margins(8, 0), 11)
    assert float(augment.updates_above) == 2


def test_p_max_of_four_fifths_is_never_warned_of():
    augment = AdaptiveAugment("keras_example", p_max=0.8, initial=0.8)
    repeat(augment, margins(8, 0), 3)
    assert float(augment.updates_above) == 0


@pytest.mark.parametrize(("arguments", "message"), [
    ({"preset": "papr"}, r"`preset`. Received: 'papr'. Did you mean 'paper'"),
    ({"target": 1.0}, r"`target` must lie between 0 and 1. Received: target=1.0, preset='keras_example'"),
    ({"preset": "paper", "target": -1}, r"`target` must lie between -1 and 1. Received: target=-1"),
    ({"steps": 0}, r"`steps` must be at least 1. Received: steps=0"),
    ({"ada_kimg": 0}, r"`ada_kimg` must be positive. Received: ada_kimg=0"),
    ({"p_max": 1.5}, r"`p_max` must lie in \[0, 1\]. Received: p_max=1.5"),
    ({"p_max": 0.5, "initial": 0.6}, r"`initial` must lie in \[0, p_max\]. Received: initial=0.6"),
    ({"transforms": "xyz"}, r"`transforms`. Received: 'xyz'"),
    ({"value_range": 1}, r"`value_range`"),
])
def test_wrong_options_are_refused_by_name(arguments, message):
    with pytest.raises(ConfigError, match=message):
        AdaptiveAugment(**arguments)


REPLICAS = textwrap.dedent("""
    import tensorflow as tf
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
    from gan_core.augment import AdaptiveAugment
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    with strategy.scope():
        example, paper = AdaptiveAugment("keras_example", initial=0.5), AdaptiveAugment("paper")

    @tf.function
    def step():
        def replica():
            first = tf.distribute.get_replica_context().replica_id_in_sync_group == 0
            value = tf.where(first, tf.ones((10, 1)), tf.constant([[1.0]] * 8 + [[-1.0]] * 2))
            example.update(value)  # accuracy 1 and 0.8: mean 0.9
            paper.update(value)    # r 1 and 0.6: mean 0.8 > 0.6
        strategy.run(replica)

    for _ in range(4):
        step()
    print([float(p) for p in strategy.experimental_local_results(example.p.value)],
          [float(p) for p in strategy.experimental_local_results(paper.p.value)])
""")


@pytest.mark.slow
def test_replicas_keep_one_p_from_the_mean_of_their_statistics():
    output = subprocess.run([sys.executable, "-c", REPLICAS], capture_output=True, text=True, timeout=300, check=False)
    assert output.returncode == 0, output.stderr[-3000:]
    example, paper = output.stdout.strip().splitlines()[-1].split("] [")
    np.testing.assert_allclose([float(p) for p in example.strip("[]").split(",")], 0.5 + 4 * 0.05 / 1000, atol=1e-7)
    np.testing.assert_allclose([float(p) for p in paper.strip("[]").split(",")], 4 * 20 / 500_000, atol=1e-8)
