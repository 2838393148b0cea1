"""The tables in Markdown: how early, how much for the same tokens, how fast, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.peers.measuring import BUDGETS, CUTS, hits, lead, mean_rank, p50

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.peers.measuring import Row
    from docsense_evals.resampling import Estimate

    BySystem = Mapping[str, Sequence[Row]]

REFERENCES = ("docsense", "docsense-words")
"""What the others are compared with: the first of these that was measured on a set."""

_LEAST_P = 0.001


def markdown(sets: Mapping[str, BySystem]) -> str:
    """Return a section for each set, systems in the order given."""
    return "\n".join(line for name, systems in sets.items() for line in _section(name, systems))


def _section(name: str, systems: BySystem) -> Iterator[str]:
    n = max(len(rows) for rows in systems.values())
    reference = next((name for name in REFERENCES if name in systems), "")
    yield f"### {name} ({n} questions)\n"
    yield _row(["system", *(f"hit@{k}" for k in CUTS), "MRR", f"{reference} over it, MRR"])
    yield _row(["---"] * (len(CUTS) + 3))
    for system, rows in systems.items():
        cells = [_interval(hits(rows, k=k)) for k in CUTS]
        yield _row([system, *cells, _interval(mean_rank(rows)), _lead(system, reference, systems)])
    yield ""
    yield _row(
        ["system", *(f"recall, {n // 1000}k tokens" for n in BUDGETS),
         "index, CPU s (wall)", "question, ms p50"]
    )  # fmt: skip
    yield _row(["---"] * (len(BUDGETS) + 3))
    for system, rows in systems.items():
        recall = [_plain(sum(row.recall[i] for row in rows) / len(rows))
                  for i in range(len(BUDGETS))]  # fmt: skip
        spent = sum(row.index_seconds for row in rows), sum(row.index_wall for row in rows)
        yield _row([system, *recall, f"{spent[0]:.1f} ({spent[1]:.1f})", f"{p50(rows):.1f}"])
    yield ""


def _lead(system: str, reference: str, systems: BySystem) -> str:
    if system == reference or not reference:
        return ""
    found = lead(systems[reference], systems[system])
    p = f"p {found.p:.3f}" if found.p >= _LEAST_P else f"p < {_LEAST_P}"
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f}), {p}"


def _interval(found: Estimate) -> str:
    return f"{_plain(found.mean)} ({_plain(found.low)}-{_plain(found.high)})"


def _plain(value: float) -> str:
    text = f"{value:.3f}"
    return "1.00" if text == "1.000" else text.removeprefix("0")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
