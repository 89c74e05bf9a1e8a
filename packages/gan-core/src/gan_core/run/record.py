"""The record of a run: one JSON line per log interval in metrics.jsonl, and the same scalars for TensorBoard."""

from __future__ import annotations

import contextlib
import json
import math
import shutil
from pathlib import Path

import tensorflow as tf

from gan_core.errors import RunError
from gan_core.files import write_whole
from gan_core.run.metrics_file import is_damaged, read_lines


class Record:
    """Appends to metrics.jsonl and to TensorBoard events.

    Args:
        folder: the run folder.
        resume_at: the step a run continues from; later lines, written by a process that was killed before its next
            checkpoint, are removed, since the same steps are about to be done again. A damaged file is kept beside.

    Attributes:
        complaint: str, what was found damaged; or None.
    """

    def __init__(self, folder: Path, resume_at: int | None = None):
        self.path, self.complaint = Path(folder) / "metrics.jsonl", None
        with self._refusing():
            if resume_at is not None:
                if is_damaged(self.path):
                    kept_as = self.path.with_suffix(".jsonl.damaged")
                    shutil.copyfile(self.path, kept_as)
                    self.complaint = f"damaged lines of {self.path} are left out; the file as it was is {kept_as}"
                kept = [line for line in read_lines(self.path) if line["step"] <= resume_at]
                write_whole(self.path, "".join(json.dumps(line) + "\n" for line in kept))
            self._stream = self.path.open("a", encoding="utf-8")
            self._events = tf.summary.create_file_writer(str(folder))

    def write(self, step: int, values: dict[str, float]) -> None:
        """One entry.

        Raises:
            RunError: the disk is full or not writable.
        """
        # JSON has no NaN: a value that is not finite becomes null, which every reader understands.
        clean = {key: value if math.isfinite(value) else None for key, value in values.items()}
        with self._refusing():
            self._stream.write(json.dumps({"step": step, **clean}) + "\n")
            self._stream.flush()
        with self._summary(step):
            for name, value in values.items():
                tf.summary.scalar(name, value)

    def image(self, step: int, name: str, image) -> None:
        """A uint8 (height, width, channels) picture for TensorBoard."""
        with self._summary(step):
            tf.summary.image(name, image[None])

    def text(self, step: int, name: str, text: str) -> None:
        """A text for TensorBoard."""
        with self._summary(step):
            tf.summary.text(name, text)

    def audio(self, step: int, name: str, wave, sample_rate: int) -> None:
        """A float32 (samples,) recording in [-1, 1] for TensorBoard."""
        with self._summary(step):
            tf.summary.audio(name, wave[None, :, None], sample_rate)

    def close(self) -> None:
        """Flush and close both sinks; never makes a run fail, since `write` has flushed all there is."""
        with contextlib.suppress(OSError, tf.errors.OpError):
            self._stream.close()
        with contextlib.suppress(tf.errors.OpError):
            self._events.close()

    @contextlib.contextmanager
    def _summary(self, step: int):
        with self._refusing(), self._events.as_default(step=step):
            yield
            self._events.flush()

    @contextlib.contextmanager
    def _refusing(self):
        try:
            yield
        except (OSError, tf.errors.OpError) as error:
            reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
            raise RunError(f"cannot write the record of the run in {self.path.parent}: {reason}. "
                           "Make room, then `resume`.") from None
