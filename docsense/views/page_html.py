"""The whole page. It works without its script: then all sources stand one below the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docsense.types import Answer
from docsense.views.claims_html import answer_html
from docsense.views.details_html import details_html, status_html
from docsense.views.plain import clipped, one_line, text
from docsense.views.sources_html import sources_html

if TYPE_CHECKING:
    from docsense.views.sources_html import Pictures
    from docsense.views.view import View

_KEYS = (
    ("j", "next citation"),
    ("k", "previous citation"),
    ("1-9", "citation by number"),
    ("/", "search in the answer"),
    ("d", "light or dark"),
    ("c", "copy the citation"),
    ("Esc", "close"),
    ("?", "this help"),
)


def page_html(view: View, pictures: Pictures, *, head: str, tail: str = "") -> str:
    """Return the page; the same view gives the same bytes.

    Args:
        head: HTML for the head: styles, and what has to run before the page is drawn.
        tail: HTML for the end of the body: scripts.
    """
    receipt = view.receipt
    title = receipt.question if isinstance(receipt, Answer) else receipt.title
    language = receipt.language if receipt.language.isascii() else ""
    body = _source_pane(view, pictures) if view.shown else ""
    kind = "split" if view.shown else "split alone"
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>{text(clipped(one_line(title), 120))} – docsense</title>
{head}
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
{_top(view)}
<main class="{kind}">
<div class="left">
<article id="answer" tabindex="-1" lang="{text(language or "und")}">
{answer_html(view)}
</article>
<section class="details" aria-label="How this came about">
{details_html(view)}
</section>
</div>
{body}
</main>
{_help()}
{tail}
</body>
</html>
"""


def _top(view: View) -> str:
    return f"""<header class="top">
<span class="brand">docsense</span>
<nav aria-label="State">{status_html(view)}</nav>
<form class="search" role="search"><input id="search" type="search" \
placeholder="Search the answer" aria-label="Search the answer" autocomplete="off" \
spellcheck="false"><output for="search" aria-live="polite"></output></form>
<button type="button" id="theme" aria-label="Light or dark">◐</button>
<button type="button" id="help-open" aria-label="Keyboard help">?</button>
</header>"""


def _source_pane(view: View, pictures: Pictures) -> str:
    return f"""<aside id="source" aria-label="Source">
<div class="tools">
<button type="button" id="previous" aria-label="Previous citation">←</button>
<button type="button" id="next" aria-label="Next citation">→</button>
<span class="where" aria-live="polite"></span>
<button type="button" id="copy">Copy citation</button>
<button type="button" id="close" aria-label="Close the source">✕</button>
</div>
<div class="pane">
{sources_html(view, pictures)}
</div>
</aside>"""


def _help() -> str:
    rows = "".join(f"<dt><kbd>{text(key)}</kbd></dt><dd>{text(what)}</dd>" for key, what in _KEYS)
    return (
        '<dialog id="help" aria-labelledby="help-title"><h2 id="help-title">Keyboard</h2>'
        f'<dl>{rows}</dl><form method="dialog"><button>Close</button></form></dialog>'
    )
