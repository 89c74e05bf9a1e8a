"""The figures of a comparison as sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_core.forensics.pixel_comparison import View


def findings(raw: View, quantised: View | None, names: tuple[str, str]) -> list[str]:
    """What a person should know about a comparison, most telling first.

    Args:
        raw: figures of the pixels as given.
        quantised: figures after rounding, or None.
        names: what reference and sample are called.
    """
    reference, sample = names
    real, fake = raw.moments
    found = [_distance(raw, "as stored", reference)]
    if quantised is not None:
        found.append(_distance(quantised, "after rounding to grey levels", reference))
    for value, key in (("0 (black)", "exact_zero"), ("1 (white)", "exact_one")):
        if abs(real[key] - fake[key]) > 0.01:
            found.append(f"{real[key]:.1%} of the {reference} pixels are exactly {value}, but {fake[key]:.1%} of the "
                         f"{sample} ones" + ("." if real[key] < fake[key] else
                         ": a network's output approaches the end of the range smoothly and hardly ever reaches it."))
    outside = fake["below_zero"] + fake["above_one"]
    if outside:
        found.append(f"{outside:.1%} of the {sample} pixels lie outside [0, 1] ({fake['minimum']:.3g} to "
                     f"{fake['maximum']:.3g}): no picture file can hold them, and a histogram over [0, 1] does not "
                     "show them.")
    if real["eight_bit"] and fake["eight_bit"]:
        found.append(f"Both sets were stored with 8 bits, so rounding has already happened. To see what the generator "
                     f"really puts out, save the {sample} images as floats (.npy).")
    elif quantised is not None and raw.ks.statistic - quantised.ks.statistic > 0.5 * raw.ks.statistic:
        found.append(f"Most of the raw distance ({raw.ks.statistic:.3f}) is a matter of storage: rounding reduces it "
                     f"to {quantised.ks.statistic:.3f}. The rest is a difference of the pictures.")
    view = raw if quantised is None else quantised
    unlike = sorted(((spread.ks.statistic, name) for name, spread in view.images.items()
                     if spread.ks is not None and spread.ks.rejected), reverse=True)
    if unlike:
        found.append("Per image, these differ beyond chance: "
                     + ", ".join(f"{name.replace('_', ' ')} (D = {distance:.2f})" for distance, name in unlike) + ".")
    else:
        found.append("No per-image summary differs beyond chance.")
    return found


def _distance(view: View, how: str, reference: str) -> str:
    boot = view.bootstrap
    verdict = (f"within what two halves of the {reference} images show" if boot.statistic <= boot.floor_high else
               f"{boot.statistic / boot.floor:,.0f} times the distance between random halves of the {reference} ones"
               if boot.floor > 0 else f"although random halves of the {reference} images do not differ at all")
    return (f"Pixels {how}: distance D = {boot.statistic:.4f} ({boot.level:.0%} interval over images "
            f"{boot.low:.4f} to {boot.high:.4f}), {verdict}.")
