"""Whether the texts of a page can be read, in the browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.kit import until

if TYPE_CHECKING:
    from tests.conftest import Visit

#: Returns the texts, in shadow roots too, that stand out by less than WCAG 2.1 asks of them (4.5).
#: Colours that let others through are laid over them. What is not in use may be faint, and so may
#: signs that are no words.
_UNREADABLE = """() => {
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const rgba = (css) => {
    pen.clearRect(0, 0, 1, 1);
    pen.fillStyle = css;
    pen.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((one, i) => one * a + below[i] * (1 - a));
  const luminance = (rgb) => rgb.map((one) => one / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (...pair) => {
    const [high, low] = pair.map(luminance).sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const parent = (el) => el.assignedSlot ?? el.parentElement ?? el.getRootNode().host;
  const below = (node) => [...node.querySelectorAll("*")]
    .flatMap((el) => [el, ...(el.shadowRoot ? below(el.shadowRoot) : [])]);
  const own = (el) => [...el.childNodes].filter((node) => node.nodeType === 3)
    .map((node) => node.data.trim()).join(" ").trim();
  const shown = (el) => {
    const { width, height } = el.getBoundingClientRect();
    return width > 1 && height > 1 && !el.matches(":disabled, style, script, noscript, option")
      && el.checkVisibility({ opacityProperty: true, visibilityProperty: true })
      && !getComputedStyle(el).textIndent.startsWith("-");
  };
  const ratio = (el) => {
    let back = [255, 255, 255], opacity = 1;
    const chain = [];
    for (let at = el; at; at = parent(at)) chain.unshift(at);
    for (const style of chain.map((at) => getComputedStyle(at))) {
      back = over(rgba(style.backgroundColor), back);
      opacity *= Number(style.opacity);
    }
    const style = getComputedStyle(el);
    const [r, g, b, a] = rgba(el instanceof SVGElement ? style.fill : style.color);
    return contrast(over([r, g, b, a * opacity], back), back);
  };
  return below(document.body).filter((el) => /[\\p{L}\\d]/u.test(own(el)) && shown(el))
    .map((el) => [own(el).slice(0, 40), el.getRootNode().host?.className ?? "", ratio(el)])
    .filter(([, , found]) => found < 4.5)
    .map(([text, host, found]) => `${found.toFixed(1)}: ${text} (${host})`);
}"""


def wait_readable(visit: Visit) -> None:
    """Wait until every text of a page can be read; fail with those that cannot."""
    found: list[str] = ["nothing was looked at"]

    def readable() -> bool:
        found[:] = visit.js(_UNREADABLE)
        return not found

    try:
        until(readable, "every text can be read", 20)
    except AssertionError as error:
        raise AssertionError("\n".join(found)) from error
