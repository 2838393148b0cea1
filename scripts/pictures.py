"""Draw the pictures of the docs: real commands, their real output, as SVG.

python -m scripts.pictures    (from the repository root, with docsense installed)

Where a model writes, it is a scripted server on the loopback address with a reply from here; its
port, which changes, is drawn as 8000. Everything else is what the commands print.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

from tests.engines.fake_server import running

_MANUAL = "examples/docsense-manual.pdf"
_PICTURES = {
    "ask": ("ask", "Which exit status means that a library is locked?", _MANUAL, "-k", "3"),
    "abstain": ("ask", "Who invented the transistor?", _MANUAL),
    "summarize": ("summarize", _MANUAL, "--words", "150", "--coverage"),
    "search": ("search", "late vectors", "docsense", "pipelines", "-k", "4"),
    "route": (
        *("route", "Why did the library become unreadable?", "docsense", "pipelines"),
        *("--window", "131072", "--gpus", "8xH100", "--explain"),
    ),
    "serve": ("serve", "--model", "scout", "--gpus", "8xH200", "--dry-run"),
}


def _claim(text: str, quote: str) -> dict[str, object]:
    return {"quotes": [{"source": "S1", "quote": quote}], "text": text}


_QUESTION = "How long does a second process wait for the lock?"
_WAITS = "A second one waits up to 10 seconds for the lock and then gives up with exit status 5."
_FREES = "The operating system frees the lock when a process dies."
_REPLY = {
    "claims": [
        _claim("It waits for up to 10 seconds and then gives up with exit status 5.", _WAITS),
        _claim("The lock is freed when a process dies.", _FREES),
        _claim("The lock is freed after 30 seconds when a process dies.", _FREES),
        _claim("Locks are kept by a server.", "A lock server keeps all locks."),
    ],
    "missing": "",
}
_NOTE = "# Pump\n\nThe pump is serviced every 40 hours. It must not run dry.\n"
_LINES = 34
_WIDTH = 100
_WIDE = 150
"""Columns of a terminal for tables with reasons in them."""


def main() -> None:
    """Write docs/images/NAME.svg for each picture."""
    with tempfile.TemporaryDirectory() as home:
        for name, args in _PICTURES.items():
            width = _WIDE if name == "route" else _WIDTH
            output = _run(args, home=home, width=width)
            if name == "serve":
                output = _shortened(output.replace(sys.executable, "python"))
            _draw(name, args, output, width=width)
        _draw("written", *_written(home))
        _draw("verify", *_verified(home))


def _written(home: str) -> tuple[tuple[str, ...], str]:
    with running() as server:
        server.window = 131_072
        server.models = [{"id": "scripted", "owned_by": "vllm", "max_model_len": 131_072}]
        server.reply = lambda text: json.dumps(_REPLY)
        args = ("ask", _QUESTION, _MANUAL, "--base-url", f"{server.url}/v1")
        output = _run(args, home=home)
    shown = (*args[:-1], "http://127.0.0.1:8000/v1")
    return shown, re.sub(r"127\.0\.0\.1:\d+", "127.0.0.1:8000", output)


def _verified(home: str) -> tuple[tuple[str, ...], str]:
    """Ask a note, put a line above the quote, and verify the answer."""
    with tempfile.TemporaryDirectory() as folder:
        note = Path(folder) / "pump.md"
        note.write_text(_NOTE, encoding="utf-8")
        asked = ("ask", "How often is the pump serviced?", str(note), "--json")
        receipt = Path(folder) / "answer.json"
        receipt.write_text(_run(asked, home=home), encoding="utf-8")
        note.write_text(_NOTE.replace("\n\n", "\n\nRead this first.\n\n", 1), encoding="utf-8")
        output = _run(("verify", str(receipt)), home=home, status=7)
    return ("verify", "answer.json"), output


def _shortened(output: str) -> str:
    lines = output.splitlines()
    return "\n".join([*lines[:_LINES], "  ..."]) + "\n"


def _draw(name: str, args: tuple[str, ...], output: str, *, width: int = _WIDTH) -> None:
    shown = " ".join(f'"{arg}"' if " " in arg else arg for arg in args)
    console = Console(record=True, width=width, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
    console.print(Text(f"$ docsense {shown}", style="bold"))
    console.print(Text.from_ansi(output))
    drawn = console.export_svg(title="docsense", unique_id=f"docsense-{name}")
    # Rich names a font on the network; a picture of ours loads nothing.
    local = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
    folder = Path("docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.svg").write_text(local, encoding="utf-8")


def _run(args: tuple[str, ...], *, home: str, width: int = _WIDTH, status: int = 0) -> str:
    program = Path(sys.executable).with_name("docsense")
    env = {**os.environ, "DOCSENSE_HOME": home, "FORCE_COLOR": "1", "COLUMNS": str(width)}
    if "--base-url" not in args:
        env["DOCSENSE_ENGINE"] = "extractive"  # whatever listens on this machine
    done = subprocess.run(
        [program, *args, "--quiet"], env=env, capture_output=True, text=True, check=False
    )
    if done.returncode != status:
        raise SystemExit(f"docsense {args[0]} ended with {done.returncode}: {done.stderr}")
    return done.stdout


if __name__ == "__main__":
    main()
