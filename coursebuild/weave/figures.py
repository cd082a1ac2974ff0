"""Figures: the palette, the dark twin of a drawing, its size, and what a drawing may not have."""

import re
from collections.abc import Iterator

# What an author calls a colour, how matplotlib writes it, and what it is on a page, light and dark: text at least
# 4.5:1 on the ground, lines 3:1. The classes are called as matplotlib's own first colours are, so that code which was
# copied draws class 0 cool and class 1 warm too.
PALETTE = {
    "white": ("#ffffff", "#ffffff", "#161c24"),  # the ground
    "black": ("#000000", "#131a22", "#e7ecf1"),
    "gray": ("#808080", "#586572", "#98a4b1"),
    "lightgray": ("#d3d3d3", "#dbe2e8", "#2a343f"),  # the grid: no line that one has to see
    "tab:blue": ("#1f77b4", "#2f86c1", "#4798d6"),  # class 0
    "tab:orange": ("#ff7f0e", "#e5602a", "#ee7a40"),  # class 1
    "tab:purple": ("#9467bd", "#6d3a8f", "#cfa6ec"),
    "tab:green": ("#2ca02c", "#35663a", "#9ccf9c"),
    "tab:red": ("#d62728", "#a3123f", "#ff9cb6"),
}
TWINS = {drawn: twins for drawn, *twins in PALETTE.values()}
COLOURS = re.compile("|".join(TWINS))
# Matplotlib tells places to a millionth of a point: a tenth to a fifth of what is sent. In `transform` may be scales.
PLACES = re.compile(r' (?:d|x|y|width|height)="[^"]*"')
LONG = re.compile(r"-?\d+\.\d{3,}")
ANY = re.compile(r"(?:(?:fill|stroke|stop-color|color)\s*[:=]\s*\"?\s*)(#[0-9a-fA-F]{3,8})\b")
SVG = re.compile(r"<svg\b[^>]*>")
UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}


def light(figure: str) -> str:
    """A figure in the light palette."""
    return painted(figure, 0)


def dark(figure: str) -> str:
    """A figure in the dark palette."""
    return painted(figure, 1)


def painted(figure: str, scheme: int) -> str:
    """A figure in one palette, its places to a hundredth of a point; what names no colour to be filled with, as
    matplotlib does for black, inherits it.
    """
    figure = PLACES.sub(lambda places: LONG.sub(rounded, places[0]), figure)
    black = TWINS[PALETTE["black"][0]][scheme]
    return COLOURS.sub(lambda colour: TWINS[colour[0]][scheme], figure.replace("<svg ", f'<svg fill="{black}" ', 1))


def rounded(number: re.Match[str]) -> str:
    return str(round(float(number[0]), 2)).removesuffix(".0")


def foreign(figure: str) -> Iterator[str]:
    """The colours of a figure that are not in the palette."""
    for colour in dict.fromkeys(each.lower() for each in ANY.findall(figure)):
        if colour not in TWINS:
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
