import json
from types import SimpleNamespace

import keras
import numpy as np
import pytest

from gan_core.errors import ConfigError, RunError
from gan_core.metrics import read_scores
from gan_vision.cli.evaluate import Samples, evaluate
from gan_vision.cli.forensics import forensics
from gan_vision.recipes import open_run
from gan_vision.recipes import train as train_recipe

SETTINGS = {"data": "digits", "size": 8, "width": 4, "latent": 4, "steps": 2, "batch_size": 8, "limit": 200,
            "validation": 0.3, "sample_every": 2, "checkpoint_every": 2}


def train(path, **changes):
    """A run of two steps."""
    return train_recipe("dcgan", out=path, quiet=True, **{**SETTINGS, **changes})


@pytest.fixture(scope="module", autouse=True)
def in_this_process():
    """The process has TensorFlow already."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")
        yield


@pytest.fixture(scope="module")
def trained(tmp_path_factory, in_this_process):
    path = tmp_path_factory.mktemp("runs") / "digits"
    train(path)
    return path


@pytest.fixture
def run(trained, tmp_path, monkeypatch):
    """The run folder; the user's cache stays as it is."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return trained


def test_a_table_is_printed_and_the_scores_are_written(run, capsys):
    evaluate(run, extractor="random", metrics="fid,kid,prdc,birthday,memorisation")
    captured = capsys.readouterr()
    assert "at step 2, against held-out images" in captured.out
    assert "60 / 60" in captured.out
    assert "real images" in captured.out
    names = [score.metric for score in read_scores(run / "scores.json")]
    assert names == ["FID", "FID of real images", "KID", "KID of real images", "precision", "recall", "density",
                     "coverage", "precision of real images", "recall of real images", "density of real images",
                     "coverage of real images", "birthday support", "birthday support of real images", "memorisation"]
    assert "60 generated images against 60 held-out images" in captured.err


def test_json_is_all_that_reaches_standard_output(run, capsys):
    evaluate(run, extractor="random", metrics="fid", json=True)
    printed = json.loads(capsys.readouterr().out)
    assert (printed["step"], printed["real"]) == (2, "held-out images")
    assert printed == json.loads((run / "scores.json").read_text())


def test_scores_repeat_exactly(run, capsys):
    def scored(**options):
        evaluate(run, extractor="random", metrics="fid", quiet=True, **options)
        return read_scores(run / "scores.json")

    assert scored() == scored()
    assert scored()[0].value != scored(seed=1)[0].value
    capsys.readouterr()


def test_the_encoder_is_trained_on_the_labels_once_and_kept_in_the_run(run, capsys):
    evaluate(run, metrics="fid,modes")
    assert "training an encoder on 140 images, by its labels" in capsys.readouterr().err
    assert len(list(run.glob("encoder-*.keras"))) == 1
    evaluate(run, metrics="fid")
    assert "training an encoder" not in capsys.readouterr().err


def test_another_source_is_scored_as_a_whole(run, tmp_path, capsys):
    np.save(tmp_path / "test.npy", np.random.default_rng(0).integers(0, 256, (30, 8, 8), np.uint8))
    evaluate(run, extractor="random", metrics="fid,memorisation", data=f"npy:{tmp_path / 'test.npy'}", quiet=True)
    captured = capsys.readouterr()
    assert "30 / 30" in captured.out
    assert "against images of npy:" in captured.out


def test_count_limits_both_sides(run, capsys):
    evaluate(run, extractor="random", metrics="fid", count=25, quiet=True)
    assert "25 / 25" in capsys.readouterr().out


def test_without_held_out_images_the_training_images_serve_and_it_is_said(run, tmp_path, capsys):
    path = tmp_path / "all"
    train(path, validation=0.0)
    evaluate(path, extractor="random", metrics="fid,memorisation", count=50)
    captured = capsys.readouterr()
    assert "against training images" in captured.out
    assert "memorisation is not scored" in captured.err
    assert [score.metric for score in read_scores(path / "scores.json")] == ["FID"]


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"metrics": "fod"}, ConfigError, "unknown metric"),
    ({"extractor": "encodr"}, ConfigError, "unknown extractor"),
    ({"count": 1}, ConfigError, "`--count` must be at least 2"),
    ({"data": "digit"}, ConfigError, "unknown data source"),
])
def test_mistakes_are_refused(run, options, error, message):
    with pytest.raises(error, match=message):
        evaluate(run, quiet=True, **options)


def test_a_folder_that_is_no_run_is_refused(run, tmp_path):
    with pytest.raises(RunError, match="is not a run folder"):
        evaluate(tmp_path, quiet=True)


def test_samples_are_bytes_new_at_every_call_and_repeatable(trained):
    first, second = Samples(open_run(trained), seed=3), Samples(open_run(trained), seed=3)
    images = first.more(5)
    assert images.dtype == np.uint8
    assert images.shape == (5, 8, 8, 1)
    np.testing.assert_array_equal(images, second.more(5))
    assert not np.array_equal(images, first.more(5))
    assert sum(len(batch) for batch in first.batches(130)) == 130


def test_forensics_keeps_floats_and_writes_the_report(run, tmp_path, capsys):
    forensics(run, count=40, repeats=10, out=tmp_path / "forensics")
    assert "distance D" in capsys.readouterr().out
    samples = np.load(tmp_path / "forensics" / "generated.npy")
    assert samples.dtype == np.float32
    assert samples.shape == (40, 8, 8, 1)
    assert 0 <= samples.min() <= samples.max() <= 1
    assert np.load(tmp_path / "forensics" / "real.npy").dtype == np.uint8
    assert (tmp_path / "forensics" / "report.html").exists()


def test_recalibration_changes_the_scores_and_is_part_of_their_protocol(run, capsys):
    found = {}
    for recalibrate in (False, True):
        evaluate(run, extractor="random", metrics="fid", recalibrate=recalibrate, quiet=True)
        found[recalibrate] = read_scores(run / "scores.json")[0]
    assert found[True].value != found[False].value
    assert found[True].estimator == "sample covariances, batch norm recalibrated over 100 batches"
    with pytest.raises(ConfigError, match="unlike protocols"):
        found[True].check_comparable(found[False])


def test_recalibrated_statistics_are_those_of_the_generators_own_samples(tmp_path):
    trained = train(tmp_path / "run", latent=3)
    network = trained.gan.sampler
    norm = next(layer for layer in network.layers if isinstance(layer, keras.layers.BatchNormalization))
    Samples(trained).recalibrate(50)
    before = keras.Model(network.inputs, norm.input)
    latents = trained.gan.fixed_latent(2000, 1)
    expected = np.asarray(before({"latent": latents})).mean(axis=tuple(range(len(norm.input.shape) - 1)))
    np.testing.assert_allclose(norm.moving_mean, expected, atol=0.1 * np.sqrt(np.asarray(norm.moving_variance)).max())


def test_a_generator_without_batch_normalisation_is_not_recalibrated():
    latent = keras.Input((2,), name="latent")
    plain = keras.Model(latent, keras.layers.Dense(4)(latent))
    opened = SimpleNamespace(gan=SimpleNamespace(sampler=plain), experiment=SimpleNamespace(condition=None),
                             value_range=(-1, 1))
    with pytest.raises(ConfigError, match=r"has none\. Leave it out"):
        Samples(opened).recalibrate(1)
