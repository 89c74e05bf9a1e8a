"""Sheets of samples from fixed noise: every sheet of a run shows the same latents, so that they can be compared."""

from __future__ import annotations

import numpy as np

from gan_core.images.sheet import image_grid, save_image_grid, to_uint8
from gan_vision.data.examples import Examples
from gan_vision.data.fields.attributes import Attributes
from gan_vision.data.fields.class_label import ClassLabel
from gan_vision.data.labels import Labels
from gan_vision.data.preview import LINES, strips, texts_of
from gan_vision.training.enlargement import enlarged
from gan_vision.training.matching_samples import matching_samples, reads_real

ROWS, COLUMNS = 10, 8  # of a sheet of classes
PIXELS = 1 << 24  # of a sheet of strips, about
FEWEST = 4  # strips, however large


class SampleSheets:
    """A preview of an experiment: samples/step-000001000.png, and samples/real.png once. Opacity over a checkerboard.

    Args:
        real: whose first examples make the sheet of real ones. Where they have more than a picture and a class, every
            sample stands in a strip behind the fields that it was made for, its captions beneath.
        value_range: (low, high) of the generator.
        count: int, images per sheet.
        labels: those of `real`, for a generator that reads nothing else. Its sheets have a row per class (ten of them,
            if there are more) and the same noise in a column; those of attributes have the attributes of the sheet of
            real images.
        target: bool; True ends each strip with the real picture, for a translation.
    """

    def __init__(self, real: Examples, value_range: tuple[float, float], count: int = 64, *,
                 labels: Labels | None = None, target: bool = False):
        self.real, self.value_range, self.count, self.labels, self.target = real, value_range, count, labels, target
        self.in_strips = not all(name == "real" or isinstance(kind, ClassLabel | Attributes)
                                 for name, kind in real.fields.items())
        if self.in_strips:
            height, width, _ = real.image_shape
            count = min(count, max(FEWEST, PIXELS // (height * width * (len(real.maps) + 1))))
        self.rows = np.linspace(0, len(real) - 1, min(count, len(real))).astype(int)

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the sheet of `step` to the run folder and to TensorBoard."""
        if step == 0:
            found = self.real.gather(self.rows, None if self.in_strips else ("real",))
            save_image_grid(folder.samples / "real.png", strips(self.real.fields, found), **self._texts(found))
        samples, columns = self.draw(gan)
        images, texts = enlarged(to_uint8(samples, self.value_range), max(self.real.image_shape[:2])), {}
        if self.in_strips:
            found = self.real.gather(self.rows)
            shown = {"generated": images, **({"real": found["real"]} if self.target else {})}
            conditions = {name: values for name, values in found.items() if name != "real"}
            images, texts = strips(self.real.fields, conditions, shown), self._texts(found)
        save_image_grid(folder.samples / f"step-{step:09d}.png", images, columns, **texts)
        record.image(step, "samples", np.atleast_3d(image_grid(images, columns, **texts)))

    def draw(self, gan) -> tuple[np.ndarray, int | None]:
        """The images of a sheet, and in how many columns; None leaves that to the grid."""
        if self.in_strips:
            made = matching_samples(gan, self.real, self.rows, self.value_range, real=self.target and reads_real(gan))
            return np.concatenate(list(made)), None
        if self.labels is None:
            return gan.generate(count=self.count), None
        if self.labels.attributes:
            return gan.generate({"label": self.real.labels[self.rows]}), None
        classes = np.linspace(0, len(self.labels) - 1, min(ROWS, len(self.labels))).astype(np.int32)
        noise = np.tile(gan.fixed_latent(COLUMNS), (len(classes), 1))
        return gan.generate({"label": classes.repeat(COLUMNS)}, latent=noise), COLUMNS

    def _texts(self, found: dict) -> dict:
        """What stands under the pictures, as options of a sheet."""
        if not self.in_strips:
            return {}
        # Strips stand further apart than their parts.
        return {"labels": texts_of(self.real.fields, found), "label_lines": LINES, "padding": 8}
