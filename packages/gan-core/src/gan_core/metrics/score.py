"""A score that carries its protocol, so that only like is compared with like; and files of scores.

Imports no TensorFlow.
"""

from __future__ import annotations

import importlib.metadata
import json
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from pathlib import Path

from gan_core.errors import ConfigError, DataError, RunError
from gan_core.files import write_whole
from gan_core.metrics.functional.feature_checks import MetricWarning

FORMAT = "gan-core score 1"
FILE_FORMAT = "gan-core scores 1"
OF_REAL = " of real images"  # ends the name of a control: the same metric with real images in place of generated ones
SHORT_HASH = 12

# The fields that must agree before two values may be compared. Seed and versions are recorded but may differ: scores
# of several seeds are what one wants to compare.
PROTOCOL = ("metric", "estimator", "extractor", "extractor_hash", "resize", "real_count", "fake_count", "reference")


def library_versions(*packages: str) -> tuple[tuple[str, str], ...]:
    """(name, version) of the installed packages among gan-core, numpy, tensorflow, keras and `packages`, by name."""
    found = {}
    for name in ("gan-core", "numpy", "tensorflow", "keras", *packages):
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return tuple(sorted(found.items()))


@contextmanager
def collect_warnings() -> Iterator[list[str]]:
    """A list that receives the text of every `MetricWarning` of the block, each once; other warnings pass through.

    Example:
        >>> with collect_warnings() as notes:
        ...     warnings.warn("few samples", MetricWarning)
        >>> notes
        ['few samples']
    """
    notes: list[str] = []
    caught: list[warnings.WarningMessage] = []
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            yield notes
    finally:
        for warning in caught:
            if not issubclass(warning.category, MetricWarning):
                warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
            elif str(warning.message) not in notes:
                notes.append(str(warning.message))


