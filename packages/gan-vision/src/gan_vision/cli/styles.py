"""`gan-vision styles RUN`: find the styles of objects in a run's training pictures."""

from __future__ import annotations

from pathlib import Path

from gan_core.cli.app import Quiet
from gan_core.errors import ConfigError
from gan_vision.cli.translate import Run


def styles(run: Run, /, *, clusters: int = 10, count: int = 500, seed: int = 0, quiet: Quiet = False) -> None:
    """Cluster what the encoder of features sees in the objects of the training pictures; writes RUN/styles.json.

    `translate` then draws one of the styles of its class for each object, or takes those that --style names.

    Args:
        clusters: Styles of a class at most.
        count: Training pictures that are looked at.
        seed: Of their choice and of the clusters.
        quiet: Show no progress.
    """
    from gan_core.cli.verbs import open_run
    from gan_core.progress import quietly, say, stdout
    from gan_vision.recipes import RECIPES
    from gan_vision.training.translation import at_size, size_of
    from gan_vision.translation.styles import FILE, Styles

    for name, value in (("clusters", clusters), ("count", count)):
        if value < 1:
            raise ConfigError(f"`--{name}` must be at least 1. Received: {name}={value}.")
    with quietly(quiet):
        say("starting TensorFlow ...")
        opened = open_run(RECIPES, run, data=True)
        if not getattr(opened.config, "features", 0):
            raise ConfigError(f"`styles` is for runs with an encoder of features. Received: {run}. Train pix2pix_hd "
                              "with --features 3.")
        train, _ = opened.data
        encoder = opened.gan.sampler.get_layer("feature_encoder")
        found = Styles.found(encoder, at_size(train, size_of(opened.gan)), opened.value_range, clusters=clusters,
                             count=count, seed=seed)
    path = found.write(Path(run) / FILE)
    stdout().print(f"{sum(map(len, found.centers.values()))} styles of {len(found.centers)} classes -> {path}",
                   markup=False)
