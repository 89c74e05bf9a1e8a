"""Which image sizes and widths a network of halvings allows, and the error that names the nearest ones."""

from __future__ import annotations

from collections.abc import Sequence

from gan_core.errors import ConfigError
from gan_core.images.resize import image_size

Size = int | tuple[int, int]  # pixels: of both sides, or (height, width)


def require_positive(**options: int) -> None:
    """Check that every option is an int of at least 1.

    Raises:
        ConfigError: one is not; the message names it.
    """
    for name, value in options.items():
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise ConfigError(f"`{name}` must be a positive whole number. Received: {name}={value!r}.")


def count_doublings(size: int, start: int, *, least: int = 1) -> int:
    """How often `start` must be doubled to give `size`: log2(size / start).

    Args:
        size: int, height and width of the image in pixels.
        start: int, height and width of the smallest feature map in pixels.
        least: int, the fewest doublings that the network can have.

    Raises:
        ConfigError: `size` is not `start` · 2^n with n >= `least`; the message names the nearest valid sizes.

    Example:
        >>> count_doublings(32, start=2)
        4
    """
    require_positive(size=size)
    smaller, count = start * 2**least, least
    while smaller * 2 <= size:
        smaller, count = smaller * 2, count + 1
    if smaller != size:
        nearest = f"{smaller} or {smaller * 2}" if smaller < size else f"{smaller}"
        raise ConfigError(f"`size` must be a power of two times {start}, at least {start * 2**least}. "
                          f"Received: size={size}. Use {nearest}.")
    return count


def halving_widths(width: int, levels: int) -> list[int]:
    """Channels of the feature maps from the smallest to the largest: width, width / 2, ..., width / 2^(levels - 1).

    Raises:
        ConfigError: `width` cannot be halved so often; the message names the nearest widths that can.
    """
    require_positive(width=width)
    divisor = 2 ** (levels - 1)
    if width % divisor:
        below = width // divisor * divisor
        nearest = f"{below} or {below + divisor}" if below else f"{divisor}"
        raise ConfigError(f"`width` must be a multiple of {divisor}, because it is halved {levels - 1} times at this "
                          f"size. Received: width={width}. Use {nearest}.")
    return [width >> level for level in range(levels)]


def any_or_at_least(size: Size | None, least: int, need: str) -> tuple[int | None, int | None]:
    """(height, width) of a network for one size, (None, None) of one for any.

    Args:
        size: pixels, or None.
        least: int, pixels of the shorter side that the network needs.
        need: str, what needs them, for the message: "3 halvings".

    Raises:
        ConfigError: a smaller size.
    """
    if size is None:
        return None, None
    sides = image_size(size)
    if min(sides) < least:
        raise ConfigError(f"`size` must be at least {least} pixels for {need}. Received: size={_written(sides)}. Lower "
                          "`halvings`.")
    return sides


def count_levels(sides: tuple[int, int], levels: int | None, *, least: int, smallest: int = 1) -> int:
    """How often a picture is halved: as asked, or until its shorter side is `smallest`.

    Args:
        sides: (height, width) in pixels.
        levels: int, as asked; None where the size decides, which needs a shorter side of smallest · 2^n, n > `least`.
        least: int, the fewest.
        smallest: int, the shorter side of the smallest map in pixels.

    Raises:
        ConfigError: a side is not divisible by 2^levels; the message names the nearest that are.

    Example:
        >>> count_levels((256, 512), None, least=4)
        8
    """
    if levels is None:
        shorter = min(sides)
        levels = (shorter // smallest).bit_length() - 1
        if shorter != smallest << levels or levels <= least:
            raise ConfigError(
                f"`size` must be a power of two of at least {smallest << (least + 1)} on its shorter side, unless "
                f"`levels` says how often it is halved. Received: size={_written(sides)}. Use e.g. levels={least} with "
                f"sides that are multiples of {2**least}.")
    elif isinstance(levels, bool) or not isinstance(levels, int) or levels < least:
        raise ConfigError(f"`levels` must be a whole number of at least {least}. Received: levels={levels!r}.")
    require_divisible(sides, levels, option="levels")
    return levels


def require_divisible(sides: tuple[int, int], halvings: int, *, option: str = "halvings", times: int = 1) -> None:
    """Check that both sides can be halved so often, and that `times` pixels are left.

    Raises:
        ConfigError: one cannot; the message names the nearest that can, and the option that says how often.
    """
    step = 2**halvings
    for side in sides:
        if side % step or side < times * step:
            below = side // step * step
            nearest = f"{below} or {below + step}" if below >= times * step else f"{times * step}"
            least = f", at least {times * step}" if times > 1 else ""
            raise ConfigError(f"each side of `size` must be a multiple of {step} = 2^{option}{least}. Received: "
                              f"size={_written(sides)}, {option}={halvings}. Use {nearest} instead of {side}.")


def _written(sides: tuple[int, int]) -> str:
    height, width = sides
    return f"{height}" if height == width else f"{height}x{width}"


def stage_widths(size: int, start: int, width: int | Sequence[int]) -> list[int]:
    """The channels of each stage of a network that doubles `start` pixels until they are `size`.

    Args:
        size: int, height and width of the image in pixels.
        start: int, height and width of the smallest feature map in pixels.
        width: int, channels of every stage; or one for each stage, smallest map first.

    Raises:
        ConfigError: a size that is not allowed, another number of widths, or one below 1.

    Example:
        >>> stage_widths(16, 4, 32)
        [32, 32, 32]
    """
    stages = count_doublings(size, start) + 1
    widths = [width] * stages if isinstance(width, int) else list(width)
    if len(widths) == 1:
        widths *= stages
    if len(widths) != stages:
        raise ConfigError(f"`width` must be one number, or one for each of the {stages} stages of {size} pixels, "
                          f"smallest map first. Received: {len(widths)} widths.")
    for each in widths:
        require_positive(width=each)
    return widths