@dataclass(frozen=True)
class Score:
    """One value of one metric, with everything needed to judge and to repeat it.

    Attributes:
        metric: str, e.g. "FID", "KID", "precision".
        value: float; infinite only where the metric may be (an unbounded support), never NaN.
        real_count: int ≥ 0, real samples that entered; 0 if the metric uses none.
        fake_count: int ≥ 0, generated samples that entered.
        estimator: str, how the value was computed, with the options that change it ("subsets 100x1000", "k=3").
        extractor: str, name and input form of the feature extractor; "" if none was used.
        extractor_hash: str, SHA-256 of its weights in hexadecimal; "" if it has none.
        resize: str, the rule by which images came to the extractor's size.
        reference: str, name or fingerprint of the real data.
        seed: int or None.
        spread: float ≥ 0 or None, in units of the value.
        spread_kind: str, what `spread` is ("standard error", ...); needed with `spread`.
        interval: (low, high) or None.
        interval_kind: str, e.g. "95% Clopper-Pearson"; needed with `interval`.
        higher_is_better: bool, or None where neither direction is.
        versions: (package, version) pairs; default those installed.
        warnings: texts that limit what the value means.

    Comparing two scores by <, <=, >, >= or `difference` compares their values, and raises `ConfigError` naming the
    fields that differ unless all of their protocol agrees (metric, estimator, extractor and hash, resize, counts,
    reference).

    Example:
        >>> first = Score("KID", 0.012, 5000, 5000, estimator="subsets 100x1000", extractor="random-conv@64")
        >>> second = Score("KID", 0.034, 5000, 5000, estimator="subsets 100x1000", extractor="random-conv@64")
        >>> first < second, first.identity
        (True, 'KID[random-conv@64/n=5000/subsets 100x1000]')
    """

    metric: str
    value: float
    real_count: int
    fake_count: int
    estimator: str = ""
    extractor: str = ""
    extractor_hash: str = ""
    resize: str = ""
    reference: str = ""
    seed: int | None = None
    spread: float | None = None
    spread_kind: str = ""
    interval: tuple[float, float] | None = None
    interval_kind: str = ""
    higher_is_better: bool | None = None
    versions: tuple[tuple[str, str], ...] = field(default_factory=library_versions)
    warnings: tuple[str, ...] = ()

    def __post_init__(self):
        """Bring numbers and sequences into plain Python types and refuse what is no score."""
        put = object.__setattr__  # the dataclass is frozen
        for name in ("metric", "estimator", "extractor", "extractor_hash", "resize", "reference"):
            if not isinstance(getattr(self, name), str):
                raise ConfigError(f"`{name}` must be a string. Received: {name}={getattr(self, name)!r}.")
        if not self.metric:
            raise ConfigError("`metric` must name the metric. Received: metric=''.")
        for name in ("real_count", "fake_count"):
            count = getattr(self, name)
            if isinstance(count, bool) or count != int(count) or count < 0:
                raise ConfigError(f"`{name}` must be a number of samples. Received: {name}={count!r}.")
            put(self, name, int(count))
        put(self, "value", float(self.value))
        put(self, "spread", None if self.spread is None else float(self.spread))
        put(self, "interval", None if self.interval is None else tuple(float(end) for end in self.interval))
        put(self, "seed", None if self.seed is None else int(self.seed))
        put(self, "versions", tuple((str(name), str(version)) for name, version in self.versions))
        put(self, "warnings", tuple(map(str, self.warnings)))
        numbers = (self.value, 0.0 if self.spread is None else self.spread, *(self.interval or ()))
        if any(map(math.isnan, numbers)):
            raise DataError(f"a score must not hold NaN. Received: {self.metric}={numbers}. The metric was undefined.")
        if self.interval is not None and (len(self.interval) != 2 or self.interval[0] > self.interval[1]):
            raise ConfigError(f"`interval` must be (low, high). Received: interval={self.interval}.")
        for name in ("spread", "interval"):
            if getattr(self, name) is not None and not getattr(self, f"{name}_kind"):
                raise ConfigError(f'`{name}_kind` must say what `{name}` is, e.g. "standard error". Received: \'\'.')

    @property
    def identity(self) -> str:
        """The protocol in one line: `metric[extractor/resize/sha256:.../n=.../estimator/reference]`."""
        counts = (self.real_count, self.fake_count)
        samples = f"n={counts[1]}" if counts[0] == counts[1] else f"n={counts[0]} real, {counts[1]} fake"
        digest = f"sha256:{self.extractor_hash[:SHORT_HASH]}" if self.extractor_hash else ""
        parts = (self.extractor, self.resize, digest, samples, self.estimator, self.reference)
        return f"{self.metric}[{'/'.join(part for part in parts if part)}]"

    def difference(self, other: Score) -> float:
        """Difference of the values, this minus the other.

        Raises:
            ConfigError: the protocols differ; the message names the fields and both values.
        """
        self.check_comparable(other)
        return self.value - other.value

    def is_better_than(self, other: Score) -> bool:
        """Whether this value is strictly better in the metric's direction.

        Raises:
            ConfigError: the protocols differ, or the metric has no better direction.
        """
        self.check_comparable(other)
        if self.higher_is_better is None:
            raise ConfigError(f"`higher_is_better` is not set for {self.metric}: neither direction is better.")
        return self.value > other.value if self.higher_is_better else self.value < other.value

    def check_comparable(self, other: Score) -> None:
        """Raise `ConfigError` that names the differing fields unless both follow one protocol."""
        if not isinstance(other, Score):
            raise ConfigError(
                f"a score compares with scores only, since a bare number has no protocol. Received: {other!r}. "
                "Compare score.value to use the number."
            )
        differing = [name for name in PROTOCOL if getattr(self, name) != getattr(other, name)]
        if differing:
            found = "; ".join(f"{name}: {getattr(self, name)!r} against {getattr(other, name)!r}" for name in differing)
            raise ConfigError(
                f"scores of unlike protocols cannot be compared. They differ in {found}. Evaluate both in the same way."
            )

    def __lt__(self, other: Score) -> bool:
        return self.difference(other) < 0

    def __le__(self, other: Score) -> bool:
        self.check_comparable(other)
        return self.value <= other.value

    def __gt__(self, other: Score) -> bool:
        self.check_comparable(other)
        return self.value > other.value

    def __ge__(self, other: Score) -> bool:
        self.check_comparable(other)
        return self.value >= other.value

    def __str__(self) -> str:
        spread = f" ± {self.spread:.3g} ({self.spread_kind})" if self.spread is not None else ""
        interval = ""
        if self.interval is not None:
            interval = f" in [{self.interval[0]:.5g}, {self.interval[1]:.5g}] ({self.interval_kind})"
        notes = "".join(f"\n  note: {note}" for note in self.warnings)
        return f"{self.metric} = {self.value:.5g}{spread}{interval}  {self.identity}{notes}"

    def to_json(self) -> str:
        """The score as strict JSON text; infinity is written as the string "inf"."""
        content = {item.name: getattr(self, item.name) for item in fields(self)}
        content["value"], content["spread"] = _write(self.value), _write(self.spread)
        content["interval"] = None if self.interval is None else [_write(end) for end in self.interval]
        content["versions"] = dict(self.versions)
        return json.dumps({"format": FORMAT, "identity": self.identity, **content}, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str) -> Score:
        """The score that `to_json` wrote.

        Raises:
            DataError: no JSON, another format, or fields missing, unknown or of a wrong kind.
        """
        try:
            content = json.loads(text)
        except ValueError as error:
            raise DataError(f"a score must be JSON text. Found: {error}. Write it with `Score.to_json`.") from error
        if not isinstance(content, dict) or content.get("format") != FORMAT:
            found = content.get("format") if isinstance(content, dict) else type(content).__name__
            raise DataError(f"expected a score of format {FORMAT!r}. Found: {found!r}. Write it with `Score.to_json`.")
        names = {item.name for item in fields(cls)}
        unlike = names ^ (content.keys() - {"format", "identity"})
        if unlike:
            raise DataError(f"a score must hold the fields of format {FORMAT!r}. Missing or unknown: {sorted(unlike)}.")
        try:
            content = {name: content[name] for name in names}
            content["value"], content["spread"] = _read(content["value"]), _read(content["spread"])
            if content["interval"] is not None:
                content["interval"] = tuple(_read(end) for end in content["interval"])
            content["versions"] = tuple(content["versions"].items())
            return cls(**content)
        except (TypeError, ValueError, AttributeError) as error:
            raise DataError(f"a field of the score is of a wrong kind. Found: {error}.") from error


