"""The verbs as a person types them, without TensorFlow."""

from __future__ import annotations

import dataclasses

import pytest

from gan_core.cli import make_app, verbs


@pytest.fixture
def calls(monkeypatch):
    """The settings with which `train` and `resume` are reached."""
    seen = []
    for verb in ("train", "resume", "sample"):
        monkeypatch.setattr(verbs, verb, lambda *arguments, verb=verb, **options: seen.append((verb, arguments[1:], options)))
    return seen


@pytest.mark.parametrize(("arguments", "words"), [
    ([], "Toys."), (["--help"], "--debug shows the traceback"), (["--version"], "1.2.3"), (["train"], "square"),
    (["train", "linear", "--help"], "--batch-size INT"), (["train", "linear", "--help"], "--section.target"),
    (["train", "linear", "--help"], "Channels. [default: 8]"), (["sample", "--help"], "--count"),
    (["recipes"], "linear  A toy recipe: linear.\nsquare  A toy recipe: square.\n"),
    (["resume", "--help"], "--allow-change")])
def test_help_is_printed_to_standard_output(leave, app, arguments, words):
    code, out, err = leave(app, *arguments)
    assert (code, err) == (0, "")
    assert words in out


@pytest.mark.parametrize(("arguments", "words"), [
    (["trian"], 'Unknown command "trian". Did you mean "train"?'),
    (["train", "sqare"], 'Unknown command "sqare". Did you mean "square"?'),
    (["train", "linear", "--widht", "3"], "Unknown option: --widht. Did you mean --width?"),
    (["train", "linear", "--width", "0"], "--width: Input should be greater than or equal to 1. Received: '0'."),
    (["train", "linear", "--width", "0", "--steps", "x"], "--steps: Input should be a valid integer"),
    (["train", "linear", "--batch-size", "no"], "--batch-size: Input should be a valid integer, unable to parse"),
    (["train", "linear", "--section.target", "no"], "--section.target: Input should be a valid number"),
    (["train", "linear", "--precision", "half"], "--precision: Input should be 'float32', 'bfloat16' or 'float16'."),
    (["train", "linear", "word"], "word"), (["resume"], "RUN"), (["resume", "a", "--steps", "x"], "x"),
    (["describe"], "RECIPE")])
def test_a_wrong_command_is_explained_with_exit_code_two(leave, app, arguments, words):
    code, out, err = leave(app, *arguments)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert words in err


def test_only_what_was_typed_overrides_the_config_file(leave, app, calls):
    leave(app, "train", "linear", "--width", "3", "--section.target", "0.25", "--out", "run", "--dry-run")
    ((verb, (recipe,), options),) = calls
    assert (verb, recipe, str(options["out"]), options["dry_run"]) == ("train", "linear", "run", True)
    assert options["options"].model_dump(exclude_unset=True) == {"width": 3, "section": {"target": 0.25}}


def test_train_without_settings_passes_none(leave, app, calls):
    leave(app, "train", "linear")
    options = calls[0][2]["options"]
    assert options is None or options.model_dump(exclude_unset=True) == {}


def test_fields_that_may_change_can_be_given_several_times(leave, app, calls):
    leave(app, "resume", "run", "--allow-change", "seed", "--allow-change", "data", "--steps", "5")
    ((_, (run,), options),) = calls
    assert (str(run), tuple(options["allow_change"]), options["steps"]) == ("run", ("seed", "data"), 5)


def test_short_and_long_count_are_the_same(leave, app, calls):
    leave(app, "sample", "run", "-n", "3")
    leave(app, "sample", "run", "--count", "3")
    assert calls[0] == calls[1]
    assert calls[0][2]["count"] == 3


def test_verbs_that_a_modality_lacks_do_not_exist(leave, app):
    code, _, err = leave(app, "demo")
    assert code == 2
    assert 'Unknown command "demo"' in err


def test_verbs_of_a_modality_are_added(leave, modality):
    app = make_app(dataclasses.replace(modality, check=lambda: print("checked"), demo=lambda: print("shown")))
    assert leave(app, "check")[1] + leave(app, "demo")[1] == "checked\nshown\n"
