from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.engines.fake_server import running

EXAMPLES = Path(__file__).parents[2] / "examples"


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


def runs(home):
    return sorted((home / "_evals" / "runs").iterdir())


def test_a_run_prints_scores_and_leaves_reports_beside_its_log(done, home):
    (folder,) = runs(home)

    assert "answer_match" in done.out
    assert {"log.jsonl", "figures.json", "report.md", "report.html"} <= {
        path.name for path in folder.iterdir()
    }


def test_a_rerun_writes_the_same_figures_byte_for_byte(docsense, suite, done, home):
    docsense("eval", "run", suite, "--engine", "extractive", "--quiet")
    first, second = runs(home)

    assert (first / "figures.json").read_bytes() == (second / "figures.json").read_bytes()


def test_html_holds_charts_and_loads_nothing_from_elsewhere(docsense, done, tmp_path):
    target = tmp_path / "out.html"

    result = docsense("eval", "report", "last", "--html", target)

    html = target.read_text(encoding="utf-8")
    assert result.status == 0
    assert "<svg" in html
    assert not re.findall(r"(?:src|href)=['\"](?:https?:)?//", html)
    assert "<script" not in html


def test_markdown_has_the_tables(docsense, done, tmp_path):
    docsense("eval", "report", "last", "--md", tmp_path / "out.md")

    text = (tmp_path / "out.md").read_text(encoding="utf-8")
    assert "| task | cases | failed | headline |" in text
    assert "## Worst of" in text or "| ask | 3 | 0 | answer_match | 1.000 |" in text


def test_a_run_is_no_regression_of_itself(docsense, done):
    result = docsense("eval", "compare", "last", "last")

    assert result.status == 0
    assert "answer_match" in result.out


def test_a_worse_run_ends_with_the_documented_status(docsense, done, home):
    (folder,) = runs(home)
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


def test_list_and_show_tell_what_was_asked_and_said(docsense, done):
    assert "3 samples" in docsense("eval", "list").out
    shown = docsense("eval", "show", "last", "krill").out
    assert "What do blue whales eat?" in shown
    assert "krill" in shown


@pytest.mark.parametrize("ending", ["jsonl", "parquet"])
def test_samples_are_exported_with_their_scores(docsense, done, tmp_path, ending):
    import pyarrow.parquet as pq

    target = tmp_path / f"samples.{ending}"
    docsense("eval", "export", "last", target)

    if ending == "parquet":
        rows = pq.read_table(target).to_pylist()
    else:
        rows = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert [row["id"] for row in rows] == ["1966", "krill", "weight"]
    assert all("score.answer_match" in row for row in rows)


def test_a_mistake_in_the_suite_is_a_wrong_setting(docsense, suite):
    suite.write_text("name: x\ntasks:\n  - {name: a, kind: as, cases: c}\n", encoding="utf-8")

    result = docsense("eval", "run", suite)

    assert result.status == 3
    assert f"{suite}:3: kind: 'as' is not known" in result.err


def test_an_unknown_run_is_named_with_those_there_are(docsense, done):
    result = docsense("eval", "report", "nothing")

    assert result.status == 3
    assert "whales-" in result.err


def test_the_examples_suite_runs_on_the_manual(docsense):
    result = docsense("eval", "run", EXAMPLES / "suite.yaml", "--engine", "extractive", "--json",
                      "--limit", "3", "--quiet")  # fmt: skip

    form = json.loads(result.out)
    by_task = {(f["task"], f["slice"]): f for f in form["figures"]}
    assert {task for task, _ in by_task} == {"search", "ask", "needles"}
    assert all(found["errors"] == 0 for found in form["figures"])


def test_routes_are_compared_against_a_server(docsense, monkeypatch):
    def reply(text):
        return json.dumps({"claims": [], "missing": "nothing there"})

    with running() as server:
        server.window = 200_000
        server.reply = reply
        monkeypatch.setenv("DOCSENSE_BASE_URL", server.url)
        monkeypatch.setenv("DOCSENSE_ENGINE", "auto")
        result = docsense("eval", "run", EXAMPLES / "suite_routes.yaml", "--task", "manual",
                          "--limit", "2", "--json", "--quiet")  # fmt: skip
        asked = len(server.requests)

    form = json.loads(result.out)
    whole = {f["variant"]: f for f in form["figures"] if not f["slice"]}
    assert set(whole) == {"", "stuff", "documents", "retrieve", "extractive"}
    assert whole["stuff"]["scores"]["prompt_tokens"]["mean"] > 0
    assert "regret" in whole[""]["scores"]
    assert asked >= 4


def test_a_batch_goes_out_as_a_file_and_comes_back(docsense, suite, tmp_path):
    requests, results = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    options = ("eval", "batch", suite, "--requests", requests, "--model", "tiny", "--window",
               "100000", "--route", "stuff", "--quiet")  # fmt: skip
    docsense(*options)
    rows = [json.loads(line) for line in requests.read_text(encoding="utf-8").splitlines()]
    quotes = [{"source": "S1", "quote": "They eat krill, four tonnes a day."}]
    reply = {"claims": [{"text": "They eat krill.", "quotes": quotes}], "missing": ""}
    body = {"choices": [{"message": {"content": json.dumps(reply)}, "finish_reason": "stop"}]}
    lines = [{"custom_id": row["custom_id"], "response": {"status_code": 200, "body": body}}
             for row in rows]  # fmt: skip
    results.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    done = docsense(*options, "--results", results)

    assert len(rows) == 3
    assert done.status == 0
    assert "They eat krill." in docsense("eval", "show", "last", "krill").out
