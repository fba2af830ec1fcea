"""Whether white words on a company's colour can be read (WCAG 2.2, 1.4.3)."""

import re

_HEX = re.compile(r"#[0-9a-fA-F]{6}")
#: The least contrast between words and what is behind them, level AA.
NEEDED = 4.5


def luminance(colour: str) -> float:
    """Relative luminance of "#rrggbb", from 0 for black to 1 for white."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def carries_white(colour: str) -> bool:
    """Whether white words on this colour, or words of this colour on white, are readable."""
    return bool(_HEX.fullmatch(colour)) and 1.05 / (luminance(colour) + 0.05) >= NEEDED
