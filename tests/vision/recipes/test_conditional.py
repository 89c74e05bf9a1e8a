"""The conditional recipe: every mode learns what a label means, and what a run knows of its classes."""

import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest
import yaml
from PIL import Image

from gan_core.cli import make_app, run
from gan_core.errors import DataError
from gan_core.run.config import validate
from gan_core.testing import check_recipe
from gan_vision.cli.app import MODALITY
from gan_vision.data import Examples
from gan_vision.recipes import conditional

TINY = {"size": 8, "width": 16, "latent": 4, "batch_size": 8, "channels": 1}


def dark_and_bright(count=64, attributes=False):
    """Class 0 is dark, class 1 bright; as attributes, each alone."""
    draw, ids = np.random.default_rng(0), np.arange(count) % 2
    images = (draw.integers(0, 60, (count, 8, 8, 1)) + 190 * ids[:, None, None, None]).astype(np.uint8)
    labels = np.eye(2, dtype=np.float32)[ids] if attributes else ids
    return Examples.of_images(images, labels, ("dark", "bright"), name="squares")


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "attributes"), [
    ("onehot", False), ("embedding", False), ("projection", False), ("acgan", False), ("onehot", True)])
def test_a_generator_learns_what_its_labels_mean(mode, attributes):
    keras.utils.set_random_seed(0)
    config = validate(conditional.Config, {**TINY, "mode": mode, "steps": 300, "learning_rate": 2e-3, "ema": 0.9}, "toy")
    gan = conditional.build(config, dark_and_bright(attributes=attributes), None).gan
    gan.fit(dark_and_bright(attributes=attributes).loader(8, seed=0).dataset(steps=300), steps_per_epoch=300,
            shuffle=False, verbose=0)
    ids = np.arange(40) % 2
    brightness = gan.generate({"label": np.eye(2, dtype=np.float32)[ids] if attributes else ids}).mean((1, 2, 3))
    assert brightness[ids == 1].mean() - brightness[ids == 0].mean() > 0.4  # the data's is 1.5, no label's 0


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "attributes"), [("projection", False), ("acgan", True)])
def test_it_trains_and_resumes_exactly(mode, attributes, tmp_path):
    config = validate(conditional.Config, {**TINY, "mode": mode, "steps": 7, "log_every": 2, "sample_every": 4,
                                           "checkpoint_every": 3, "seed": 3}, mode)
    data = dark_and_bright(attributes=attributes).split(0.2)
    experiment = check_recipe(lambda settings: conditional.build(settings, *data), config, tmp_path, stop_at=4)
    with Image.open(tmp_path / "straight/samples/step-000000007.png") as sheet:
        # A row of eight for each class; attributes have the layout of the real images: 8 columns for 51.
        rows = 7 if attributes else 2
        assert sheet.size == (8 * 66 + 2, rows * 66 + 2)
    assert experiment.condition(4)["label"].shape == ((4, 2) if attributes else (4,))


def test_the_config_learns_the_names_of_the_data():
    config = conditional.complete(conditional.Config(), dark_and_bright())
    assert (config.classes, config.attributes, config.channels) == (("dark", "bright"), False, 1)
    assert conditional.complete(config, dark_and_bright()) == config


@pytest.mark.parametrize(("changes", "message"), [
    ({"classes": ("cat", "dog")}, r"Expected: classes=\('cat', 'dog'\). Found: \('dark', 'bright'\)"),
    ({"attributes": True}, r"Expected: attributes=True. Found: False"),
])
def test_data_with_other_classes_than_the_configs_are_refused(changes, message):
    with pytest.raises(DataError, match=message):
        conditional.build(conditional.Config(**TINY, **changes), dark_and_bright(), None)


def test_data_without_labels_are_refused():
    with pytest.raises(DataError, match=r"needs labels, and squares has none. .* one sub-folder per class"):
        conditional.build(conditional.Config(**TINY), Examples.of_images(dark_and_bright().images, name="squares"), None)


@pytest.mark.parametrize(("changes", "label", "output"), [
    ({}, np.int32, (100,)), ({"attributes": True, "classes": ("a", "b"), "mode": "onehot"}, np.float32, (100, 2))])
