"""Somebody who walks a page without a mouse: by Tab, Enter, Space and arrows alone."""

from __future__ import annotations

MOST_STOPS = 250

STOP = """async () => {
  const one = document.activeElement;
  const style = getComputedStyle(one);
  const isSeen = () => {
    const box = one.getBoundingClientRect();
    const isHigh = box.bottom > 0 && box.top < innerHeight;
    return box.width > 0 && isHigh && box.right > 0 && box.left < innerWidth;
  };
  // The page scrolls to it within some frames.
  for (let n = 0; n < 60 && !isSeen(); n++) await new Promise(requestAnimationFrame);
  window.__stops ??= new Map();
  const before = window.__stops.get(one) ?? 0;
  window.__stops.set(one, before + 1);
  const says = one.getAttribute("aria-label") || one.textContent || one.name || one.id || "";
  return {
    tag: one.tagName.toLowerCase(),
    says: says.trim().replace(/\\s+/g, " "),
    name: one.getAttribute("name") ?? "",
    href: one.getAttribute("href") ?? "",
    id: one.id,
    outline: style.outlineStyle === "none" ? 0 : parseFloat(style.outlineWidth),
    seen: isSeen(),
    before,
    html: one.outerHTML.slice(0, 120),
  };
}"""
"""What has the focus, whether that is seen, and how often it had it before."""


class Walker:
    """Somebody without a mouse."""

    def __init__(self, page):
        self.page = page

    def step(self, key="Tab"):
        """Press a key and return what has the focus; it has to be seen."""
        self.page.keyboard.press(key)
        stop = self.page.evaluate(STOP)
        if stop["tag"] != "body":
            assert stop["outline"] >= 2, f"the focus is not seen on {stop['html']}"
            assert stop["seen"], f"out of the picture: {stop['html']}"
        return stop

    def to(self, *, key="Tab", most=MOST_STOPS, **wanted):
        """Step until something has all that is wanted (`says` may be a part); count the steps."""
        passed = []
        for n in range(1, most + 1):
            stop = self.step(key)
            if stop["tag"] != "body" and all(
                value in stop[name] if name == "says" else stop[name] == value
                for name, value in wanted.items()
            ):
                return n
            passed.append(stop["says"][:30] or stop["tag"])
        raise AssertionError(f"{wanted} is not reached by {key} from {passed[:60]}")

    def press(self, key="Enter", *, leads=True):
        """Press a key on what has the focus; wait where it leads to another page."""
        if not leads:
            self.page.keyboard.press(key)
            return
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.page.wait_for_load_state("networkidle")

    def choose(self, value):
        """Press the down arrow on a select until it has this value."""
        select = self.page.locator(":focus")
        for _ in range(40):
            if select.input_value() == value:
                return
            self.page.keyboard.press("ArrowDown")
        raise AssertionError(f"{value} cannot be chosen by arrows")
