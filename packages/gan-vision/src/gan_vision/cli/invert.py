"""`gan-vision invert RUN PICTURES`: the noise that a generator would make pictures of. Imports no TensorFlow."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from gan_core.errors import ConfigError
from gan_vision.cli.explore import Label, Quiet, Raw, Run, Text, given, report
from gan_vision.cli.nearest import Picture

Flag = Annotated[bool, Parameter(negative="")]


def invert(run: Run, source: Path, /, *, restarts: int = 4, steps: int = 1000, features: float = 0.0,
           encoder: Flag = False, label: Label = None, text: Text = None, seed: int = 0, batch_size: int = 64,
           out: Picture = None, raw: Raw = False, quiet: Quiet = False) -> None:
    """Find the noise of which the generator makes a picture, or each picture of a folder, as nearly as it can.

    gan-vision invert RUN cat.png
    gan-vision invert RUN MY_PICTURES --encoder --steps 300

    Several searches by gradient descent begin at random noise, and the best counts; of runs with classes every class
    is tried, unless --label says which. The noise is written beside the picture, as .npy.

    Args:
        source: A picture, or a folder of pictures, of any size.
        restarts: Searches of each picture (and class).
        steps: Of each search; 0 with --encoder takes its answer as it is.
        features: Weight of the difference in what the discriminator sees, beside that of the pixels.
        encoder: Begin the first search at the noise that the style encoder sees in the picture; it is trained on first
            use, and kept in the run folder.
        label: The class, by name or number, or attributes as A+B; by default every class is tried.
        text: The caption, for runs that read captions.
        seed: Of the random starts.
        batch_size: Searches at a time.
    """
    import numpy as np

    from gan_core.files import whole_file
    from gan_core.progress import quietly, stdout
    from gan_vision.explore.exploration import PICTURES, check_out, open_for, sheet
    from gan_vision.explore.inversion import invert_images
    from gan_vision.explore.own_pictures import list_pictures, read_pictures
    from gan_vision.explore.style import style_encoder

    for name, value, least in (("restarts", restarts, 1), ("steps", steps, 0 if encoder else 1),
                               ("features", features, 0), ("batch-size", batch_size, 1)):
        if not value >= least:
            raise ConfigError(f"`--{name}` must be at least {least}. Received: {value}.")
    place = check_out(out or Path("invert.png"), "invert", kinds=PICTURES)
    paths = list_pictures(source)
    with quietly(quiet):
        opened = open_for(run, "invert")
        targets = read_pictures(paths, opened)
        found = invert_images(
            opened, targets, label=label, text=text, restarts=restarts, steps=steps, feature_weight=features, raw=raw,
            encoder=style_encoder(opened) if encoder else None, seed=seed, batch_size=batch_size)
        difference = np.abs(found.images.astype(np.int16) - targets).astype(np.uint8)
        rows = np.stack([targets, found.images, difference], axis=1)
        won = found.labels or [""] * len(paths)
        labels = [name for path, winner, rmse, psnr in zip(paths, won, found.rmse, found.psnr, strict=True)
                  for name in (path.name, winner, f"RMSE {rmse:.3f}\n{psnr:.1f} dB")]
        picture = sheet(rows.reshape(-1, *targets.shape[1:]), 3, labels=labels, label_lines=3,
                        column_names=["target", "found", "difference"])
    latents = place.with_suffix(".npy")
    with whole_file(latents) as file:
        np.save(file, found.inputs["latent"])
    prior = np.linalg.norm(np.asarray(opened.gan.fixed_latent(1000, 0)).reshape(1000, -1), axis=1).mean()
    facts = {"seed": seed, "label": label, "text": text, "latents": str(latents), "prior_norm": float(prior),
             "pictures": [{"file": str(path), **about} for path, about in zip(paths, found.facts(), strict=True)]}
    options = {"restarts": restarts, "steps": steps, "features": features, "encoder": encoder, "label": given(label),
               "text": given(text), "seed": seed, "batch_size": batch_size, "raw": raw}
    report("invert", opened, place, picture, facts, options, reads=(source,))
    if not quiet:
        stdout().print(f"RMSE {found.rmse.mean():.4f} of the range on average; the noise: {latents}", markup=False)
