import re

import pytest


@pytest.mark.slow
def test_the_demo_shows_numbers_sentences_and_the_next_command(gan_text, tmp_path):
    code, out, err = gan_text("demo", "--steps", "12", "--out", tmp_path / "run")
    assert code == 0, err
    assert "accepted by the grammar" in out
    assert re.search(r"64\.[34]%", out)  # the unique share of a perfect generator
    assert f"next: gan-text sample {tmp_path / 'run'}" in out.replace("\n", "")
    assert err.count("of the strings are accepted") == 7
    assert len((tmp_path / "run" / "samples.txt").read_text().splitlines()) == 2000


def test_the_demo_refuses_a_used_folder(gan_text, arith_run):
    code, _, err = gan_text("demo", "--out", arith_run)
    assert code == 2
    assert "is not empty" in err
