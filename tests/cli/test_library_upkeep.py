from __future__ import annotations

import json
import os

import pytest


@pytest.fixture
def library(docsense, notes, home):
    assert docsense("ingest", notes, "--library", "work").status == 0
    return home / "work"


def test_a_library_that_holds_says_so(docsense, library):
    done = docsense("library", "check", "work")

    assert done.status == 0
    assert done.out.splitlines()[-1] == "everything holds"


def test_damage_is_status_5_and_a_repair_says_what_to_ingest_again(docsense, library, notes):
    for file in (library / "chunks.lance" / "data").iterdir():
        os.truncate(file, 5)
    found = docsense("library", "check", "work", "--json")
    mended = docsense("library", "check", "work", "--repair")

    assert found.status == 5
    assert json.loads(found.out)["holds"] is False
    assert "chunks.lance/data/" in found.out
    assert found.err.splitlines()[-1].endswith("docsense library check work --repair")
    assert mended.status == 0
    assert "  ingest again: whales.md" in mended.out.splitlines()
    assert docsense("ingest", notes, "--library", "work").status == 0


def test_optimize_shows_the_tables_before_and_after(docsense, library):
    done = docsense("library", "optimize", "work")
    form = json.loads(docsense("library", "optimize", "work", "--json").out)

    assert [line.split()[0] for line in done.out.splitlines()] == ["table", "chunks", "documents"]
    assert form["before"][0]["rows"] == form["after"][0]["rows"] > 0
