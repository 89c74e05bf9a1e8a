"""The settings that every recipe shares, and reading and writing them. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeVar

import pydantic
import yaml

from gan_core.errors import ConfigError, did_you_mean
from gan_core.files import write_whole

LARGEST_SEED = 2**32 - 1
NUMBERS = (int, float, int | None, float | None)


class UniqueKeys(yaml.SafeLoader):
    """YAML whose mappings hold each key once; PyYAML takes the last one silently."""

    def construct_mapping(self, node, deep=False):
        """A dict of the node, which must not repeat a key."""
        keys = set()
        for key, _ in node.value:
            if str(key.value) in keys:
                raise yaml.MarkedYAMLError(problem=f"the key {key.value!r} is given twice", problem_mark=key.start_mark)
            keys.add(str(key.value))
        return super().construct_mapping(node, deep)

    @classmethod
    def read(cls, text: str):
        """What a text holds."""
        loader = cls(text)
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()


class RunConfig(pydantic.BaseModel):
    """Settings of one run. Recipes extend it; the numbers of their source are the defaults."""

    model_config = pydantic.ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True,
                                       allow_inf_nan=False)

    data: str = ""
    """Where the data are: folder:PATH, tfds:NAME, ..."""
    steps: int = pydantic.Field(1000, ge=1)
    """Discriminator updates in total."""
    batch_size: int = pydantic.Field(64, ge=1)
    """Examples per update."""
    seed: int = pydantic.Field(0, ge=0, le=LARGEST_SEED)
    """Determines weights, noise, data order and augmentation."""
    precision: Literal["float32", "bfloat16", "float16"] = "float32"
    """Compute dtype; losses, logits and weights stay float32."""
    log_every: int = pydantic.Field(50, ge=1)
    """Steps between two records in metrics.jsonl and TensorBoard."""
    sample_every: int = pydantic.Field(500, ge=1)
    """Steps between two sheets of samples from fixed noise."""
    checkpoint_every: int = pydantic.Field(1000, ge=1)
    """Steps between two checkpoints."""
    keep: int = pydantic.Field(2, ge=1)
    """Checkpoints to keep, beside the best."""
    init_from: str | None = None
    """Run folder whose networks to begin with (only their weights, at step 0); `resume` continues a run instead."""

    @pydantic.field_validator("*", mode="before")
    @classmethod
    def refuse_bool_as_number(cls, value, info):
        """Python takes true for 1."""
        if isinstance(value, bool) and cls.model_fields[info.field_name].annotation in NUMBERS:
            raise ValueError("must be a number")
        return value

    @pydantic.field_validator("*", mode="before")
    @classmethod
    def split_numbers(cls, value, info):
        """Several numbers may be typed as one word with commas, or be one number; names may hold commas themselves."""
        annotation = str(cls.model_fields[info.field_name].annotation)
        if "tuple[" not in annotation or "str" in annotation or value is None:
            return value
        words = value if isinstance(value, list | tuple) else [value]
        return tuple(part for word in words for part in (word.split(",") if isinstance(word, str) else [word]))


Config = TypeVar("Config", bound=RunConfig)


def validate(config_class: type[Config], values: dict, origin: str) -> Config:
    """A config from plain values.

    Raises:
        ConfigError: unknown keys or values out of range, all of them, each with its field and `origin`.
    """
    try:
        return config_class(**values)
    except pydantic.ValidationError as error:
        raise ConfigError(explain(error, config_class, origin)) from None


def explain(error: pydantic.ValidationError, config_class: type[RunConfig], origin: str) -> str:
    """One line per problem: field, what was wrong, what was received."""
    lines = []
    for problem in error.errors():
        field = ".".join(map(str, problem["loc"]))
        if problem["type"] == "extra_forbidden":
            lines.append(f"{origin}: unknown key `{field}`. {did_you_mean(field, config_class.model_fields)}")
        else:
            lines.append(f"{origin}: `{field}`: {problem['msg']}. Received: {field}={problem['input']!r}.")
    return "\n".join(lines)


def read_yaml(path: Path) -> dict:
    """The mapping in a YAML file.

    Raises:
        ConfigError: the file is missing, no valid YAML, or no mapping.
    """
    try:
        values = UniqueKeys.read(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"cannot read the config {path}: {error.strerror}. Check the path.") from None
    except (yaml.YAMLError, ValueError) as error:  # no UTF-8, or a date such as 2024-02-30
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None)
        where = f"line {mark.line + 1}: {problem}" if mark is not None else str(error).splitlines()[0]
        raise ConfigError(f"{path} is not valid YAML: {where}. Expected: `key: value` lines.") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path} must hold `key: value` lines. Received: {type(values).__name__}.")
    if odd := [key for key in values if not isinstance(key, str)]:
        raise ConfigError(f"{path}: unknown key {odd[0]!r}. Keys are names of settings; YAML reads a bare number, "
                          "date, on or yes as something else.")
    return values


def check_seed(seed: int) -> None:
    """Refuse a seed that not every generator of random numbers takes.

    Raises:
        ConfigError: it is negative or has more than 32 bits.
    """
    if not 0 <= seed <= LARGEST_SEED:
        raise ConfigError(f"`--seed` must lie in 0..{LARGEST_SEED}. Received: seed={seed}.")


def write_yaml(path: Path, recipe: str, config: RunConfig) -> None:
    """Write the resolved config; `--config` takes the file back."""
    values = {"recipe": recipe, **config.model_dump(mode="json")}
    # a run whose config.yaml were cut short could not be resumed
    write_whole(path, yaml.safe_dump(values, sort_keys=False, allow_unicode=True))


def differences(old: dict, new: dict) -> list[str]:
    """The fields in which two dumped configs differ, as `field: old -> new`."""
    return [f"{key}: {old.get(key)!r} -> {new.get(key)!r}"
            for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)]
