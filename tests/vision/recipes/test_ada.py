"""The ADA example in one command: on prepared birds, on the raw folder, and with a named extractor."""

import keras
import numpy as np
import pytest
import yaml
from PIL import Image

from gan_core.cli import make_app, run
from gan_core.run.metrics_file import read_lines
from gan_vision.cli.app import MODALITY

TINY = ["--size", "16", "--width", "8", "--depth", "2", "--steps", "2", "--batch-size", "4", "--sample-every", "1",
        "--checkpoint-every", "1"]


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch):
    """The process has TensorFlow already."""
    monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")


def train(out, *options):
    """`gan-vision train ada --preset example` at a tiny size; the exit code."""
    try:
        run(make_app(MODALITY), ["train", "ada", "--preset", "example", *TINY, "--out", str(out), *options])
    except SystemExit as end:
        return end.code or 0
    return 0


def kids(out):
    return [line["kid"] for line in read_lines(out / "metrics.jsonl") if "kid" in line]


def box_of(self, feature, tensor_info, rng):
    """What TFDS makes up for a feature; a box with an area where it would draw its edges at random."""
    made = self.original(feature, tensor_info, rng)
    return np.array([0.1, 0.2, 0.7, 0.9], np.float32) if tensor_info.shape == (4,) else made


@pytest.mark.slow
def test_the_example_is_one_command_on_prepared_birds(tmp_path, monkeypatch):
    tfds = pytest.importorskip("tensorflow_datasets")
    generator = pytest.importorskip("tensorflow_datasets.testing.mocking").RandomFakeGenerator
    monkeypatch.setattr(generator, "original", generator._generate_random_obj, raising=False)
    monkeypatch.setattr(generator, "_generate_random_obj", box_of)
    with tfds.testing.mock_data(num_examples=8, policy=tfds.testing.MockPolicy.USE_CODE):
        assert train(tmp_path / "run") == 0
    assert (tmp_path / "run/generator-best.keras").exists()
    assert len(kids(tmp_path / "run")) == 3  # before the first step, and after each
    config = yaml.safe_load((tmp_path / "run/config.yaml").read_text())
    assert (config["data"], config["crop"], config["square"], config["ema"]) == (
        "tfds:caltech_birds2011", "bbox", "stretch", 0.99)


@pytest.mark.slow
def test_the_example_trains_and_goes_on_with_the_raw_folder(birds, tmp_path, capsys):
    out = tmp_path / "run"
    assert train(out, "--data", f"cub:{birds.root}", "--square", "shrink") == 0
    assert (out / "generator-best.keras").exists()
    run(make_app(MODALITY), ["resume", str(out), "--steps", "3"])
    assert len(kids(out)) == 4
    with Image.open(out / "samples/real.png") as sheet:  # birds are seen as their boxes: of one colour each
        seen = {color for _, color in sheet.convert("RGB").getcolors(1 << 20)}
    assert {birds.colour(number) for number in range(8)} <= seen
    run(make_app(MODALITY), ["evaluate", str(out), "--extractor", "random", "--metrics", "fid", "--data", f"cub:{birds.root}"])
    assert f"images of cub:{birds.root}" in " ".join(capsys.readouterr().out.split())


@pytest.mark.slow
def test_kid_is_measured_with_the_named_model_and_the_run_is_used_without_it(birds, tmp_path, capsys):
    model, out = tmp_path / "mean.keras", tmp_path / "run"
    image = keras.Input((None, None, 3))
    keras.Model(image, keras.layers.GlobalAveragePooling2D()(image)).save(model)
    assert train(out, "--data", f"cub:{birds.root}", "--extractor", f"keras:{model}@16") == 0
    assert "kid is measured with keras:mean[-1,1]@16/" in capsys.readouterr().err
    assert train(tmp_path / "random", "--data", f"cub:{birds.root}") == 0
    assert kids(out) != kids(tmp_path / "random")
    model.unlink()
    run(make_app(MODALITY), ["evaluate", str(out), "--extractor", "random", "--metrics", "fid"])
    with pytest.raises(SystemExit) as end:
        run(make_app(MODALITY), ["resume", str(out), "--steps", "3"])
    assert end.value.code == 3
    assert "use `--extractor random`" in capsys.readouterr().err


def test_missing_weights_are_said_before_anything_is_read(tmp_path, capsys):
    assert train(tmp_path / "run", "--data", f"cub:{tmp_path}/absent", "--extractor", "inception:absent.h5@75") == 3
    said = " ".join(capsys.readouterr().err.split())
    assert "the file absent.h5 of the extractor 'inception' does not exist" in said
    assert "`--extractor random`" in said
    assert not (tmp_path / "run").exists()


def test_pictures_without_boxes_are_refused_with_the_way_out(tmp_path, capsys):
    Image.new("RGB", (20, 20)).save(tmp_path / "a.png")
    assert train(tmp_path / "run", "--data", f"folder:{tmp_path}") == 2
    assert "Leave it out (--crop null)" in " ".join(capsys.readouterr().err.split())


@pytest.mark.slow
def test_the_preset_can_be_used_without_boxes(tmp_path):
    for number in range(10):
        Image.new("RGB", (20, 20), (25 * number, 0, 0)).save(tmp_path / f"{number}.png")
    assert train(tmp_path / "run", "--data", f"folder:{tmp_path}", "--crop", "null", "--validation", "0.2") == 0
    assert yaml.safe_load((tmp_path / "run/config.yaml").read_text())["crop"] is None
