from __future__ import annotations

import json

import pytest


@pytest.fixture
def suite(tmp_path, notes):
    rows = [
        {"id": "krill", "question": "What do blue whales eat?", "answer": "krill"},
        {"id": "weight", "question": "How much does a blue whale weigh?", "answer": "150 tonnes"},
        {"id": "1966", "question": "How many animals were left by 1966?", "answer": "1,500"},
    ]
    lines = "".join(json.dumps({**row, "answerable": True}) + "\n" for row in rows)
    (tmp_path / "cases.jsonl").write_text(lines, encoding="utf-8")
    path = tmp_path / "whales.yaml"
    path.write_text(
        "name: whales\ntasks:\n"
        "  - {name: ask, kind: ask, cases: cases.jsonl, sources: notes, headline: answer_match}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def done(docsense, suite):
    result = docsense("eval", "run", suite, "--engine", "extractive", "--quiet")
    assert result.status == 0, result.err
    return result
