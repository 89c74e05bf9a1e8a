import numpy as np
import pytest


def test_sentences_go_to_the_screen_one_per_line(gan_text, arith_run):
    code, out, err = gan_text("sample", arith_run, "-n", "5")
    assert (code, err) == (0, "")
    assert len(out.splitlines()) == 5


def test_a_text_file_holds_what_the_screen_would_show(gan_text, arith_run, tmp_path):
    code, out, _ = gan_text("sample", arith_run, "-n", "5", "--out", tmp_path / "deep" / "samples.txt")
    assert code == 0
    assert "5 sentences of step 6" in out
    assert (tmp_path / "deep" / "samples.txt").read_text() == gan_text("sample", arith_run, "-n", "5")[1]


def test_ids_go_to_an_array_file(gan_text, arith_run, tmp_path):
    assert gan_text("sample", arith_run, "-n", "5", "--out", tmp_path / "ids.npy")[0] == 0
    assert np.load(tmp_path / "ids.npy").shape == (5, 7)


def test_draws_depend_on_the_seed(gan_text, arith_run):
    options = ("sample", arith_run, "-n", "8", "--method", "multinomial", "--temperature", "2", "--top-k", "5", "--seed")
    assert gan_text(*options, "1")[1] == gan_text(*options, "1")[1] != gan_text(*options, "2")[1]


def test_an_interpolation_has_as_many_lines_as_steps(gan_text, arith_run):
    code, out, _ = gan_text("interpolate", arith_run, "--steps", "5", "--linear")
    assert code == 0
    assert len(out.splitlines()) == 5


@pytest.mark.parametrize(("arguments", "code", "text"), [
    (("-n", "0"), 2, "`count` must be at least 1"), (("--out", "a.wav"), 2, "must end in .txt or .npy"),
    (("--ban", "z"), 2, "`ban` names 'z'"), (("--method", "beam"), 2, "argmax"), (("--method", "multinomial", "--temperature", "-1"), 2, "`temperature`")])
def test_bad_options_end_in_one_line(gan_text, arith_run, arguments, code, text):
    found, out, err = gan_text("sample", arith_run, *arguments)
    assert (found, out) == (code, "")
    assert text in err
    assert "Traceback" not in err


def test_a_folder_that_is_no_run_is_refused(gan_text, tmp_path):
    code, _, err = gan_text("sample", tmp_path)
    assert code == 2
    assert "is not a run folder" in err
