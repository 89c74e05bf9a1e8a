"""Sheets of sentences from fixed noise: every sheet of a run shows the same latents, so that they can be compared."""

from __future__ import annotations

import html
from pathlib import Path

import numpy as np

from gan_text.decode import choose_ids
from gan_text.errors import TextDataError

VOCABULARY = "vocabulary.json"
_BATCH = 64


def write_lines(path: Path, lines: list[str]) -> Path:
    """A UTF-8 text file with one sentence per line.

    Raises:
        TextDataError: the file cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(line + "\n" for line in lines), "utf-8")
    except OSError as error:
        raise TextDataError(f"cannot write {path}: {error.strerror or error}. Choose another --out.") from error
    return path


class SampleSheets:
    """A preview of an experiment: samples/step-000001000.txt, samples/real.txt and the run's vocabulary once.

    Args:
        real: a `TextSet`, whose first rows make the sheet of real sentences.
        condition: (count) -> named arrays for a conditional generator, or None.
        count: int, sentences per sheet.
    """

    def __init__(self, real, condition=None, count: int = 40):
        self.real, self.condition, self.count = real, condition, count

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the sheet of `step` to the run folder and to TensorBoard."""
        if step == 0:
            self.real.vocabulary.save(folder.path / VOCABULARY)
            write_lines(folder.samples / "real.txt", self.texts(self.real.rows[:self.count]))
        condition = None if self.condition is None else self.condition(self.count)
        lines = self.texts(choose_ids(gan.generate(condition, self.count, batch_size=_BATCH)))
        write_lines(folder.samples / f"step-{step:09d}.txt", lines)
        record.text(step, "samples", f"<pre>{html.escape(chr(10).join(lines))}</pre>")

    def texts(self, ids: np.ndarray) -> list[str]:
        """The sentences of int (count, length)."""
        return self.real.vocabulary.decode_each(ids)
