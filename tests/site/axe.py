"""What axe finds on a page as it stands: the one place where it is run."""

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = ["color-contrast", "link-in-text-block"]  # axe's category of colour, less what is for AAA
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": TAGS},
    "resultTypes": ["violations"],  # all of these, and only one example of what is right
}
BUT_COLOURS = RULES | {"rules": {rule: {"enabled": False} for rule in COLOURS}}
ONLY_COLOURS = RULES | {"runOnly": {"type": "rule", "values": COLOURS}}
# A colour on its way from one scheme to the next is nobody's: nothing fades from here on, however late it changes.
STILL = """{
  const still = new CSSStyleSheet()
  still.replaceSync("*, ::before, ::after { transition: none !important }")
  document.adoptedStyleSheets.push(still)
}"""
FINDINGS = """async ([parts, rules]) => {
  const include = parts.filter(each => document.querySelector(each)).map(each => [each])
  const { violations } = await axe.run({ include }, rules)
  return violations.map(each => [each.id, each.nodes.map(node => node.html)])
}"""


def findings(page: Page, *parts: str, rules: dict[str, Any] = RULES) -> list[tuple[str, list[str]]]:
    """Each broken rule and the elements that break it, in the whole page or in those of the parts that it has."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
        page.evaluate(STILL)
    return page.evaluate(FINDINGS, [parts or ["html"], rules])
