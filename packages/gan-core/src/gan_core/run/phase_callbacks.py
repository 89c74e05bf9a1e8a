"""Keras callbacks in a phase of a run: called as `fit` calls them, and continued exactly when the run is resumed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from gan_core.errors import ConfigError
from gan_core.game.running_means import EPOCH

if TYPE_CHECKING:
    from gan_core.game.gan import GAN
    from gan_core.run.experiment import Phase

REFUSED = {
    keras.callbacks.BackupAndRestore: "A run writes checkpoints of its own, from which `resume` continues exactly.",
    keras.callbacks.ModelCheckpoint: "A run keeps the best generator itself: name the score in `Experiment(best=)`.",
}
KEPT_BY_KERAS = ("_model", "model", "params", "_params", "validation_data")


class PhaseCallbacks:
    """The callbacks of a phase.

    An epoch is one pass over the phase's data. What changes of a callback's plain attributes while it trains (numbers,
    texts, None, and lists, tuples and dicts of them) is saved with every checkpoint and put back by `resume`; what else
    it holds must not change, or the callback has methods `get_state() -> JSON values` and `set_state(state)`.

    Args:
        phase: whose callbacks and data they are.
        gan: what they get as their model.

    Raises:
        ConfigError: a callback whose work would be lost, with the reason.
    """

    def __init__(self, phase: Phase, gan: GAN):
        self.callbacks, self.gan = list(phase.callbacks), gan
        self._begun: list[dict[str, Any]] = [{} for _ in self.callbacks]
        self.pass_length = len(phase.data)
        for callback in self.callbacks:
            refuse(callback)
            callback.set_params({"verbose": 0, "epochs": -(-phase.steps // self.pass_length),
                                 "steps": self.pass_length})
            callback.set_model(gan)

    def begin(self, states: Sequence[Mapping] | None = None) -> None:
        """Begin, or continue from the `states` of a checkpoint."""
        self._call("on_train_begin")
        self._begun = [plain_attributes(callback) for callback in self.callbacks]  # settings, and how it counts from
        if states is not None:
            self._restore(states)

    def before_step(self, step: int) -> None:
        """Announce step number `step` of the phase (0-based), and the epoch if it begins."""
        epoch, batch = divmod(step, self.pass_length)
        if batch == 0:
            self.gan.running_means.reset_row(EPOCH)
            self._call("on_epoch_begin", epoch)
        self._call("on_train_batch_begin", batch)

    def after_step(self, step: int, scores: Mapping[str, float]) -> None:
        """Say that step number `step` is done, and the epoch if it ends; `scores` are the latest of validation."""
        epoch, batch = divmod(step, self.pass_length)
        ends = batch == self.pass_length - 1
        if not (ends and self.callbacks) and not any(map(listens_to_steps, self.callbacks)):
            return  # the numbers would be read from the device for nobody
        means = self.gan.running_means.reported(EPOCH)
        self._call("on_train_batch_end", batch, means)
        if ends:
            self._call("on_epoch_end", epoch, {**means, **{f"val_{name}": value for name, value in scores.items()}})

    def end(self) -> None:
        """Say that the phase is over, or the process stops working on it."""
        self._call("on_train_end")

    def states(self) -> list[dict[str, Any]]:
        """What each callback remembers, as JSON values."""
        return [{"class": type(callback).__name__, "state": state_of(callback, begun)}
                for callback, begun in zip(self.callbacks, self._begun, strict=True)]

    def _restore(self, states: Sequence[Mapping]) -> None:
        """By class and order: a callback that is new begins anew, and one that is gone is not missed."""
        left = list(states)
        for callback in self.callbacks:
            entry = next((each for each in left if each["class"] == type(callback).__name__), None)
            if entry is not None:
                left.remove(entry)
                restore(callback, entry["state"])

    def _call(self, event: str, *arguments) -> None:
        for callback in self.callbacks:
            getattr(callback, event)(*arguments)


def listens_to_steps(callback: keras.callbacks.Callback) -> bool:
    """Whether a callback does anything at the end of a step."""
    # Of the object, not of its class: a LambdaCallback keeps its functions there.
    return any(getattr(getattr(callback, name), "__func__", None) is not getattr(keras.callbacks.Callback, name)
               for name in ("on_train_batch_end", "on_batch_end"))


def refuse(callback: keras.callbacks.Callback) -> None:
    """Refuse what cannot work in a run.

    Raises:
        ConfigError: no callback, or one that a run has no use for or cannot resume.
    """
    if not isinstance(callback, keras.callbacks.Callback):
        raise ConfigError(f"`callbacks` must be Keras callbacks. Received: {callback!r}.")
    for kind, reason in REFUSED.items():
        if isinstance(callback, kind):
            raise ConfigError(f"`{kind.__name__}` is not for runs. Received: {callback!r} in `callbacks`. {reason}")
    if getattr(callback, "restore_best_weights", False):
        raise ConfigError(f"`{type(callback).__name__}(restore_best_weights=True)` holds weights in memory, which a "
                          "resumed run would not have. Leave it out and name the score in `Experiment(best=)`: the "
                          "run keeps the best generator in a file.")


def state_of(callback: keras.callbacks.Callback, begun: Mapping[str, Any]) -> dict[str, Any]:
    """What a callback remembers, as JSON values: its plain attributes that are no longer as when it had `begun`."""
    if hasattr(callback, "get_state"):
        return callback.get_state()
    missing = object()
    return {name: value for name, value in plain_attributes(callback).items() if begun.get(name, missing) != value}


def plain_attributes(callback: keras.callbacks.Callback) -> dict[str, Any]:
    """The attributes of a callback that survive a JSON file, copied."""
    return {name: _plain(value) for name, value in vars(callback).items()
            if name not in KEPT_BY_KERAS and is_plain(value)}


def restore(callback: keras.callbacks.Callback, state: Mapping[str, Any]) -> None:
    """Give a callback back what `state_of` found."""
    if hasattr(callback, "set_state"):
        callback.set_state(state)
        return
    for name, value in state.items():
        setattr(callback, name, _like(value, vars(callback).get(name)))


def is_plain(value: Any) -> bool:
    """Whether a value survives a JSON file."""
    if isinstance(value, list | tuple):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and is_plain(each) for key, each in value.items())
    return value is None or isinstance(value, bool | int | float | str | np.integer | np.floating)


def _plain(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    return value.item() if isinstance(value, np.generic) else value


def _like(value: Any, present: Any) -> Any:
    """JSON knows no tuples."""
    return tuple(value) if isinstance(present, tuple) and isinstance(value, list) else value
