"""What must be learned before the first step is learned once, and not again when a run is resumed."""

import numpy as np

from gan_core.data.loader import ArraySource, Loader
from gan_core.run.config import RunConfig
from gan_core.run.experiment import Experiment, Phase, resume_experiment, run_experiment
from gan_core.run.folder import RunFolder
from gan_core.testing.recipe import stopping

CONFIG = RunConfig(batch_size=16, log_every=2, sample_every=2, checkpoint_every=2)


def test_it_is_called_once_before_the_first_sheet_and_not_when_resuming(make_gan, tmp_path):
    called = []

    def experiment():
        gan = make_gan()
        points = np.random.default_rng(0).normal(size=(64, 2)).astype("float32")
        return Experiment(gan, [Phase(Loader(ArraySource({"real": points}), 16, seed=5), 4)],
                          before=lambda gan: called.append(("before", int(gan.discriminator_steps))),
                          previews=[lambda gan, step, folder, record: called.append(("sheet", step))])

    folder = RunFolder.create(tmp_path / "run", "toy")
    run_experiment(stopping(experiment(), 2), folder, CONFIG)
    assert called == [("before", 0), ("sheet", 0), ("sheet", 2)]
    called.clear()
    resume_experiment(experiment(), folder, CONFIG)
    assert called == [("sheet", 4)]
