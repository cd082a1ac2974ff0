"""The page of a notebook as other pages look.

What mkdocs-jupyter adds for JupyterLab's looks (styles, scripts, a second copy of the code) is 600 kB a page and
against the site's policy, so the cells alone are kept, in the form that Material styles.
"""


def tidy(page: str) -> str:
    """The cells that mkdocs-jupyter made, as Material has them on other pages."""
    from bs4 import BeautifulSoup  # slow to load, and only labs need it

    soup = BeautifulSoup(page, "html.parser")
    made = BeautifulSoup("", "html.parser")
    number = 0
    for cell in soup.select(".jp-Cell"):
        if markdown := cell.select_one(":scope > .jp-Cell-inputWrapper .jp-MarkdownOutput"):
            for link in markdown.select(".anchor-link"):
                link["class"], link["title"] = "headerlink", "Link to this heading"
            made.extend(list(markdown.children))
        elif code := cell.select_one(":scope > .jp-Cell-inputWrapper .highlight-ipynb pre"):
            code.name = "code"
            code.wrap(soup.new_tag("pre")).wrap(block := soup.new_tag("div", attrs={"class": "highlight"}))
            number += 1
            head = {"class": "cell", "id": f"cell-{number}", "data-head": f"{number:02}  Python"}
            made.append(card := soup.new_tag("div", attrs=head))
            card.append(block)
            for output in cell.select(".jp-OutputArea-output"):
                card.extend(list(output.children))
    return str(made)
