"""Build docsense-manual.pdf from the Markdown chapters in ``manual/``.

Run ``python -m examples.make_manual [FILE]`` from the root of the repository; it needs the extra
``dev`` (reportlab). The same chapters and the same reportlab give the same bytes.
"""

from __future__ import annotations

import sys
from pathlib import Path

from examples.manual.book import read_book
from examples.manual.pages import build

HERE = Path(__file__).parent


def main() -> None:
    """Write the manual to the file named on the command line, or beside this script."""
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "docsense-manual.pdf"
    pages = build(read_book(HERE / "manual"), target)
    print(f"{target}: {pages} pages, {target.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
