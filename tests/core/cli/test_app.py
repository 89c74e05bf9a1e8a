"""The verbs as a person types them, without TensorFlow."""

from __future__ import annotations

import dataclasses

import pytest

from gan_core.cli import Afterwards, make_app, verbs


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
    (["recipes"], "linear  A toy recipe: linear.\nsquare  A toy recipe: square. Presets: wide.\n"),
    (["train", "square", "--help"], "wide: width=64, steps=70"), (["describe", "--help"], "--preset"),
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
    (["train", "linear", "word"], "word"), (["train", "linear", "--preset", "wide"], "Unknown option: --preset"),
    (["train", "square", "--preset", "wied"], "unknown preset of square. Received: 'wied'. Did you mean 'wide'? Known: wide."),
    (["resume"], "RUN"), (["resume", "a", "--steps", "x"], "x"),
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


def test_a_preset_is_passed_on(leave, app, calls):
    leave(app, "train", "square", "--preset", "wide", "--width", "3")
    options = calls[0][2]
    assert options["preset"] == "wide"
    assert options["options"].model_dump(exclude_unset=True) == {"width": 3}


def test_verbs_of_a_modality_are_added(leave, modality):
    app = make_app(dataclasses.replace(modality, verbs={"check": lambda: print("checked"), "demo": lambda: print("shown")}))
    assert leave(app, "check")[1] + leave(app, "demo")[1] == "checked\nshown\n"


def test_a_shared_verb_is_replaced_by_name(leave, modality):
    app = make_app(dataclasses.replace(modality, verbs={"sample": lambda run, /: print(f"my own sample of {run}")}))
    assert leave(app, "sample", "here")[:2] == (0, "my own sample of here\n")


def test_a_shared_verb_is_taken_away_with_none(leave, modality):
    app = make_app(dataclasses.replace(modality, verbs={"sample": None}))
    code, _, err = leave(app, "sample", "here")
    assert code == 2
    assert 'Unknown command "sample"' in err


class TestAfterwards:
    @pytest.fixture
    def done(self, modality, monkeypatch):
        """(app whose `train` has --control, what that did) where training gives "the run"."""
        seen = []
        monkeypatch.setattr(verbs, "train", lambda *_, dry_run, **options: None if dry_run else "the run")
        flag = Afterwards("Then compare.", lambda run, quiet: seen.append((run, quiet)))
        return make_app(dataclasses.replace(modality, afterwards={"control": flag})), seen

    def test_a_flag_acts_on_the_finished_run(self, leave, done):
        leave(done[0], "train", "linear", "--control", "--quiet")
        assert done[1] == [("the run", True)]

    @pytest.mark.parametrize("options", [[], ["--control", "--dry-run"]])
    def test_it_does_nothing_unless_asked_and_trained(self, leave, done, options):
        leave(done[0], "train", "linear", *options)
        assert done[1] == []

    def test_help_explains_it(self, leave, done):
        assert "Then compare." in leave(done[0], "train", "linear", "--help")[1]
