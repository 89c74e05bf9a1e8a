"""Feature extractors behind one protocol; none downloads anything."""

from gan_core.metrics.extractors.base import Extractor
from gan_core.metrics.extractors.encoder import Encoder, train_encoder
from gan_core.metrics.extractors.model import CallableExtractor, KerasInceptionV3
from gan_core.metrics.extractors.random_convolution import RandomConvolution

__all__ = ["CallableExtractor", "Encoder", "Extractor", "KerasInceptionV3", "RandomConvolution", "train_encoder"]
