"""A trained run of a text recipe: networks and vocabulary come from the run folder, the text is not needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from gan_core.run.config import RunConfig, check_seed
from gan_core.run.folder import RunFolder
from gan_core.run.trained_run import TrainedRun
from gan_text.data.text_set import TextSet, blank_set
from gan_text.data.vocabulary import Vocabulary
from gan_text.decode import banned_ids, choose_ids, interpolate
from gan_text.errors import TextConfigError, TextDataError, VocabularyError
from gan_text.grammar import Grammar
from gan_text.training.previews import VOCABULARY, write_lines

ENDINGS = (".txt", ".npy")
_BATCH = 64


class Generated(NamedTuple):
    """What a generator made.

    Args:
        ids: int32 (count, length).
        probabilities: float32 (count, length, vocabulary).
        texts: the decoded sentences.
    """

    ids: np.ndarray
    probabilities: np.ndarray
    texts: list[str]


def vocabulary_of(folder: RunFolder) -> Vocabulary:
    """The vocabulary that the run's networks were built with.

    Raises:
        VocabularyError: the file is missing or damaged.
    """
    return Vocabulary.load(folder.path / VOCABULARY)


def require_same_vocabulary(folder: RunFolder, vocabulary: Vocabulary, text: str) -> None:
    """Refuse a training text that has changed so much that another vocabulary belongs to it.

    Args:
        folder: of the run.
        vocabulary: what the text gives now.
        text: the text, for the message.

    Raises:
        TextDataError: `vocabulary` is not the run's; the message says where they differ first.
    """
    trained = vocabulary_of(folder)
    if trained == vocabulary:
        return
    place = next((number for number, pair in enumerate(zip(trained.tokens, vocabulary.tokens, strict=False))
                  if pair[0] != pair[1]), min(len(trained), len(vocabulary)))
    raise TextDataError(
        f"the training text {text} has changed since {folder.path} was started: it now gives another vocabulary "
        f"({len(vocabulary)} tokens, {len(trained)} then; the first that differs is number {place}), so that the run's "
        "networks do not fit it. Restore the text, or begin a new run with `train`.")


def refuse_other_vocabulary(folder: RunFolder, config: RunConfig, train: TextSet) -> None:
    """`require_same_vocabulary` for a run that goes on: equal sizes would otherwise mix up tokens silently.

    Raises:
        TextDataError: as `require_same_vocabulary`.
    """
    if (folder.path / VOCABULARY).exists():  # not of a run that was stopped before its first step
        require_same_vocabulary(folder, train.vocabulary, config.data)


class TextRun(TrainedRun):
    """A run whose generator writes sentences.

    Raises:
        RunError: there is no run.
        CheckpointError: no checkpoint can be used.
        VocabularyError: the vocabulary does not fit the networks.

    Example:
        >>> run = gan_text.open_run("runs/00000-arith-arith")
        >>> run.generate(3).texts
        ['x*(y+x)', 'y-y', '(x)/y+y']
    """

    def __init__(self, folder, recipe, config, **options):
        super().__init__(folder, recipe, config, **options)
        self.vocabulary = vocabulary_of(folder)
        self._require_size(self.saved)

    def placeholder(self) -> tuple[TextSet, None]:
        """Blank rows of the run's own vocabulary."""
        name = self.config.grammar
        grammar = None if name is None else Grammar.load(name)
        return blank_set(self.vocabulary, self.config.batch_size, self.config.length, grammar=grammar), None

    def _require_size(self, saved) -> None:
        """The output layer's bias has as many elements as the vocabulary had."""
        sizes = {shape[-1] for _, shape, _ in saved.manifest["variables"] if shape}
        if len(self.vocabulary) not in sizes:
            raise VocabularyError(f"{self.folder.path / VOCABULARY} holds {len(self.vocabulary)} tokens, which no "
                                  "layer of the checkpoint has. Restore the file that the run wrote.")

    def latents(self, count: int, *, seed: int = 0, std: float = 1.0) -> np.ndarray:
        """float32 (count, latent) from N(0, std²); the networks were trained with std = 1, below it is truncation."""
        if count < 1:
            raise TextConfigError(f"`count` must be at least 1. Received: count={count}.")
        if not 0 < std < float("inf"):
            raise TextConfigError(f"`std` must be positive and finite. Received: std={std}. Use 1, or less for safer "
                                  "and less varied sentences.")
        return np.asarray(self.gan.fixed_latent(count, seed)) * np.float32(std)

    def generate(self, count: int | None = None, method: str = "argmax", *, temperature: float = 1.0,
                 top_k: int | None = None, ban: Sequence[str] = (), latent: np.ndarray | None = None,
                 label: int | None = None, start: str | None = None, std: float = 1.0, seed: int = 0,
                 raw: bool = False) -> Generated:
        """Sentences.

        Args:
            count: how many; taken from `latent` where that is given.
            method: "argmax" or "multinomial" (each position drawn separately given the latent).
            temperature: float > 0, of "multinomial".
            top_k: int >= 1, of "multinomial".
            ban: special names ("unk") or tokens that are never chosen.
            latent: float (count, latent) to use instead of drawing it.
            label: int, the class of all sentences of a conditional run; by default the classes in turn.
            start: text that all sentences begin with, for runs trained with a teacher.
            std: standard deviation of the noise.
            seed: of noise and draws.
            raw: use the trained generator instead of its average.

        Raises:
            TextConfigError: an option outside its range.
        """
        check_seed(seed)
        if method == "argmax" and (temperature != 1.0 or top_k is not None):
            raise TextConfigError("`temperature` and `top_k` are for draws. Received: method='argmax', "
                                  f"temperature={temperature:g}, top_k={top_k}. Add --method multinomial.")
        latent = self.latents(count or 0, seed=seed, std=std) if latent is None else np.asarray(latent, np.float32)
        probabilities = self.gan.generate(self._condition(len(latent), label, start), latent=latent, raw=raw,
                                          batch_size=_BATCH)
        ids = choose_ids(probabilities, method, temperature=temperature, top_k=top_k,
                         ban=banned_ids(self.vocabulary, ban), seed=seed)
        return Generated(ids, probabilities, self.vocabulary.decode_each(ids))

    def _condition(self, count: int, label: int | None, start: str | None) -> dict | None:
        condition = {} if self.experiment.condition is None else self.experiment.condition(count)
        if label is not None:
            self._require_label(label, condition)
            condition["label"][:] = label
        if start is not None:
            ids = self._ids_of(start)
            condition["given"][:, :len(ids)] = ids
        return condition or None

    def _require_label(self, label: int, condition: dict) -> None:
        from gan_text.data.labels import CONDITIONS

        if "label" not in condition:
            raise TextConfigError(f"`label` needs a run with a condition. Received: label={label}. "
                                  "Train with --condition length or question.")
        classes = CONDITIONS[self.config.condition]
        if not 0 <= label < classes:
            raise TextConfigError(f"`label` must lie in 0..{classes - 1}. Received: label={label}.")

    def _ids_of(self, start: str) -> np.ndarray:
        """The ids of the beginning of a sentence, without what marks its end."""
        if not self.config.teacher:
            raise TextConfigError("`start` needs a generator that learned to continue. Received: a run without a "
                                  "teacher. Train with --generator lstm-p --curriculum 4 --teacher.")
        words = list(self.vocabulary.tokenize(start))
        if unknown := [word for word in words if word not in self.vocabulary.tokens]:
            raise TextConfigError(f"`start` holds {unknown[0]!r}, which the run's vocabulary does not know. "
                                  f"Received: start={start!r}.")
        ids = self.vocabulary.encode(start)
        if self.vocabulary.has_markers:
            ids = ids[:-1]  # the sentence goes on
        if not words or not 0 < len(ids) < self.config.length:
            raise TextConfigError(f"`start` must have 1 to {self.config.length - 1} tokens. Received: {len(ids)} in "
                                  f"{start!r}.")
        return ids

    def between(self, steps: int = 8, *, seed: int = 0, spherical: bool = True, label: int | None = None) -> Generated:
        """Sentences on the way from one latent to another."""
        start, stop = self.latents(2, seed=seed)
        path = interpolate(start, stop, steps, spherical=spherical)
        return self.generate(latent=path, label=0 if label is None and self.config.condition else label)

    def save(self, path: Path | str, samples: Generated) -> Path:
        """Write what was generated: a sentence per line to a .txt, the ids to a .npy.

        Raises:
            TextConfigError: another ending.
            TextDataError: the file cannot be written.
        """
        path = refuse_other_ending(Path(path))
        if path.suffix == ".npy":
            path.parent.mkdir(parents=True, exist_ok=True)
            np.save(path, samples.ids)
            return path
        return write_lines(path, samples.texts)


def refuse_other_ending(path: Path) -> Path:
    """The path, if sentences can be written to a file of its ending.

    Raises:
        TextConfigError: they cannot.
    """
    if path.suffix not in ENDINGS:
        raise TextConfigError(f"`--out` must end in {' or '.join(ENDINGS)}. Received: out={str(path)!r}.")
    return path
