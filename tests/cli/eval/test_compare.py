from __future__ import annotations

import json


def test_a_run_is_no_regression_of_itself(docsense, done):
    result = docsense("eval", "compare", "last", "last")

    assert result.status == 0
    assert "answer_match" in result.out


def test_a_worse_run_ends_with_the_documented_status(docsense, done, home):
    (folder,) = (home / "_evals" / "runs").iterdir()
    worse = folder.with_name("worse")
    worse.mkdir()
    lines = [json.loads(line) for line in (folder / "log.jsonl").read_text().splitlines()]
    sample = next(line for line in lines if line["type"] == "sample")
    for path, score in ((folder, 1.0), (worse, 0.0)):
        many = [{**sample, "id": f"c{i}", "scores": {"answer_match": score}} for i in range(12)]
        head = [line for line in lines if line["type"] in ("run", "task")]
        text = "".join(json.dumps(line) + "\n" for line in [*head, *many, {"type": "end"}])
        (path / "log.jsonl").write_text(text, encoding="utf-8")

    result = docsense("eval", "compare", folder.name, "worse")

    assert result.status == 8
    assert "WORSE" in result.out
    assert json.loads(docsense("eval", "compare", folder.name, "worse", "--json").out)["regressed"]
