"""The figures' typeface and its measures: it comes with the package, so figures are equal everywhere."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

FAMILY = "Tieout Source Sans"  # a name of our own: another version on the machine is never taken for it
MM_PER_POINT = 25.4 / 72
_FILES = {"regular": "SourceSansPro-Regular.ttf", "bold": "SourceSansPro-Semibold.ttf"}


def font_file(weight: str = "regular") -> Path:
    """Return the file of one weight, `regular` or `bold`."""
    return Path(__file__).parent / "fonts" / _FILES[weight]


@lru_cache(maxsize=1)
def register_fonts() -> None:
    """Make the typeface known to matplotlib under our own name."""
    from matplotlib import font_manager, ft2font  # noqa: PLC0415  (matplotlib only when something is drawn)

    for weight, number in (("regular", 400), ("bold", 700)):
        path = str(font_file(weight))
        entry = font_manager.ttfFontProperty(ft2font.FT2Font(path))
        font_manager.fontManager.ttflist.append(replace(entry, fname=path, name=FAMILY, weight=number))


def text_width_mm(text: str, size_pt: float, weight: str = "regular") -> float:
    """Return how wide `text` prints, in millimetres; without hinting, so that it is equal on all machines."""
    return _width_at_100(text, weight) * size_pt / 100 * MM_PER_POINT


@lru_cache(maxsize=4096)
def _width_at_100(text: str, weight: str) -> float:
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415  (as in register_fonts)
    from matplotlib.textpath import TextToPath  # noqa: PLC0415  (as in register_fonts)

    properties = FontProperties(fname=str(font_file(weight)), size=100)
    width, _, _ = TextToPath().get_text_width_height_descent(text, properties, False)
    return float(width)


def wrapped(text: str, size_pt: float, width_mm: float, weight: str = "regular") -> list[str]:
    """Break `text` at spaces into lines no wider than `width_mm`, as few as possible and about equally long.

    A word that is wider stands alone on its line.
    """
    lines = _greedy(text, size_pt, width_mm, weight)
    narrower = width_mm
    while len(lines) > 1 and narrower > 1:
        narrower -= 1
        tried = _greedy(text, size_pt, narrower, weight)
        if len(tried) > len(lines) or max(text_width_mm(line, size_pt, weight) for line in tried) > width_mm:
            break
        lines = tried
    return lines


def _greedy(text: str, size_pt: float, width_mm: float, weight: str) -> list[str]:
    lines: list[str] = []
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}" if lines else word
        if lines and text_width_mm(longer, size_pt, weight) <= width_mm:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
