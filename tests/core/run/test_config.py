"""Settings: read from YAML that cannot name code, checked all at once, written so that they can be read back."""

from __future__ import annotations

import pydantic
import pytest

from gan_core.errors import ConfigError
from gan_core.files import temporary_name
from gan_core.run.config import RunConfig, check_seed, differences, read_yaml, validate, write_yaml


class Config(RunConfig):
    """Settings of a toy recipe."""

    learning_rate: float = pydantic.Field(2e-4, gt=0)
    """Of both optimizers."""
    name: str = "é"
    """Anything."""
    widths: tuple[pydantic.PositiveInt, ...] | None = None
    """Some numbers."""
    classes: tuple[str, ...] = ()
    """Some names."""


@pytest.mark.parametrize(("values", "expected"), [
    ({"stepz": 3}, "run.yaml: unknown key `stepz`. Did you mean 'steps'? Known: batch_size,"),
    ({"steps": "many"}, "run.yaml: `steps`: Input should be a valid integer, unable to parse string as an integer. "
                        "Received: steps='many'."),
    ({"steps": 1.5}, "`steps`: Input should be a valid integer, got a number with a fractional part. Received: steps=1.5."),
    ({"steps": 0}, "run.yaml: `steps`: Input should be greater than or equal to 1. Received: steps=0."),
    ({"steps": None}, "`steps`: Input should be a valid integer. Received: steps=None."),
    ({"batch_size": [1]}, "`batch_size`: Input should be a valid integer. Received: batch_size=[1]."),
    ({"seed": -1}, "`seed`: Input should be greater than or equal to 0. Received: seed=-1."),
    ({"steps": True}, "`steps`: Value error, must be a number. Received: steps=True."),
    ({"learning_rate": False}, "`learning_rate`: Value error, must be a number. Received: learning_rate=False."),
    ({"precision": "double"}, "`precision`: Input should be 'float32', 'bfloat16' or 'float16'. "
                              "Received: precision='double'."),
    ({"learning_rate": "fast"}, "`learning_rate`: Input should be a valid number"),
    ({"learning_rate": 0}, "`learning_rate`: Input should be greater than 0. Received: learning_rate=0."),
    ({3: 4}, "unknown key `3`."),
])
def test_a_bad_value_is_named_with_its_field_and_what_was_received(values, expected):
    with pytest.raises(ConfigError) as caught:
        validate(Config, {str(key): value for key, value in values.items()}, "run.yaml")
    assert expected in str(caught.value)


@pytest.mark.parametrize("typed", ["128,64", ("128,64",), ("128", "64"), ["128", 64], (128, 64), " 128, 64 "])
def test_numbers_may_be_one_word_with_commas(typed):
    assert validate(Config, {"widths": typed}, "here").widths == (128, 64)


@pytest.mark.parametrize("typed", [128, "128", ("128",)])
def test_a_single_number_is_a_list_of_one(typed):
    assert validate(Config, {"widths": typed}, "here").widths == (128,)


def test_no_numbers_stay_none():
    assert validate(Config, {"widths": None}, "here").widths is None


def test_names_keep_their_commas():
    assert validate(Config, {"classes": ("cat, black", "dog")}, "here").classes == ("cat, black", "dog")


def test_a_number_of_several_that_is_none_is_named():
    with pytest.raises(ConfigError, match=r"here: `widths.1`: .*Received: widths.1='many'"):
        validate(Config, {"widths": ("128,many",)}, "here")


def test_all_problems_are_listed_at_once():
    with pytest.raises(ConfigError) as caught:
        validate(Config, {"steps": 0, "batch": 1, "seed": "x"}, "run.yaml")
    assert len(str(caught.value).splitlines()) == 3


def test_a_config_cannot_be_changed_after_it_was_checked():
    with pytest.raises(pydantic.ValidationError, match="frozen"):
        Config().steps = 3


