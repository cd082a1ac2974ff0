"""LaTeX to MathML: no script, no font, nothing that a policy would have to allow."""

import re


def mathml(latex: str, block: bool) -> str:
    """A formula as MathML in which no parser of Markdown finds a mark. Raises ValueError if it cannot be read."""
    from latex2mathml.converter import convert  # slow to load, and few pages need it

    try:
        made = convert(latex.strip(), display="block" if block else "inline")
    except Exception as error:
        raise ValueError(latex) from error
    if "\\" in made:  # a command that it does not know
        raise ValueError(latex)
    made = re.sub(r">([^<]+)<", lambda text: f">{plain(text[1])}<", made)
    if block:
        return f'<div class="formula" tabindex="0" role="group" aria-label="Formula">{made}</div>'
    return f'<span class="math">{made}</span>'  # Python-Markdown takes a line that begins with <math for a block


def plain(text: str) -> str:
    """Text of an element whose marks are written as references; those that are references already stay."""
    return re.sub(r"&#?\w+;|[^\w\s]|_", lambda mark: mark[0] if len(mark[0]) > 1 else f"&#{ord(mark[0])};", text)
