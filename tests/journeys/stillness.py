"""What the browser itself says of a page: whether anything moved that nobody touched, and how long a key takes."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

WATCH = """
window.observed = { shifts: [], keys: [] };
const rect = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(" ");
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (entry.hadRecentInput) continue;
    const moved = entry.sources.map(({ node, previousRect, currentRect }) => {
      const name = node?.nodeType === 1 ? `${node.tagName}.${node.className}` : node?.parentElement?.outerHTML?.slice(0, 90);
      return `${name}: ${rect(previousRect)} to ${rect(currentRect)}`;
    });
    observed.shifts.push([entry.value, ...moved]);
  }
}).observe({ type: "layout-shift", buffered: true });
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) if (entry.name === "keydown") observed.keys.push(entry.duration);
}).observe({ type: "event", durationThreshold: 16, buffered: true });
"""
FILL = """(wanted) => {
  const list = document.querySelector("live-list");
  const row = list.querySelector("article.row");
  for (let n = list.querySelectorAll("article.row").length; n < wanted; n++) {
    const more = row.cloneNode(true);
    more.dataset.ticket = String(9000000 + n);
    more.querySelector("a.row-link").href = `/tickets/${9000000 + n}/`;
    list.append(more);
  }
}"""


def watch(page: Page) -> None:
    """From the next page on that is loaded here."""
    page.add_init_script(WATCH)


def shifts(page: Page) -> list[Any]:
    """What moved so far without a touch or key of somebody: how much, and which elements from where to where."""
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    found: list[Any] = page.evaluate("() => observed.shifts")
    return found


def fill(page: Page, rows: int) -> None:
    """Have so many rows in the list, by copies of those that are there."""
    page.evaluate(FILL, rows)


def presses(page: Page, keys: str) -> list[float]:
    """Milliseconds from each key to the next frame that shows what it did; those under 16 ms count as 16 (Event Timing)."""
    page.evaluate("() => { observed.keys.length = 0 }")
    for key in keys:
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done, 200)))")
    found: list[float] = page.evaluate("() => observed.keys")
    return found + [16.0] * (len(keys) - len(found))
