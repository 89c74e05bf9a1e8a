"""What a run keeps of its captions, so that it can be asked for pictures where its data no longer are."""

from __future__ import annotations

import collections
import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan_core.data.array_files import open_array
from gan_core.errors import RunError
from gan_core.files import whole_file, write_whole
from gan_vision.data.examples import Examples
from gan_vision.data.row_choice import choose_rows
from gan_vision.data.word_codes import words_of

CAPTIONS, VECTORS = "captions.json", "captions.npy"
MOST = 5000  # captions that are kept


@dataclasses.dataclass(frozen=True)
class KeptCaptions:
    """Words and captions of the pictures that a run was trained on.

    Args:
        words: word -> in how many captions it is.
        captions: some of them.
        vectors: float32 (n, k), theirs where they came with the data; else None.
    """

    words: dict[str, int]
    captions: tuple[str, ...]
    vectors: np.ndarray | None = None

    @classmethod
    def of(cls, examples: Examples) -> KeptCaptions:
        """Those of examples with "captions": the first caption of up to 5,000."""
        texts = examples.source.field("captions")
        words = collections.Counter(word for captions in texts for caption in captions
                                    for word in set(words_of(caption)))
        rows = choose_rows(len(examples), MOST, 0)
        chosen = examples.gather(rows, ("captions",))["captions"]
        vectors = None
        if (brought := examples.fields.get("text")) is not None and not hasattr(brought, "encoder"):
            vectors = np.asarray(examples.gather(rows, ("text",))["text"][:, 0], np.float32)
        return cls(dict(words), tuple(captions[0] for captions in chosen), vectors)

    def write(self, folder: Path) -> None:
        """Write them into a run folder."""
        write_whole(folder / CAPTIONS, json.dumps({"words": self.words, "captions": self.captions}, indent=1,
                                                  ensure_ascii=False))
        if self.vectors is not None:
            with whole_file(folder / VECTORS) as file:
                np.save(file, self.vectors)

    @classmethod
    def read(cls, folder: Path) -> KeptCaptions:
        """Those of a run folder.

        Raises:
            RunError: they are not there, or damaged.
        """
        try:
            kept = json.loads((folder / CAPTIONS).read_text(encoding="utf-8"))
            vectors = open_array(folder / VECTORS).read() if (folder / VECTORS).is_file() else None
            found = cls({str(word): int(count) for word, count in kept["words"].items()},
                        tuple(map(str, kept["captions"])), vectors)
            if not found.captions or (vectors is not None and (
                    vectors.ndim != 2 or len(vectors) != len(found.captions))):
                raise ValueError("captions and vectors differ in number")
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise RunError(f"{folder / CAPTIONS} cannot be read: {error}. It is written when a run begins. Copy it "
                           "from where the run was trained.") from None
        return found

    def unseen(self, text: str) -> list[str]:
        """The words of a text that no caption has."""
        return [word for word in dict.fromkeys(words_of(text)) if word not in self.words]

    def nearest(self, text: str) -> int:
        """The number of the kept caption that shares most words with a text, rare ones counting more."""
        wanted = set(words_of(text))

        def shared(caption: str) -> float:
            own = set(words_of(caption))
            weights = {word: 1 / (1 + self.words.get(word, 0)) for word in own | wanted}
            return sum(weights[word] for word in own & wanted) / max(sum(weights.values()), 1e-12)

        return int(np.argmax([shared(caption) for caption in self.captions]))


class CaptionFile:
    """A preview of an experiment: captions.json (and captions.npy) in the run folder, when it begins.

    Args:
        examples: for training.
    """

    def __init__(self, examples: Examples):
        self.examples = examples

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the files once."""
        if step == 0:
            KeptCaptions.of(self.examples).write(folder.path)


def spread(captions: Sequence[str], count: int) -> list[str]:
    """`count` of the captions, from all over the list; they begin again where there are fewer."""
    if count <= len(captions):
        return [str(captions[row]) for row in np.linspace(0, len(captions) - 1, count).astype(int)]
    return [str(captions[row % len(captions)]) for row in range(count)]
