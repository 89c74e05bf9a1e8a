"""`gan-vision sample`: what is refused before TensorFlow starts."""

import pytest

from gan_core.errors import ConfigError
from gan_vision.cli.sample import sample


@pytest.mark.parametrize("name", ["x.h5", "x.xbm", "x", "x.npz"])
def test_an_unknown_format_is_refused_before_the_run_is_read(tmp_path, name):
    with pytest.raises(ConfigError, match=rf"must end in a picture format. Received: path='.*{name}'. Use .png, .*, .npy"):
        sample(tmp_path / "no run", out=tmp_path / name)
