from __future__ import annotations

import json

import pytest

from docsense_evals import Setting

ANIMALS = (("whale", "krill", 150), ("heron", "fish", 2), ("ibex", "grass", 90))


@pytest.fixture
def animals(tmp_path):
    """Return a folder with a text per animal, each with one number."""
    folder = tmp_path / "animals"
    folder.mkdir()
    for name, food, weight in ANIMALS:
        (folder / f"{name}.md").write_text(
            f"# The {name}\n\nThe {name} eats {food} all day long and sleeps at night.\n\n"
            f"A grown {name} weighs up to {weight} kilograms in a good year.\n",
            encoding="utf-8",
        )
    return folder


@pytest.fixture
def suite(tmp_path, animals):
    """Return a suite that asks and searches the animals."""
    rows = [
        {"id": f"{name}-{i}", "question": question, "answer": answer, "sources": ["animals"],
         "files": [f"{name}.md"], "answerable": True, "slices": {"animal": name}}
        for name, food, weight in ANIMALS
        for i, (question, answer) in enumerate(
            ((f"What does the {name} eat?", food), (f"How much does a {name} weigh?", str(weight)))
        )
    ]  # fmt: skip
    rows.append({"id": "none", "question": "Which treaty did the senator of Ohio sign in 1823?",
                 "sources": ["animals"], "answerable": False})  # fmt: skip
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    (tmp_path / "cases.jsonl").write_text(lines, encoding="utf-8")
    path = tmp_path / "animals.yaml"
    path.write_text(
        "name: animals\nembedder: none\ntasks:\n"
        "  - {name: find, kind: search, cases: cases.jsonl, headline: file_mrr}\n"
        "  - {name: ask, kind: ask, cases: cases.jsonl}\n",
        encoding="utf-8",
    )
    return path


@pytest.fixture
def setting(tmp_path):
    return Setting(home=tmp_path / "evals")
