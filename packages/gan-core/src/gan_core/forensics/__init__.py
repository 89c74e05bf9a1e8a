"""Forensics: simple pixel statistics that tell generated images from real ones.

After Valle, Cai and Doshi, "TequilaGAN: How to easily identify GAN samples" (2018, https://arxiv.org/abs/1807.04919),
and Rafael Valle, "Hands-On Generative Adversarial Networks with Keras" (Packt 2019), chapter 11. Everything here is
NumPy; TensorFlow and matplotlib are imported inside the functions that need them.
"""

# Imported eagerly, unlike elsewhere: most functions bear the name of their module, and a module imported later
# would otherwise take the function's place as the package's attribute.
from gan_core.forensics.baselines import bernoulli_like, fgsm
from gan_core.forensics.centroid import centroid
from gan_core.forensics.divergence import jsd
from gan_core.forensics.ecdf import ecdf
from gan_core.forensics.forensics_report import write_report
from gan_core.forensics.histogram import PixelHistogram, pixel_histogram
from gan_core.forensics.image_bootstrap import ImageBootstrap, bootstrap_ks
from gan_core.forensics.kolmogorov_smirnov import KolmogorovSmirnov, critical_constant, critical_value, ks_2samp
from gan_core.forensics.pixel_comparison import Comparison, compare_pixels
from gan_core.forensics.quantise import quantise
from gan_core.forensics.slope import slope
from gan_core.forensics.summaries import image_summaries, moments

__all__ = [
    "Comparison", "ImageBootstrap", "KolmogorovSmirnov", "PixelHistogram", "bernoulli_like", "bootstrap_ks", "centroid",
    "compare_pixels", "critical_constant", "critical_value", "ecdf", "fgsm", "image_summaries", "jsd",
    "ks_2samp", "moments", "pixel_histogram", "quantise", "slope", "write_report",
]
