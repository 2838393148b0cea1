"""SECURITY.md and the tests speak of each other: no row without its test, no test without a row."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "SECURITY.md").read_text("utf-8")


def test_every_named_test_is_there():
    named = set(re.findall(r"`(tests/[\w/]+\.py)`", TEXT))

    assert len(named) > 20
    assert [name for name in sorted(named) if not (ROOT / name).is_file()] == []


def test_every_row_of_the_model_names_a_test():
    rows = [line for line in TEXT.splitlines() if line.startswith("| ") and line.count("|") == 6]
    rows = [row for row in rows if not row.startswith("| asset")]

    assert len(rows) > 20
    assert [row for row in rows if "`tests/" not in row.split("|")[4]] == []


def test_every_module_here_is_in_the_model():
    modules = {path.name for path in Path(__file__).parent.glob("test_*.py")}

    assert {name for name in modules if f"tests/security/{name}" not in TEXT} == {
        Path(__file__).name
    }
