"""Terms of the generator's loss beside the adversarial one."""

from gan_core.auxiliary.feature_matching import FeatureMatching
from gan_core.auxiliary.perceptual import PerceptualLoss
from gan_core.auxiliary.reconstruction import Reconstruction

__all__ = ["FeatureMatching", "PerceptualLoss", "Reconstruction"]
