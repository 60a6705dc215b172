"""How a page is looked at: by axe-core, and for what runs over the edge."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from pysync_build.npm import node_modules

__all__ = ["OVERFLOW", "violations"]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
SUMMARY = """
async rules => {
  // What is skipped out of sight cannot be hit, and axe would take the canvas for its background.
  const shown = new CSSStyleSheet();
  shown.replaceSync("* { content-visibility: visible !important }");
  document.adoptedStyleSheets.push(shown);
  // It learns of a change of theme only now.
  await new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)));
  // What is on its way in or out (a toast) stands there in a moment; what pulses goes on.
  const ends = (a) => Number.isFinite(a.effect?.getComputedTiming().endTime);
  document.getAnimations().filter(ends).forEach((a) => a.finish());
  const { violations } = await axe.run(document, { runOnly: rules });
  document.adoptedStyleSheets.pop();
  return violations.flatMap(({ id, nodes }) => nodes.slice(0, 3).map(
    ({ html, any, all, none }) => `${id}: ${html} (${[...any, ...all, ...none][0]?.message})`));
}
"""
OVERFLOW = """
() => {
  const inside = ".tape-wrap, .table-wrap:not(.is-long), .tabs, .segmented, .sr-only";
  const edge = document.documentElement.clientWidth + 1;
  return [...document.querySelectorAll("#app *")]
    .filter((e) => e.getBoundingClientRect().right > edge && !e.closest(inside))
    .filter((e) => getComputedStyle(e).visibility !== "hidden")
    .slice(0, 5).map((e) => e.outerHTML.slice(0, 120));
}
"""


def violations(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands. It is injected past the content policy."""
    source = (node_modules() / "axe-core" / "axe.min.js").read_text("utf-8")
    session = page.context.new_cdp_session(page)
    session.send("Runtime.evaluate", {"expression": source})
    session.detach()
    found: list[Any] = page.evaluate(SUMMARY, RULES)
    return [str(text) for text in found]
