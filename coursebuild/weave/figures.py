"""Figures: the palette, the dark twin of a drawing, its size, and what a drawing may not have."""

import re
from collections.abc import Iterator

# Each colour of figure.mplstyle and its counterpart on the dark ground, at least 4.5:1 there (text) or 3:1 (lines).
DARK = {
    "#fefefe": "#1e2129",
    "#24292e": "#e4e7eb",
    "#6a7178": "#9aa3ad",
    "#d4d8dc": "#3c424c",
    "#1f6fb5": "#6cb6ff",
    "#c2480c": "#ff9d5c",
    "#227a3f": "#5fce80",
    "#8a4fbf": "#c69cf4",
    "#8c6414": "#e0b34a",
    "#b8336a": "#ff8fb5",
}
COLOURS = re.compile("|".join(DARK))
ANY = re.compile(r"(?:(?:fill|stroke|stop-color|color)\s*[:=]\s*\"?\s*)(#[0-9a-fA-F]{3,8})\b")
SVG = re.compile(r"<svg\b[^>]*>")
UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def dark(figure: str) -> str:
    """A figure in the dark palette."""
    return COLOURS.sub(lambda colour: DARK[colour[0]], figure)


def foreign(figure: str) -> Iterator[str]:
    """The colours of a figure that have no counterpart in the dark palette."""
    for colour in dict.fromkeys(each.lower() for each in ANY.findall(figure)):
        if colour not in DARK:
            yield colour


def size(svg: str) -> tuple[int, int] | None:
    """The width and height of a drawing in CSS pixels (96 to the inch), by its own, else by its viewBox."""
    opening = SVG.search(svg)
    if not opening:
        return None
    box = re.search(r'\sviewBox\s*=\s*["\']\s*[-\d.]+[\s,]+[-\d.]+[\s,]+([\d.]+)[\s,]+([\d.]+)', opening[0])
    across, down = (float(each) for each in box.groups()) if box else (0, 0)
    width, height = side(opening[0], "width"), side(opening[0], "height")
    if not width and not height:
        width, height = across, down
    elif across and down:
        width, height = width or height * across / down, height or width * down / across
    return (round(width), round(height)) if width and height else None


def side(opening: str, name: str) -> float:
    """A side in CSS pixels; 0 if it is not told, or in a unit that depends on the page."""
    found = re.search(rf'\s{name}\s*=\s*["\']\s*([\d.]+)([a-z%]*)\s*["\']', opening)
    return float(found[1]) * UNITS.get(found[2], 0) if found else 0