@pytest.mark.parametrize(("content", "expected"), [
    (b"- a\n- b\n", "must hold `key: value` lines. Received: list."),
    (b"", "must hold `key: value` lines. Received: NoneType."),
    (b"just words\n", "must hold `key: value` lines. Received: str."),
    (b"steps: 1\nseed: [1, 2\n", "is not valid YAML: line 3: expected ',' or ']'"),
    (b"steps: \xff\xfe\n", "is not valid YAML: "),
    (b"steps: !!python/object/apply:os.getcwd []\n", "is not valid YAML: line 1: could not determine a constructor"),
    (b"a: 1\n---\nb: 2\n", "is not valid YAML: line 2"),
    (b"data: 2024-02-30\n", "is not valid YAML: day is out of range for month"),
    (b"steps: 1\nseed: 2\nsteps: 3\n", "is not valid YAML: line 3: the key 'steps' is given twice."),
    (b"a: {b: 1, b: 2}\n", "is not valid YAML: line 1: the key 'b' is given twice."),
    (b"? [a]\n: 1\n", "is not valid YAML: line 1: found unhashable key"),
])
def test_a_file_that_is_no_plain_mapping_is_refused_with_its_path_and_line(tmp_path, content, expected):
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_yaml(path)
    assert str(path) in str(caught.value)
    assert expected in str(caught.value)


@pytest.mark.parametrize(("name", "expected"), [("none.yaml", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_opened_is_named(tmp_path, name, expected):
    with pytest.raises(ConfigError, match=f"cannot read the config .*{expected}.*Check the path"):
        read_yaml(tmp_path / name)


@pytest.mark.parametrize("written", ["2e-4", "0.0002", "2.0e-4", '"0.0002"'])
def test_every_spelling_of_a_number_is_understood(tmp_path, written):
    """YAML 1.1 takes 2e-4 for a string, because it has no dot."""
    path = tmp_path / "run.yaml"
    path.write_text(f"learning_rate: {written}\n")
    assert validate(Config, read_yaml(path), str(path)).learning_rate == 2e-4


def test_what_is_written_is_read_back_exactly(tmp_path):
    config = Config(steps=7, learning_rate=0.1 + 0.2, name="naïve: 'x' #1 \u2028")
    write_yaml(tmp_path / "config.yaml", "toy", config)
    values = read_yaml(tmp_path / "config.yaml")
    assert values.pop("recipe") == "toy"
    assert validate(Config, values, "config.yaml") == config


def test_a_failed_write_leaves_the_old_config(tmp_path):
    path = tmp_path / "config.yaml"
    write_yaml(path, "toy", Config())
    before = path.read_bytes()
    temporary_name(path).mkdir()  # nothing can be written there
    with pytest.raises(OSError, match="Is a directory"):
        write_yaml(path, "toy", Config(steps=3))
    assert path.read_bytes() == before


def test_differences_name_field_old_and_new_value_and_nothing_else():
    old = Config(steps=5).model_dump(mode="json")
    assert differences(old, Config(steps=5).model_dump(mode="json")) == []
    assert differences(old, {**old, "steps": 6, "seed": 1}) == ["seed: 0 -> 1", "steps: 5 -> 6"]


def test_a_field_that_only_one_side_has_differs():
    assert differences({"a": 1}, {"a": 1, "b": 2}) == ["b: None -> 2"]


def test_a_key_that_is_no_text_is_named(tmp_path):
    (tmp_path / "c.yaml").write_text("on: 3\n")
    with pytest.raises(ConfigError, match=r"c\.yaml: unknown key True"):
        read_yaml(tmp_path / "c.yaml")


@pytest.mark.parametrize("seed", [-1, 2**32])
def test_a_seed_has_at_most_32_bits(seed):
    with pytest.raises(ConfigError, match=f"seed={seed}"):
        check_seed(seed)
    with pytest.raises(ConfigError, match="`seed`"):
        validate(RunConfig, {"seed": seed}, "options")
