"""Retrieval beside other systems on the same text: tables, a picture, and ranks by question.

    python -m benchmarks.peers DATA [--repositories FOLDER] [--systems ...] [--out FOLDER]

DATA and the repositories are those of ``benchmarks.retrieval``. Every peer gets the text that
docsense read: under its own name, cut into docsense's chunks, so that only the ranking differs;
with "-own", in pages (files, for code) that it cuts itself. Each runs in an environment of its own,
made on first use, and in one process after the other. Rows are kept by system in FOLDER, so a
system can be measured alone: the tables and the picture are made of all rows that are there.
``--docs docs/peers.md`` puts them into that page, between its two marks, and beside it.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from pathlib import Path

from benchmarks.peers.corpus import groups
from benchmarks.peers.measuring import Row, measure
from benchmarks.peers.plot import picture
from benchmarks.peers.report import markdown
from benchmarks.peers.systems import NAMES, open_system

_DEFAULT = tuple(name for name in NAMES if "minilm" not in name)
"""All but full-precision vectors on the CPU, which take most of an hour."""

_MARKS = ("<!-- tables -->", "<!-- end of tables -->")


def main() -> None:
    """Measure, then write ``peers.md``, ``peers.svg`` and a file of rows for each system."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.systems:
        _measure(options)
    sets = _by_set(options.out)
    table = markdown(sets)
    (options.out / "peers.md").write_text(table + "\n", encoding="utf-8")
    drawn = picture(
        sets, title="Mean reciprocal rank of the first right page or file, 95% intervals"
    )
    (options.out / "peers.svg").write_text(drawn, encoding="utf-8")
    if options.docs:
        _into_docs(options.docs, table, drawn)
    print(f"{table}\n{os.cpu_count()} cores; written to {options.out}")


def _measure(options: argparse.Namespace) -> None:
    """Write the rows of each system, one system after the other."""
    with tempfile.TemporaryDirectory() as functions:
        found = groups(options.data, repositories=options.repositories, functions=Path(functions))
        found = [g for g in found if any(part in g.set.lower() for part in options.sets)]
        for name in options.systems:
            system = open_system(name, venvs=options.venvs, model=options.model)
            try:
                rows = [row.form() for row in measure(name, system, found)]
            finally:
                system.close()
            _write(options.out / f"ranks-{name}.jsonl", rows)
            print(f"{name}: {len(rows)} questions; load {os.getloadavg()[0]:.1f}", flush=True)


def _options() -> argparse.Namespace:
    import platformdirs

    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.peers",
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("data", type=Path)
    parser.add_argument("--repositories", type=Path)
    parser.add_argument("--systems", nargs="*", default=_DEFAULT, choices=NAMES, metavar="NAME",
                        help=f"of {', '.join(NAMES)}; none makes the tables again")  # fmt: skip
    parser.add_argument("--sets", nargs="*", default=[""], metavar="PART", help="of a set's name")
    parser.add_argument("--out", type=Path, default=Path("peers"))
    parser.add_argument("--docs", type=Path, metavar="PAGE", help="a Markdown page with marks")
    parser.add_argument("--venvs", type=Path,
                        default=platformdirs.user_cache_path("docsense") / "peers")  # fmt: skip
    parser.add_argument("--model", default="all-MiniLM-L6-v2")
    options: argparse.Namespace = parser.parse_args()
    options.sets = [part.lower() for part in options.sets]
    return options


def _into_docs(page: Path, table: str, drawn: str) -> None:
    """Replace what stands between the marks of a page, and the picture it shows.

    Raises:
        SystemExit: The page does not hold both marks.
    """
    text = page.read_text(encoding="utf-8")
    before, opening, rest = text.partition(_MARKS[0])
    _, closing, after = rest.partition(_MARKS[1])
    if not opening or not closing:
        raise SystemExit(f"{page}: lacks {' or '.join(_MARKS)}")
    page.write_text(f"{before}{opening}\n\n{table}\n{closing}{after}", encoding="utf-8")
    (page.parent / "images" / "peers.svg").write_text(drawn, encoding="utf-8")


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    """Write the rows of a system in place of its earlier ones of the same sets."""
    new = {str(row["set"]) for row in rows}
    kept = [row for row in _rows(path) if row["set"] not in new] if path.is_file() else []
    path.write_text("".join(json.dumps(row) + "\n" for row in kept + rows), encoding="utf-8")


def _rows(path: Path) -> list[dict]:  # type: ignore[type-arg]  # our own JSON
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _by_set(folder: Path) -> dict[str, dict[str, list[Row]]]:
    sets: dict[str, dict[str, list[Row]]] = {}
    for name in NAMES:
        path = folder / f"ranks-{name}.jsonl"
        for form in _rows(path) if path.is_file() else ():
            row = Row(**{**form, "recall": tuple(form["recall"])})
            sets.setdefault(row.set, {}).setdefault(name, []).append(row)
    return sets


if __name__ == "__main__":
    main()
