"""Things that several files of tests look at."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

CLASSES = ("001.Albatross", "002.Bunting", "003.Crow")
BOX = (8, 6, 10, 8)  # x y width height: the crop is rows 4 to 16, columns 7 to 19
ROWS, COLUMNS = slice(4, 16), slice(7, 19)


@dataclasses.dataclass
class Birds:
    """A folder like that of CUB-200-2011: 12 pictures of different shapes, 3 classes; 8 train, 4 test.

    Picture k has the id 3 k + 1 and the class k % 3 + 1; its crop is of one colour, the rest black.
    """

    root: Path

    @staticmethod
    def colour(number):
        """RGB of the crop of picture `number`."""
        return 20 * number + 15, 100, 250 - 20 * number

    @staticmethod
    def name(number):
        """Path of picture `number` below images/."""
        return f"{CLASSES[number % 3]}/Bird {number:04}.png"

    def pixels(self, number):
        """uint8 (24 + k, 30 + 2 k, 3)."""
        pixels = np.zeros((24 + number, 30 + 2 * number, 3), np.uint8)
        pixels[ROWS, COLUMNS] = self.colour(number)
        return pixels

    def write(self):
        """Write the pictures and the lists, each list in another order."""
        for number in range(12):
            path = self.root / "images" / self.name(number)
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(self.pixels(number)).save(path)
        order = np.random.default_rng(0)
        box = " ".join(f"{value:.1f}" for value in BOX)
        for name, text in (("images.txt", self.name), ("bounding_boxes.txt", lambda number: box),
                           ("train_test_split.txt", lambda number: int(number < 8)),
                           ("image_class_labels.txt", lambda number: number % 3 + 1)):
            lines = [f"{3 * number + 1} {text(number)}" for number in order.permutation(12)]
            (self.root / name).write_text("\n".join(lines) + "\n")
        (self.root / "classes.txt").write_text("".join(f"{number + 1} {name}\n" for number, name in enumerate(CLASSES)))
        return self

    def change(self, name, number, text):
        """Replace what a list says of picture `number`; None removes the line. The number of the line."""
        path, begin = self.root / name, f"{3 * number + 1} "
        lines = path.read_text().splitlines()
        (position,) = [place for place, line in enumerate(lines) if line.startswith(begin)]
        lines[position:position + 1] = [] if text is None else [begin + text]
        path.write_text("\n".join(lines) + "\n")
        return position + 1


@pytest.fixture
def birds(tmp_path):
    return Birds(tmp_path / "CUB_200_2011").write()
