"""What axe-core finds on a page."""

from __future__ import annotations

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# axe-core is half a megabyte: a page that is looked at a second time has it already
_IS_THERE = "() => typeof axe !== 'undefined'"
_LOOK = "async () => (await axe.run({resultTypes: ['violations']})).violations"


def blockers(page: Page) -> list[str]:
    """What axe-core calls serious or critical."""
    if not page.evaluate(_IS_THERE):
        page.evaluate(AXE_SCRIPT)
    found = page.evaluate(_LOOK)
    return [
        f"{one['id']}: {node['target']} {node['html'][:120]} {_why(node)}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def _why(node: dict[str, list[dict[str, str]]]) -> str:
    return re.sub(r"\s+", " ", "; ".join(one["message"] for one in node["any"]))
