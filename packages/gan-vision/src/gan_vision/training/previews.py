"""Sheets of samples from fixed noise: every sheet of a run shows the same latents, so that they can be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_core.files import whole_file
from gan_core.images.sheet import image_grid, save_image_grid, to_uint8
from gan_vision.data.labels import Labels

ROWS, COLUMNS = 10, 8  # of a sheet of classes
NARROW = 4  # columns: fewer make no rows worth reading


class SampleSheets:
    """A preview of an experiment: samples/step-000001000.png, and samples/real.png once.

    Args:
        real: an `ImageSet`, whose first images make the sheet of real ones.
        value_range: (low, high) of the generator.
        count: int, images per sheet.
        labels: those of `real`, for a conditional generator. Its sheets have a row per class (ten of them, if there
            are more) and the same noise in a column; those of attributes have the attributes of the sheet of real
            images.
    """

    def __init__(self, real, value_range: tuple[float, float], count: int = 64, *, labels: Labels | None = None):
        self.real, self.value_range, self.count, self.labels = real, value_range, count, labels
        self.rows = np.linspace(0, len(real) - 1, min(count, len(real))).astype(int)

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the sheet of `step` to the run folder and to TensorBoard."""
        if step == 0:
            save_image_grid(folder.samples / "real.png", np.asarray(self.real.images[self.rows]))
        samples, columns = self.draw(gan)
        images = to_uint8(samples, self.value_range)
        save_image_grid(folder.samples / f"step-{step:09d}.png", images, columns)
        record.image(step, "samples", np.atleast_3d(image_grid(images, columns)))

    def draw(self, gan) -> tuple[np.ndarray, int | None]:
        """The images of a sheet, and in how many columns; None leaves that to the grid."""
        if self.labels is None:
            return gan.generate(count=self.count), None
        if self.labels.attributes:
            return gan.generate({"label": self.real.labels[self.rows]}), None
        classes = np.linspace(0, len(self.labels) - 1, min(ROWS, len(self.labels))).astype(np.int32)
        noise = np.tile(gan.fixed_latent(COLUMNS), (len(classes), 1))
        return gan.generate({"label": classes.repeat(COLUMNS)}, latent=noise), COLUMNS

    def write(self, samples: np.ndarray, path: Path | None) -> Path:
        """The verb `sample`: a grid in an image file (samples.png by default), or bytes (n, h, w, c) in a `.npy`."""
        images, path = to_uint8(samples, self.value_range), path or Path("samples.png")
        columns = 0 if self.labels is None else self.labels.columns(len(images))
        if path.suffix.lower() == ".npy":
            with whole_file(path) as file:
                np.save(file, images)
            return path
        return save_image_grid(path, images, columns if columns >= NARROW else None)
