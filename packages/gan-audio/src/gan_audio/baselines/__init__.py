"""Classical methods behind the interface of the networks: `baseline(name).enhance(wave, sample_rate)`."""

from __future__ import annotations

from gan_audio.baselines.base import Baseline, Identity
from gan_audio.baselines.conceal import Conceal
from gan_audio.baselines.declip import Declip
from gan_audio.baselines.spectral_subtraction import SpectralSubtraction
from gan_audio.baselines.wiener import Wiener
from gan_audio.errors import AudioConfigError
from gan_core.errors import did_you_mean

BASELINES = {kind.name: kind for kind in (Identity, SpectralSubtraction, Wiener, Declip, Conceal)}
__all__ = ["BASELINES", "Baseline", "Conceal", "Declip", "Identity", "SpectralSubtraction", "Wiener", "baseline"]


def baseline(name: str, **options) -> Baseline:
    """A baseline by name: "identity", "spectral_subtraction", "wiener", "declip" or "conceal".

    Raises:
        AudioConfigError: the name or an option is unknown.

    Example:
        >>> quiet = baseline("wiener").enhance(noisy, 16_000)
    """
    if name not in BASELINES:
        raise AudioConfigError(f"unknown baseline. Received: {name!r}. {did_you_mean(name, BASELINES)}")
    known = getattr(BASELINES[name], "__dataclass_fields__", {})
    wrong = sorted(set(options) - set(known))
    if wrong:
        raise AudioConfigError(f"baseline {name!r} takes the options {', '.join(known) or 'none'}. "
                               f"Received: {wrong[0]}.")
    return BASELINES[name](**options)
