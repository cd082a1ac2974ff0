"""The picture that stands for a link to a page: its title, what it is about, and the course's mark, drawn large."""

import io
import math
import textwrap

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels, as those who show such pictures ask
FINE = 2  # drawn larger, then made smaller: smooth edges
GROUND, INK, SECOND = "#f5f7f9", "#131a22", "#43505d"
ZERO, ONE, BOTH = "#2f86c1", "#e5602a", "#8a7376"
COLOURS = 32


def preview(title: str, description: str, site: str) -> bytes:
    """A PNG whose bytes depend on the texts alone (and on the version of Pillow)."""
    image = Image.new("RGB", (WIDTH * FINE, HEIGHT * FINE), GROUND)
    draw = ImageDraw.Draw(image)
    heaps(draw)
    place = 72
    for text, size, colour, most in ((site, 28, SECOND, 1), (title, 68, INK, 2), (description, 32, SECOND, 3)):
        font = ImageFont.load_default(size * FINE)
        for line in lines(text, font, most):
            draw.text((80 * FINE, place * FINE), line, colour, font)
            place += round(size * 1.3)
        place += 22
    image = image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    file = io.BytesIO()
    image.quantize(COLOURS, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def lines(text: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, most: int) -> list[str]:
    """The text broken to the picture's width; what is over is left out, and said to be."""
    wide = (WIDTH - 160) * FINE
    count = next(count for count in range(len(text) + 1, 0, -1) if fits(text, count, font, wide))
    return textwrap.wrap(text, count, max_lines=most, placeholder=" …") or []


def fits(text: str, count: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, wide: int) -> bool:
    return all(font.getlength(line) <= wide for line in textwrap.wrap(text, count)) or count == 1


def heaps(draw: ImageDraw.ImageDraw) -> None:
    """The mark: the scores of class 0 and of class 1 as two heaps that overlap, and a line between them."""
    floor, high = (HEIGHT - 40) * FINE, 150 * FINE
    steps = [step / 200 for step in range(201)]

    def heap(centre: float) -> list[float]:
        return [math.exp(-(((step - centre) / 0.13) ** 2)) for step in steps]

    zero, one = heap(0.36), heap(0.64)
    for heights, colour in ((zero, ZERO), (one, ONE), ([min(pair) for pair in zip(zero, one, strict=True)], BOTH)):
        top = [(step * WIDTH * FINE, floor - height * high) for step, height in zip(steps, heights, strict=True)]
        draw.polygon([(0, floor), *top, (WIDTH * FINE, floor)], fill=colour)
    draw.line([(0, floor), (WIDTH * FINE, floor)], INK, 2 * FINE)
    draw.line([(WIDTH * FINE / 2, floor - high * 1.1), (WIDTH * FINE / 2, floor + 20 * FINE)], INK, 3 * FINE)
