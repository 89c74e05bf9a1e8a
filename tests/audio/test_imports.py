import subprocess
import sys

import gan_audio

LIGHT = ["", ".errors", ".baselines", ".cli.app", ".data", ".data.cache", ".data.folder", ".data.folder_mixing",
         ".data.sources", ".data.synthetic", ".data.voicebank", ".enhancement.enhancement_run", ".enhancement.enhancer",
         ".enhancement.files", ".metrics", ".metrics.comparison", ".metrics.evaluation", ".models", ".models.sizes",
         ".models.saved", ".recipes", ".sound.damage", ".sound.pictures", ".training.control", ".training.previews",
         ".training.validation"]


def test_nothing_but_the_networks_loads_tensorflow():
    code = "import sys, importlib\n" + "\n".join(f"importlib.import_module('gan_audio{name}')" for name in LIGHT)
    code += "\nprint(sorted({'tensorflow', 'keras', 'scipy', 'librosa', 'matplotlib', 'numba'} & set(sys.modules)))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "[]"


def test_every_public_name_resolves():
    code = "import gan_audio, gan_audio.data\n" \
           "for package in (gan_audio, gan_audio.data):\n" \
           "    [getattr(package, name) for name in package.__all__ * 2 if name[:5] not in ('build', 'set_r')]\n" \
           "print(callable(gan_audio.mix_folder), callable(gan_audio.evaluate))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert found.strip() == "True True"


def test_an_unknown_name_is_an_attribute_error():
    assert not hasattr(gan_audio, "nothing")
