"""The record of a run: one JSON line per tick in metrics.jsonl, and the same scalars for TensorBoard."""

from __future__ import annotations

import json
import math
from pathlib import Path

import tensorflow as tf

from gan_core.errors import RunError
from gan_core.run.metrics_file import read_lines


class Record:
    """Appends to metrics.jsonl and to TensorBoard events.

    Args:
        folder: the run folder.
        resume_at: the step a run continues from; later lines, written by a process that was killed before its next
            checkpoint, are removed, since the same steps are about to be done again.
    """

    def __init__(self, folder: Path, resume_at: int | None = None):
        self.path = Path(folder) / "metrics.jsonl"
        if resume_at is not None:
            kept = [line for line in read_lines(self.path) if line["step"] <= resume_at]
            temporary = self.path.with_suffix(".tmp")
            temporary.write_text("".join(json.dumps(line) + "\n" for line in kept), encoding="utf-8")
            temporary.replace(self.path)
        self._stream = self.path.open("a", encoding="utf-8")
        self._events = tf.summary.create_file_writer(str(folder))

    def write(self, step: int, values: dict[str, float]) -> None:
        """One tick.

        Raises:
            RunError: the disk is full or not writable.
        """
        try:
            # JSON has no NaN: a value that is not finite becomes null, which every reader understands.
            clean = {key: value if math.isfinite(value) else None for key, value in values.items()}
            self._stream.write(json.dumps({"step": step, **clean}) + "\n")
            self._stream.flush()
        except OSError as error:
            raise RunError(f"cannot write {self.path}: {error.strerror}. Make room, then `resume`.") from None
        with self._events.as_default(step=step):
            for name, value in values.items():
                tf.summary.scalar(name, value)
        self._events.flush()

    def image(self, step: int, name: str, image) -> None:
        """A uint8 (height, width, channels) picture for TensorBoard."""
        with self._events.as_default(step=step):
            tf.summary.image(name, image[None])
        self._events.flush()

    def text(self, step: int, name: str, text: str) -> None:
        """A text for TensorBoard."""
        with self._events.as_default(step=step):
            tf.summary.text(name, text)
        self._events.flush()

    def audio(self, step: int, name: str, wave, sample_rate: int) -> None:
        """A float32 (samples,) recording in [-1, 1] for TensorBoard."""
        with self._events.as_default(step=step):
            tf.summary.audio(name, wave[None, :, None], sample_rate)
        self._events.flush()

    def close(self) -> None:
        """Flush and close both sinks."""
        self._stream.close()
        self._events.close()
