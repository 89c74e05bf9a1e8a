import json

import numpy as np
import pytest

from gan_core.cli.metrics import compare, metric_names, metrics
from gan_core.errors import ConfigError, DataError
from gan_core.metrics import scores_from_json


@pytest.fixture
def sources(make_images, tmp_path, monkeypatch):
    """Two arrays and a folder for the cache; TensorFlow is started once for the whole session elsewhere."""
    np.save(tmp_path / "real.npy", make_images(60, 1))
    np.save(tmp_path / "fake.npy", make_images(60, 2))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: "here")
    return str(tmp_path / "real.npy"), str(tmp_path / "fake.npy"), tmp_path


def test_two_files_give_a_table(sources, capsys):
    metrics(*sources[:2], metrics="fid,kid,prdc")
    captured = capsys.readouterr()
    assert "FID" in captured.out
    assert "60 / 60" in captured.out
    assert "features: random-convolution(seed=0)@32" in captured.out
    assert "enough to rank" in captured.out
    assert "features of the real images" in captured.err


def test_json_is_all_that_is_printed_and_can_be_compared(sources, capsys):
    for name in ("a", "b"):
        metrics(*sources[:2], metrics="fid", json=True, quiet=True)
        captured = capsys.readouterr()
        assert captured.err == ""
        assert scores_from_json(captured.out)[0].metric == "FID"
        (sources[2] / f"{name}.json").write_text(captured.out)
    compare(sources[2] / "a.json", sources[2] / "b.json")
    assert "not judged: 60" in " ".join(capsys.readouterr().out.split())
    compare(sources[2] / "a.json", sources[2] / "b.json", json=True)
    assert json.loads(capsys.readouterr().out)[0]["verdict"] == "not judged"


def test_compare_says_what_differs(sources, capsys):
    for name, options in (("a", {}), ("b", {"count": 50})):
        metrics(*sources[:2], metrics="fid", json=True, quiet=True, **options)
        (sources[2] / f"{name}.json").write_text(capsys.readouterr().out)
    with pytest.raises(ConfigError, match="FID: real_count: 60 against 50; fake_count: 60 against 50"):
        compare(sources[2] / "a.json", sources[2] / "b.json")


def test_count_and_resize_change_what_is_scored(sources, capsys):
    metrics(*sources[:2], metrics="fid", count=40, resize=16, json=True, quiet=True)
    assert scores_from_json(capsys.readouterr().out)[0].real_count == 40


def test_real_features_are_kept_in_the_users_cache_unless_told_otherwise(sources, capsys):
    metrics(*sources[:2], metrics="fid", quiet=True, no_cache=True)
    assert not (sources[2] / "cache").exists()
    metrics(*sources[:2], metrics="fid", quiet=True)
    assert len(list((sources[2] / "cache" / "gan-core" / "features").glob("*.npz"))) == 1


def test_what_was_left_out_is_printed(sources, make_images, capsys):
    np.save(sources[2] / "few.npy", make_images(10, 3))
    metrics(sources[0], str(sources[2] / "few.npy"), metrics="fid,birthday", quiet=True)
    assert "not scored: birthday was left out" in capsys.readouterr().out


def test_training_images_allow_memorisation_and_controls(sources, make_images, capsys):
    np.save(sources[2] / "train.npy", make_images(90, 3))
    metrics(*sources[:2], metrics="fid,memorisation", train=str(sources[2] / "train.npy"), quiet=True)
    text = capsys.readouterr().out
    assert "memorisation" in text
    assert "real images give" in " ".join(text.split())


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"metrics": "fid,kit"}, ConfigError, "unknown metric. Received: 'kit'"),
    ({"metrics": " , "}, ConfigError, "`--metrics` must name at least one"),
    ({"metrics": "memorisation"}, ConfigError, "no --train"),
    ({"extractor": "incepton:x"}, ConfigError, "unknown extractor"),
    ({"train": "absent.npy", "metrics": "memorisation"}, DataError, "absent.npy: no such file"),
])
def test_mistakes_are_told_before_anything_starts(sources, monkeypatch, options, error, message):
    monkeypatch.setattr("gan_core.run.device.start_tensorflow", lambda **options: pytest.fail("started"))
    with pytest.raises(error, match=message):
        metrics(*sources[:2], **options)


def test_metric_names_may_have_blanks_dashes_and_repeats():
    assert metric_names("fid, ms-ssim,fid") == ["fid", "ms_ssim"]