def test_a_placeholder_has_the_labels_of_its_config(changes, label, output):
    images, _ = conditional.placeholder(conditional.Config(**{**TINY, "batch_size": 100, **changes}))
    assert images.labels.dtype == label
    assert images.labels.shape == output


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A run on class folders, of three steps; and what it was started with."""
    root = tmp_path_factory.mktemp("conditional")
    for image, label in zip(dark_and_bright().images, dark_and_bright().labels, strict=True):
        folder = root / "pictures" / ("dark", "bright")[label]
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image[..., 0]).save(folder / f"{len(list(folder.iterdir()))}.png")
    (root / "settings.yaml").write_text(yaml.safe_dump(
        {**TINY, "data": f"folder:{root / 'pictures'}", "steps": 3, "checkpoint_every": 3, "sample_every": 3,
         "learning_rate": 0.05, "ema": 0.5}))
    assert command("train", "conditional", "--config", root / "settings.yaml", "--out", root / "run") == 0
    return root


def command(*arguments):
    """Run the program here; returns its exit code."""
    try:
        run(make_app(MODALITY), [str(argument) for argument in arguments])
    except SystemExit as leaving:
        return leaving.code or 0
    return 0


@pytest.fixture(scope="module", autouse=True)
def in_this_process(tmp_path_factory):
    """The process has TensorFlow already, but weights are drawn by the seed; the user's cache stays as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_core.run.device.start_tensorflow", lambda seed, **_: keras.utils.set_random_seed(seed))
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def test_a_run_keeps_the_names_of_its_classes(trained):
    kept = yaml.safe_load((trained / "run/config.yaml").read_text())
    assert (kept["classes"], kept["attributes"]) == (["bright", "dark"], False)


def test_the_settings_that_began_a_run_resume_it(trained, tmp_path, capsys):
    text = (trained / "settings.yaml").read_text()
    (tmp_path / "longer.yaml").write_text(text.replace("steps: 3", "steps: 4"))
    assert command("resume", trained / "run", "--config", tmp_path / "longer.yaml") == 0
    assert "resumed at step 3" in capsys.readouterr().err


def test_samples_come_in_rows_of_classes_with_their_names_at_the_left(trained, tmp_path, capsys):
    assert command("sample", trained / "run", "-n", "10", "--out", tmp_path / "rows.png") == 0
    assert "bright (5), dark (5)" in capsys.readouterr().out
    with Image.open(tmp_path / "rows.png") as sheet:
        assert sheet.height == 2 * 66 + 2
        assert 5 * 66 + 2 < sheet.width < 5 * 66 + 2 + 100


def test_one_class_can_be_asked_for(trained, tmp_path):
    made = {}
    for label in ("dark", "1", "bright"):
        assert command("sample", trained / "run", "-n", "4", "--label", label, "--out", tmp_path / "one.npy") == 0
        made[label] = np.load(tmp_path / "one.npy")
    np.testing.assert_array_equal(made["dark"], made["1"])
    assert not np.array_equal(made["dark"], made["bright"])


@pytest.mark.parametrize(("label", "message"), [
    (["drak"], "unknown class. Received: 'drak'. Did you mean 'dark'?"),
    (["dark", "bright"], "an image has one class.")])
def test_a_class_that_is_none_is_refused(trained, tmp_path, label, message, capsys):
    options = [part for name in label for part in ("--label", name)]
    assert command("sample", trained / "run", *options, "--out", tmp_path / "one.png") == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "one.png").exists()


def test_an_evaluation_asks_for_classes_as_frequent_as_in_the_data(trained):
    from gan_vision.cli.evaluate import Samples
    from gan_vision.data.labels import Labels

    class Recorder:
        """A run that keeps the conditions it is asked for."""

        labels, value_range = Labels(("dark", "bright")), (-1.0, 1.0)
        experiment = SimpleNamespace(condition=lambda count: {})

        def conditions_of(self, examples, rows):
            return examples.conditions(rows, self.value_range)

        def samples(self, count, *, seed, raw, condition):
            self.asked = condition["label"]
            return np.zeros((count, 8, 8, 1), np.float32)

    examples = Examples.of_images(np.zeros((4, 8, 8, 1), np.uint8), np.array([0, 0, 0, 1]))
    recorder = Recorder()
    Samples(recorder, examples).floats(4000)
    assert recorder.asked.mean() == pytest.approx(0.25, abs=0.03)


def test_a_run_is_evaluated(trained, capsys):
    assert command("evaluate", trained / "run", "--metrics", "kid", "--extractor", "random", "--json", "--quiet") == 0
    assert json.loads(capsys.readouterr().out)["scores"][0]["metric"] == "KID"
