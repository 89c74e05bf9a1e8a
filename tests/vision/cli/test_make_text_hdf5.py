"""`gan-vision make-text-hdf5`: a folder with captions becomes one file, with the vectors of an encoder or of a file."""

import json
import sys

import numpy as np
import pytest
from PIL import Image

from gan_core.cli import make_app, run
from gan_vision.cli.app import MODALITY
from gan_vision.data import load_text_hdf5


def call(*words):
    """The exit code."""
    try:
        run(make_app(MODALITY), [str(word) for word in words])
    except SystemExit as error:
        return error.code
    return 0


@pytest.fixture
def birds(tmp_path, monkeypatch):
    """Six pictures, two of them held out, and an encoder beside them."""
    root = tmp_path / "birds"
    lines = ["file,caption,class"]
    for number in range(6):
        name = f"{'train' if number < 4 else 'val'}/{number}.png"
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (8, 8), (number,) * 3).save(root / name)
        lines += [f"{name},bird {number},{'even' if number % 2 == 0 else 'odd'}", f"{name},a bird,{'even' if number % 2 == 0 else 'odd'}"]
    (root / "captions.csv").write_text("\n".join(lines))
    (tmp_path / "lengths.py").write_text("def encode(texts):\n    return [[len(text), 1] for text in texts]\n"
                                         "def wrong(texts):\n    return [[1]]\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield root
    sys.modules.pop("lengths", None)


def test_an_encoder_of_ones_own_gives_the_vectors(birds, capsys):
    assert call("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--encoder", "lengths:encode", "--quiet") == 0
    assert "4 pictures and 2 held out, 12 captions -> out.hdf5" in capsys.readouterr().out
    found = load_text_hdf5("out.hdf5", size=8)
    assert found.source.field("text").tolist() == [[[6, 1], [6, 1]]] * 4
    assert found.class_names == ("even", "odd")
    assert found.held_out.images[:, 0, 0, 0].tolist() == [4, 5]


def test_vectors_may_lie_in_a_file(birds):
    np.save("v.npy", np.arange(24).reshape(12, 2) + 1)
    assert call("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--vectors", "v.npy", "--quiet") == 0
    assert load_text_hdf5("out.hdf5", size=8).source.field("text")[0].tolist() == [[1, 2], [3, 4]]


def test_without_both_there_are_captions_alone(birds, capsys):
    assert call("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--quiet") == 0
    assert "12 captions, without vectors -> out.hdf5" in capsys.readouterr().out
    assert "text" not in load_text_hdf5("out.hdf5", size=8).fields


def test_a_file_that_is_there_is_replaced_only_when_asked(birds, capsys):
    words = ("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--quiet")
    assert [call(*words), call(*words), call(*words, "--overwrite")] == [0, 2, 0]
    assert "out.hdf5 is there already" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(("options", "code", "message"), [
    (("--encoder", "lengths:gone"), 2, "the module 'lengths' has no 'gone'. Received: encoder='lengths:gone'. Found: encode, wrong."),
    (("--encoder", "no_such_module:encode"), 2, "there is no module 'no_such_module'"),
    (("--encoder", "lengths:wrong"), 3, "the encoder must return numbers (12, 1) for 12 texts. Found: int64 (1, 1)"),
    (("--encoder", "lengths:encode", "--vectors", "v.npy"), 2, "`--encoder` and `--vectors` both give vectors"),
    (("--vectors", "gone.npy"), 3, "gone.npy: cannot be read"),
])
def test_what_does_not_work_is_explained_in_a_line(birds, capsys, options, code, message):
    assert call("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--quiet", *options) == code
    assert message in " ".join(capsys.readouterr().err.split())
    assert not (birds.parent / "out.hdf5").exists()


def test_another_source_is_refused(birds, capsys):
    assert call("make-text-hdf5", f"folder:{birds}", "out.hdf5") == 2
    assert "Write captions:DIR" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("form", ["captions", "hdf5"])
def test_captioned_sources_are_checked(birds, capsys, form):
    call("make-text-hdf5", f"captions:{birds}", "out.hdf5", "--encoder", "lengths:encode", "--quiet")
    capsys.readouterr()
    assert call("check", "--data", f"captions:{birds}" if form == "captions" else "hdf5:out.hdf5", "--json", "--quiet", "--size", 8) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["total"], found["usable"], found["classes"]) == (6, 6, {"even": 3, "odd": 3})
    assert found["fields"]["captions"] == "Captions"


def test_a_check_lists_pictures_that_cannot_be_used(birds, capsys):
    (birds / "val/5.png").write_text("no picture")
    assert call("check", "--data", f"captions:{birds}", "--json", "--quiet", "--size", 8) == 3
    found = json.loads(capsys.readouterr().out)
    assert [reject["path"] for reject in found["rejects"]] == [str(birds / "val/5.png")]
