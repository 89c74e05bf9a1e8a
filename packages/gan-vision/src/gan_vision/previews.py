"""Sheets of samples from fixed noise: every sheet of a run shows the same latents, so that they can be compared."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from gan_vision.image_grid import image_grid, save_image_grid, to_uint8


class SampleSheets:
    """A preview of an experiment: samples/step-000001000.png, and samples/real.png once.

    Args:
        real: an `ImageSet`, whose first images make the sheet of real ones.
        value_range: (low, high) of the generator.
        count: int, images per sheet.
    """

    def __init__(self, real, value_range: tuple[float, float], count: int = 64):
        self.real, self.value_range, self.count = real, value_range, count

    def __call__(self, gan, step: int, folder, record) -> None:
        """Write the sheet of `step` to the run folder and to TensorBoard."""
        if step == 0:
            rows = np.linspace(0, len(self.real) - 1, min(self.count, len(self.real))).astype(int)
            save_image_grid(folder.samples / "real.png", np.asarray(self.real.images[rows]))
        images = to_uint8(gan.generate(count=self.count), self.value_range)
        save_image_grid(folder.samples / f"step-{step:09d}.png", images)
        record.image(step, "samples", np.atleast_3d(image_grid(images)))

    def write(self, samples: np.ndarray, path: Path | None) -> Path:
        """The verb `sample`: a grid in an image file (samples.png by default), or bytes (n, h, w, c) in a `.npy`."""
        images, path = to_uint8(samples, self.value_range), path or Path("samples.png")
        if path.suffix == ".npy":
            np.save(path, images)
            return path
        return save_image_grid(path, images)
