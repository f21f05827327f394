"""What axe-core finds on a page."""

from __future__ import annotations

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import BrowserContext, Page

BLOCKING = ("serious", "critical")
# Rules of which axe-core never says more than "moderate": what cannot block need not be worked out. A test compares
# them with axe-core's own word.
NEVER_BLOCKING = (
    "aria-allowed-role",
    "aria-deprecated-role",
    "empty-heading",
    "empty-table-header",
    "form-field-multiple-labels",
    "heading-order",
    "html-xml-lang-mismatch",
    "image-redundant-alt",
    "landmark-banner-is-top-level",
    "landmark-contentinfo-is-top-level",
    "landmark-main-is-top-level",
    "landmark-no-duplicate-banner",
    "landmark-no-duplicate-contentinfo",
    "landmark-no-duplicate-main",
    "landmark-one-main",
    "landmark-unique",
    "meta-viewport",
    "meta-viewport-large",
    "no-autoplay-audio",
    "page-has-heading-one",
    "presentation-role-conflict",
    "region",
    "scope-attr-valid",
    "server-side-image-map",
    "skip-link",
    "table-duplicate-name",
)
# Half of axe-core's time goes into reading the same few colours for every element again. Nothing but r, g, b and
# alpha comes of that.
_COLOURS_READ_ONCE = """
    const colour = axe.commons.color.Color, read = colour.prototype.parseString, known = new Map()
    colour.prototype.parseString = function (words) {
        if (!known.has(words)) known.set(words, read.call(new colour(), words))
        const {r, g, b, alpha} = known.get(words)
        return Object.assign(this, {r, g, b, alpha})
    }
"""
# More than half a megabyte: a window that looks at many pages is handed it once, as a function that costs a page
# nothing until it is called
_AT_HAND = f"globalThis.bringAxe = () => {{{AXE_SCRIPT};{_COLOURS_READ_ONCE}}}"
_LOOK = """async ([skipped, impacts]) => {
    if (typeof axe === "undefined") {
        if (typeof bringAxe === "undefined") return null
        bringAxe()
    }
    const rules = Object.fromEntries(skipped.map(rule => [rule, {enabled: false}]))
    const {violations} = await axe.run({resultTypes: ["violations"], rules})
    return violations.filter(one => impacts.includes(one.impact))
}"""


def keep_at_hand(context: BrowserContext) -> None:
    """Let every page that this window opens from now on have axe-core at hand."""
    context.add_init_script(_AT_HAND)


def blockers(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    found = page.evaluate(_LOOK, [NEVER_BLOCKING, BLOCKING])
    if found is None:
        page.evaluate(_AT_HAND)
        found = page.evaluate(_LOOK, [NEVER_BLOCKING, BLOCKING])
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {_why(node)}"
        for one in found
        for node in one["nodes"]
    ]


def impacts(page: Page) -> dict[str, str]:
    """How grave axe-core calls a violation of each of its rules; it overrules what a single check says."""
    page.evaluate(AXE_SCRIPT)
    said: dict[str, str] = page.evaluate(
        "() => Object.fromEntries(axe._audit.rules.map(rule => [rule.id, rule.impact]))"
    )
    return said


def _why(node: dict[str, list[dict[str, str]]]) -> str:
    return re.sub(r"\s+", " ", "; ".join(one["message"] for one in node["any"]))
