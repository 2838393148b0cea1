"""Take the pictures of the view in docs: real receipts in a real browser.

python scripts/screenshots.py    (from the repository root, with playwright and chromium)
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from playwright.sync_api import sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

_MANUAL = "examples/docsense-manual.pdf"
_ARGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class Shot(NamedTuple):
    """A picture: the command whose receipt it shows, the window, and what is done first."""

    command: tuple[str, ...]
    width: int
    height: int
    scale: float
    dark: bool
    hash: str


_SHOTS = {
    "view": Shot(
        ("ask", "Which exit status means that a library is locked?", _MANUAL),
        1440, 900, 1.5, False, "#c1",
    ),
    "view-code": Shot(
        ("ask", "How are late vectors embedded?", "docsense", "pipelines"),
        1440, 900, 1.5, True, "#c2",
    ),
    "view-phone": Shot(
        ("summarize", _MANUAL, "--words", "250"), 390, 844, 2, False, "#c3",
    ),
}  # fmt: skip


def main() -> None:
    """Write docs/images/NAME.png for each shot, or for those named on the command line."""
    folder = Path("docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    wanted = sys.argv[1:] or list(_SHOTS)
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=_ARGS, chromium_sandbox=False
        )
        for name in wanted:
            shot = _SHOTS[name]
            receipt = Path(home) / f"{name}.json"
            receipt.write_text(_run(*shot.command, "--json", "--quiet", home=home), "utf-8")
            with _served(receipt, home=home) as address:
                _take(browser, address, shot, folder / f"{name}.png")
        browser.close()


def _take(browser: Browser, address: str, shot: Shot, target: Path) -> None:
    page = browser.new_page(
        viewport={"width": shot.width, "height": shot.height},
        device_scale_factor=shot.scale,
        color_scheme="dark" if shot.dark else "light",
        reduced_motion="reduce",
    )
    page.goto(f"{address}{shot.hash}", wait_until="networkidle")
    page.screenshot(path=target)
    page.close()


@contextmanager
def _served(receipt: Path, *, home: str) -> Iterator[str]:
    process = subprocess.Popen(
        [_program(), "view", receipt, "--no-open", "--quiet"],
        env=_environment(home),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


def _run(*args: str, home: str) -> str:
    return subprocess.run(
        [_program(), *args], env=_environment(home), capture_output=True, text=True, check=True
    ).stdout


def _program() -> str:
    return str(Path(sys.executable).with_name("docsense"))


def _environment(home: str) -> dict[str, str]:
    return {**os.environ, "DOCSENSE_HOME": home, "DOCSENSE_ENGINE": "extractive"}


if __name__ == "__main__":
    main()
