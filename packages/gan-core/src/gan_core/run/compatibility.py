"""What must agree with a run's checkpoint before the run continues: its settings, its data, its length."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from gan_core.errors import ConfigError, DataError
from gan_core.run.checkpoint import Saved
from gan_core.run.config import RunConfig, differences
from gan_core.run.folder import RunFolder

if TYPE_CHECKING:
    from gan_core.run.experiment import Experiment


def data_hashes(experiment: Experiment) -> dict[str, str | None]:
    """What identifies the data of "phase 0", "phase 1", ... and "validation"; None where a part does not say."""
    return {**{f"phase {number}": phase.data.content_hash for number, phase in enumerate(experiment.phases)},
            "validation": experiment.validation_hash}


def refuse_other_config(saved: Saved, folder: RunFolder, config: RunConfig, may_change: Sequence[str]) -> None:
    """Make sure that a run continues under the config of its checkpoint.

    Raises:
        ConfigError: a field beside those in `may_change` differs; the message lists old and new values.
    """
    changed = differences(saved.manifest["config"], config.model_dump(mode="json"))
    refused = [line for line in changed if line.split(":")[0] not in may_change]
    if refused:
        raise ConfigError(f"run {folder.path} was started with another config:\n  " + "\n  ".join(refused)
                          + "\nRestore the old value in config.yaml, let it change with --allow-change FIELD, "
                          "or start a new run with `train`.")


def refuse_fewer_steps(done: int, steps: int) -> None:
    """Make sure that a run of `done` steps is not asked to end earlier.

    Raises:
        ConfigError: `steps` is smaller.
    """
    if done > steps:
        raise ConfigError(f"`steps` must be at least the {done:,} that the run has done. "
                          f"Received: steps={steps}. Give `resume` more --steps.")


def refuse_other_phases(saved: Saved, steps: Sequence[int]) -> None:
    """Make sure that the phases up to a checkpoint's own begin where they began; that one may end later or earlier.

    Args:
        saved: the checkpoint.
        steps: of each phase now.

    Raises:
        ConfigError: the checkpoint's step would belong to another phase, or to another step of its phase.
    """
    phase, before = saved.manifest["phase"], saved.manifest.get("phases", steps)
    begins_as_before = phase < len(steps) and list(steps[:phase]) == list(before[:phase])
    if not begins_as_before or saved.step > sum(steps[:phase + 1]):
        raise ConfigError(f"a run continues with the phases that it has begun. Step {saved.step:,} was made in phase "
                          f"{phase} of {list(before)} steps. Received: phases of {list(steps)} steps. Restore those "
                          "up to it; the last one may get more.")


def refuse_other_data(saved: Saved, folder: RunFolder, config: RunConfig, hashes: Mapping[str, str | None],
                      may_change: Sequence[str]) -> str | None:
    """Make sure that a run continues on the data of its checkpoint.

    Args:
        saved: the checkpoint.
        folder: of the run.
        config: what the run continues with.
        hashes: `data_hashes` of the experiment now.
        may_change: config fields that may differ; any beside `steps` may have changed the data, knowingly.

    Returns:
        A remark where the data differ and may; None where they are equal.

    Raises:
        DataError: the data differ though no setting does.
    """
    known = saved.manifest.get("data", {})
    pairs = [(known[part], hashes[part]) for part in known.keys() & hashes.keys()]
    if not any(None not in pair and pair[0] != pair[1] for pair in pairs):
        return None
    if set(may_change) - {"steps"}:
        return "the data are others than those of the checkpoint: the run goes on with these"
    raise DataError(f"run {folder.path} was trained on other data until step {saved.step:,}: the content of "
                    f"{config.data or 'its data'} has changed. Restore it, or let `resume` go on with the data as they "
                    "are: --allow-change data.")
