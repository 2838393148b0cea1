"""The page's own files: kept by hand, served from the package, never from anywhere else."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

STYLE = "view.css"
EARLY = "theme.js"
"""Runs before anything is drawn, so that a dark page does not flash white."""

SCRIPTS = ("sources.js", "keys.js", "search.js")
TYPES = {
    "view.css": "text/css; charset=utf-8",
    "theme.js": "text/javascript; charset=utf-8",
    "sources.js": "text/javascript; charset=utf-8",
    "keys.js": "text/javascript; charset=utf-8",
    "search.js": "text/javascript; charset=utf-8",
    "icon.svg": "image/svg+xml",
}
"""Every asset there is, by name: a request for anything else finds nothing."""


@cache
def asset(name: str) -> str:
    """Return the text of an asset."""
    return (files("docsense_cli.web") / "static" / name).read_text("utf-8")


def linked() -> tuple[str, str]:
    """Return head and tail of a page that loads the assets from the server."""
    head = (
        f'<link rel="icon" href="static/icon.svg" type="image/svg+xml">\n'
        f'<link rel="stylesheet" href="static/{STYLE}">\n<script src="static/{EARLY}"></script>'
    )
    tail = "\n".join(f'<script type="module" src="static/{name}"></script>' for name in SCRIPTS)
    return head, tail


def inlined() -> tuple[str, str]:
    """Return head and tail of a page that holds the assets; nothing else in it may run."""
    early, style = asset(EARLY), asset(STYLE)
    scripts = [asset(name) for name in SCRIPTS]
    allowed = " ".join(_hash(script) for script in (early, *scripts))
    policy = (
        f"default-src 'none'; script-src {allowed}; style-src {_hash(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    head = (
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<link rel="icon" href="data:,">\n<style>{style}</style>\n<script>{early}</script>'
    )
    tail = "\n".join(f'<script type="module">{script}</script>' for script in scripts)
    return head, tail


def _hash(source: str) -> str:
    import base64
    import hashlib

    return f"'sha256-{base64.b64encode(hashlib.sha256(source.encode()).digest()).decode()}'"
