"""gan_vision.data.progress: passes items on, and is silent where nobody watches."""

import pytest

from gan_vision.data.progress import track


@pytest.mark.parametrize("quiet", [True, False])
def test_items_pass_unchanged_and_silently_without_a_terminal(capfd, quiet):
    assert list(track(range(5), "decoding", 5, quiet=quiet)) == [0, 1, 2, 3, 4]
    assert capfd.readouterr() == ("", "")


def test_a_terminal_sees_a_bar_on_stderr(capfd, monkeypatch):
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert list(track(iter(range(5)), "decoding images", 5)) == [0, 1, 2, 3, 4]
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "decoding images" in captured.err
