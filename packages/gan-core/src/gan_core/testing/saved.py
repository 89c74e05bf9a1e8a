"""Saved networks must load where nothing of this process exists."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from gan_core.game.batch import call_network
from gan_core.model_files import load_network
from gan_core.testing.examples import Inputs, arrays, examples, require, require_equal_outputs


def check_saved_networks(networks: Sequence[tuple[keras.Model, Inputs]], *, imports: Sequence[str] = ()) -> None:
    """Check that networks saved here give the same outputs when loaded in a fresh process (one for all of them).

    Args:
        networks: (network, inputs as in `check_network`).
        imports: modules that register the custom layers, as the loader of a package would import them.

    Raises:
        AssertionError: a network cannot be loaded, or answers differently; all of them are named.

    Example:
        >>> check_saved_networks([(build_generator(8), {"latent": (128,)})])
    """
    with tempfile.TemporaryDirectory() as folder:
        for index, (network, inputs) in enumerate(networks):
            batch = examples(network, inputs, 3)
            network.save(Path(folder, f"{index}.keras"))
            np.savez(Path(folder, f"{index}.inputs.npz"), **{name: value.numpy() for name, value in batch.items()})
            np.savez(Path(folder, f"{index}.outputs.npz"), *arrays(call_network(network, batch, training=False)))
        Path(folder, "imports.json").write_text(json.dumps(list(imports)))
        child = subprocess.run(  # noqa: S603 (this interpreter, a constant program, our own folder)
            [sys.executable, "-m", "gan_core.testing.saved", folder],
            capture_output=True, text=True, check=False, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"})
        require(child.returncode == 0, f"the fresh process failed:\n{child.stderr[-4000:]}")
        failures = json.loads(Path(folder, "failures.json").read_text())
    described = [f"{networks[int(index)][0].name!r} (number {index}): {why}" for index, why in failures.items()]
    require(not failures, "saved networks that differ in a fresh process: " + "; ".join(described))


def _load_all(folder: str) -> None:
    """The fresh process of `check_saved_networks`."""
    for name in json.loads(Path(folder, "imports.json").read_text()):
        importlib.import_module(name)
    failures = {}
    for path in Path(folder).glob("*.keras"):
        index = path.stem
        try:
            network = load_network(path, registered=True)
            with np.load(Path(folder, f"{index}.inputs.npz")) as batch:
                answer = arrays(call_network(network, {name: tf.constant(batch[name]) for name in batch}, False))
            with np.load(Path(folder, f"{index}.outputs.npz")) as expected:
                require_equal_outputs(answer, [expected[f"arr_{i}"] for i in range(len(expected))], "loading")
        except Exception as error:  # reported by the parent, for every network
            failures[index] = f"{type(error).__name__}: {error}"
    Path(folder, "failures.json").write_text(json.dumps(failures))


if __name__ == "__main__":
    _load_all(sys.argv[1])