def scores_to_json(scores: Sequence[Score], *, left_out: Sequence[str] = (), **about) -> str:
    """All scores as one strict JSON text.

    Args:
        scores: as `evaluate` returns them.
        left_out: texts about metrics that could not be computed.
        **about: plain values to keep with them (run, step, sources).

    Example:
        >>> scores_from_json(scores_to_json(scores)) == list(scores)
        True
    """
    return json.dumps({"format": FILE_FORMAT, **about, "scores": [json.loads(score.to_json()) for score in scores],
                       "left_out": list(left_out)}, indent=1, ensure_ascii=False, allow_nan=False)


def scores_from_json(text: str) -> list[Score]:
    """The scores that `scores_to_json` wrote.

    Raises:
        DataError: another format, or a damaged score.
    """
    try:
        content = json.loads(text)
    except ValueError as error:
        raise DataError(f"scores must be JSON text. Found: {error}.") from error
    if not isinstance(content, dict) or content.get("format") != FILE_FORMAT \
            or not isinstance(content.get("scores"), list):
        found = content.get("format") if isinstance(content, dict) else type(content).__name__
        raise DataError(f"expected scores of format {FILE_FORMAT!r}. Found: {found!r}. "
                        "Write them with --json or `evaluate`.")
    return [Score.from_json(json.dumps(score)) for score in content["scores"]]


def write_scores(path: Path | str, scores: Sequence[Score], **about) -> Path:
    """Write `scores_to_json` to a file that appears complete or not at all.

    Raises:
        RunError: it cannot be written.
    """
    try:
        return write_whole(path, scores_to_json(scores, **about) + "\n")
    except OSError as error:
        raise RunError(f"the scores cannot be written to {path}: {error.strerror}. Make the folder writable.") from None


def read_scores(path: Path | str) -> list[Score]:
    """The scores in a file.

    Raises:
        DataError: it cannot be read or holds something else; the message names it.
    """
    path = Path(path)
    try:
        return scores_from_json(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Expected: a file of scores.") from None
    except (DataError, UnicodeDecodeError) as error:
        raise DataError(f"{path}: {error}") from None


def _write(number: float | None) -> float | str | None:
    return repr(number) if number is not None and math.isinf(number) else number


def _read(number) -> float | None:
    return None if number is None else float(number)
