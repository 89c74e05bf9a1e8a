"""TensorFlow's start: silent, seeded and in a run's precision; and the device in words. Importing this loads none."""

from __future__ import annotations

import contextlib
import os
import random
import sys
import tempfile
from collections.abc import Iterator, Sequence

import numpy as np

from gan_core.progress import Progress
from gan_core.run.config import check_seed


@contextlib.contextmanager
def quiet_start():
    """Silence what native libraries write while TensorFlow starts; replayed if the start fails.

    TF_CPP_MIN_LOG_LEVEL does not silence TensorFlow 2.21: the lines are written to descriptor 2 before any filter.
    """
    sys.stderr.flush()
    saved = os.dup(2)
    with tempfile.TemporaryFile() as captured:
        os.dup2(captured.fileno(), 2)
        try:
            yield
        except Exception:  # not for the interrupt key
            os.dup2(saved, 2)
            captured.seek(0)
            os.write(2, captured.read())
            raise
        finally:
            os.dup2(saved, 2)
            os.close(saved)


def start_tensorflow(*, seed: int, precision: str = "float32") -> str:
    """Import TensorFlow silently and prepare it for a repeatable run.

    On a machine without GPU, op determinism is switched on, which costs nothing measurable and stays on.

    Args:
        seed: of weights and dropout.
        precision: "float32", "bfloat16" or "float16".

    Returns:
        The device, in words.
    """
    check_seed(seed)
    # 3: a graph optimizer that gives up ("remapper failed") logs an error though the step is right without it; what
    # really fails raises.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    with quiet_start():
        import keras
        import tensorflow as tf

        gpus = tf.config.list_physical_devices("GPU")
        tf.zeros(())  # the first use of a device logs once more
    keras.config.set_dtype_policy("float32" if precision == "float32" else f"mixed_{precision}")
    keras.utils.set_random_seed(seed)
    if not gpus:
        tf.config.experimental.enable_op_determinism()
    names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
    strategy = tf.distribute.get_strategy() if tf.distribute.has_strategy() else None
    return device_in_words(names, () if strategy is None else strategy.extended.worker_devices)


@contextlib.contextmanager
def tensorflow_for(*, seed: int, precision: str = "float32", progress: Progress | None = None) -> Iterator[str]:
    """`start_tensorflow` while inside: what it sets for a whole process is afterwards as it was.

    That is Keras' precision and the random states of Python and NumPy, which a caller's own program may rely on.

    Args:
        seed: as in `start_tensorflow`.
        precision: as in `start_tensorflow`.
        progress: where to say beforehand that it takes a while.

    Yields:
        The device, in words.
    """
    if progress is not None:
        progress.say("starting TensorFlow ...")
    policy = sys.modules["keras"].config.dtype_policy() if "keras" in sys.modules else "float32"
    drawn, drawn_by_numpy = random.getstate(), np.random.get_state()  # noqa: NPY002  it is the global one that is set
    try:
        yield start_tensorflow(seed=seed, precision=precision)
    finally:
        random.setstate(drawn)
        np.random.set_state(drawn_by_numpy)  # noqa: NPY002
        if "keras" in sys.modules:
            sys.modules["keras"].config.set_dtype_policy(policy)


def device_in_words(gpus: Sequence[str], replicas: Sequence[str] = (), *, cores: int | None = None) -> str:
    """What a run really uses: the first GPU, unless a distribution strategy is in scope; or the CPU.

    Args:
        gpus: names of the GPUs that TensorFlow sees.
        replicas: the devices of the strategy in scope, such as "/device:GPU:0"; none without a strategy.
        cores: of the CPU; by default those of this machine.

    Example:
        >>> device_in_words(["NVIDIA H100"] * 4)
        '1 GPU of 4 (NVIDIA H100)'
    """
    if replicas:
        places = ", ".join(":".join(device.rsplit(":", 2)[-2:]) for device in replicas)
        return f"{len(replicas)} replica{'s' if len(replicas) > 1 else ''} ({places})"
    if gpus:
        return f"1 GPU{f' of {len(gpus)}' if len(gpus) > 1 else ''} ({gpus[0]})"
    return f"the CPU ({cores or os.cpu_count()} cores)"
