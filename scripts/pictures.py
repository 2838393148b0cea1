"""Draw the pictures of the docs: real commands, their real output, as SVG.

python scripts/pictures.py    (from the repository root, with docsense installed)
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

_MANUAL = "examples/docsense-manual.pdf"
_PICTURES = {
    "ask": ("ask", "Which exit status means that a library is locked?", _MANUAL, "-k", "3"),
    "abstain": ("ask", "Who invented the transistor?", _MANUAL),
    "summarize": ("summarize", _MANUAL, "--words", "150"),
    "search": ("search", "late vectors", "docsense", "pipelines", "-k", "4"),
}


def main() -> None:
    """Write docs/images/NAME.svg for each picture."""
    folder = Path("docs/images")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as home:
        for name, args in _PICTURES.items():
            shown = " ".join(f'"{arg}"' if " " in arg else arg for arg in args)
            output = _run(args, home=home)
            console = Console(record=True, width=100, file=open(os.devnull, "w"))  # noqa: SIM115, PTH123
            console.print(Text(f"$ docsense {shown}", style="bold"))
            console.print(Text.from_ansi(output))
            drawn = console.export_svg(title="docsense", unique_id=f"docsense-{name}")
            # Rich names a font on the network; a picture of ours loads nothing.
            local = re.sub(r"\s*@font-face \{.*?\}", "", drawn, flags=re.DOTALL)
            (folder / f"{name}.svg").write_text(local, encoding="utf-8")


def _run(args: tuple[str, ...], *, home: str) -> str:
    program = Path(sys.executable).with_name("docsense")
    env = {**os.environ, "DOCSENSE_HOME": home, "FORCE_COLOR": "1", "COLUMNS": "100"}
    return subprocess.run(
        [program, *args, "--quiet"], env=env, capture_output=True, text=True, check=True
    ).stdout


if __name__ == "__main__":
    main()
