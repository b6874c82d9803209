"""How colours look to people who see fewer of them, and how far two colours are apart.

Sources: Machado, Oliveira and Fernandes (2009), A physiologically-based model for simulation of color vision
deficiency, severity 1.0, in linear RGB; Sharma, Wu and Dalal (2005), The CIEDE2000 color-difference formula.
"""

from collections.abc import Mapping
from typing import cast

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
LUMINANCE = (0.2126, 0.7152, 0.0722)
_SEEN: Mapping[str, tuple[tuple[float, float, float], ...]] = {
    "all colours": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
    "grey": (LUMINANCE, LUMINANCE, LUMINANCE),
}
VISIONS = tuple(_SEEN)
# From linear sRGB to XYZ (IEC 61966-2-1), and the white of D65
_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ.sum(axis=1)


def seen(colour: tuple[float, float, float], vision: str) -> Array:
    """Linear red, green and blue (0 to 1) that somebody sees in place of a colour (0 to 255)."""
    part = np.array(colour) / 255
    linear = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return cast(Array, np.clip(np.array(_SEEN[vision]) @ linear, 0, 1))


def lab(linear: Array) -> Array:
    """CIELAB of linear red, green and blue."""
    ratio = _XYZ @ linear / _WHITE
    x, y, z = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: Array, other: Array) -> float:
    """How far apart two colours in CIELAB are."""
    mean = (np.hypot(*one[1:]) + np.hypot(*other[1:])) / 2
    stretch = 1 + 0.5 * (1 - np.sqrt(mean**7 / (mean**7 + 25.0**7)))
    chroma1, hue1 = _polar(one[1] * stretch, one[2])
    chroma2, hue2 = _polar(other[1] * stretch, other[2])
    grey = chroma1 * chroma2 == 0
    turn = 0.0 if grey else (hue2 - hue1 + 180) % 360 - 180
    lightness, chroma = other[0] - one[0], chroma2 - chroma1
    hue = 2 * np.sqrt(chroma1 * chroma2) * np.sin(np.radians(turn / 2))
    level, strength = (one[0] + other[0]) / 2, (chroma1 + chroma2) / 2
    middle = hue1 + hue2 if grey else (hue1 + turn / 2) % 360
    weight = (
        1
        - 0.17 * np.cos(np.radians(middle - 30))
        + 0.24 * np.cos(np.radians(2 * middle))
        + 0.32 * np.cos(np.radians(3 * middle + 6))
        - 0.20 * np.cos(np.radians(4 * middle - 63))
    )
    of_lightness = 1 + 0.015 * (level - 50) ** 2 / np.sqrt(20 + (level - 50) ** 2)
    of_chroma, of_hue = 1 + 0.045 * strength, 1 + 0.015 * strength * weight
    twist = np.sin(np.radians(60 * np.exp(-(((middle - 275) / 25) ** 2))))
    both = -twist * 2 * np.sqrt(strength**7 / (strength**7 + 25.0**7))
    parts = lightness / of_lightness, chroma / of_chroma, hue / of_hue
    return float(np.sqrt(sum(part**2 for part in parts) + both * parts[1] * parts[2]))


def _polar(across: float, up: float) -> tuple[float, float]:
    return float(np.hypot(across, up)), float(np.degrees(np.arctan2(up, across)) % 360)
