"""Which image sizes and widths a network of halvings allows, and the error that names the nearest ones."""

from __future__ import annotations

from gan_core.errors import ConfigError


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
