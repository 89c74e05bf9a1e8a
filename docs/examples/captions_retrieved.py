"""Do the pictures of a text-to-image run show its captions? Retrieval among captions that were never trained on.

python docs/examples/captions_retrieved.py RUN [--count 50] [--each 4]

The run makes pictures of so many held-out captions. For each picture the run's own encoder of pictures, which learned
beside its encoder of captions and never saw a generated picture, finds the nearest of these captions. Top 1 is the
share of pictures that find their own; the real pictures of the captions are judged the same way. That encoder's
training stopped where it matched held-out pictures best, so these captions are not wholly unknown to it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

import gan_vision
from gan_core.images.sheet import save_image_grid
from gan_vision.data.row_choice import choose_rows
from gan_vision.training.caption_matching import retrieved


def main() -> None:
    """Print the shares, and write a sheet: the real picture and generated ones of each caption."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--each", type=int, default=4)
    parser.add_argument("--sheet", type=Path, default=Path("retrieved.png"))
    given = parser.parse_args()
    run = gan_vision.open_run(given.run, data=True)
    _, held_out = run.data
    found = held_out.gather(choose_rows(len(held_out), given.count, 0), ("real", "captions"))
    captions = [texts[0] for texts in found["captions"]]
    vectors, see = run.encode(captions), run.gan.prepare.picture_encoder

    def share(pictures: np.ndarray) -> float:
        return retrieved(vectors, np.asarray(see(pictures.astype(np.float32) / 127.5 - 1)), captions)

    print(f"{len(captions)} held-out captions; by chance {1 / len(captions):.1%}")
    print(f"real pictures: {share(found['real']):.1%}")
    made = [run.generate(len(captions), seed=seed, text=captions) for seed in range(given.each)]
    shares = [share(pictures) for pictures in made]
    print(f"generated pictures: {np.mean(shares):.1%} (seeds 0 to {given.each - 1}: "
          f"{', '.join(f'{each:.0%}' for each in shares)})")
    rows = np.stack([found["real"], *made], axis=1)
    strips = rows.transpose(0, 2, 1, 3, 4).reshape(len(rows), rows.shape[2], -1, rows.shape[-1])
    print(save_image_grid(given.sheet, strips, 5, labels=captions, label_lines=2))


if __name__ == "__main__":
    main()
