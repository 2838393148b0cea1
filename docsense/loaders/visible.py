"""What of an HTML element a reader sees."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_UNSEEN = frozenset(
    {"audio", "button", "canvas", "datalist", "embed", "head", "iframe", "input", "map", "math",
     "nav", "noscript", "object", "script", "select", "style", "svg", "template", "textarea",
     "video"}
)  # fmt: skip
_UNSEEN_STYLE = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0(?![.\d]*[1-9])|"
    r"opacity\s*:\s*0(?![.\d]*[1-9])",
    re.IGNORECASE,
)


def is_hidden(element: HtmlElement) -> bool:
    """Tell whether an element is no text (a script), navigation, or hidden by its attributes."""
    if not isinstance(element.tag, str) or element.tag in _UNSEEN:
        return True
    if not element.attrib:
        return False
    if "hidden" in element.attrib or element.get("aria-hidden") == "true":
        return True
    if element.get("role") == "navigation":
        return True
    style = element.get("style")
    return style is not None and _UNSEEN_STYLE.search(style) is not None


def visible_text(element: HtmlElement) -> str:
    """Return the text of an element without what is hidden in it; ``br`` is a line break."""
    parts: list[str] = [element.text or ""]
    pending = [(child, True) for child in reversed(element)]
    while pending:
        child, entering = pending.pop()
        if not entering or is_hidden(child):
            parts.append(child.tail or "")
            continue
        if child.tag == "br":
            parts.append("\n")
        elif child.tag in ("p", "div", "li", "td", "th"):
            parts.append(" ")
        parts.append(child.text or "")
        pending.append((child, False))
        pending.extend((inner, True) for inner in reversed(child))
    return "".join(parts)
