from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.map_reduce import asked_of, quote_sources
from docsense.citations import check
from docsense.engines.scripted import ScriptedEngine
from docsense.errors import ContextOverflowError, EngineUnavailableError
from docsense.stores.memory import MemoryStore
from docsense.tokens import EstimateTokenCounter
from docsense.types import Citation, Claim, Usage
from docsense_pipelines.checkpoints import Checkpoints, Notes
from docsense_pipelines.map_reduce import joined, map_reduce
from tests.packing.samples import entry, library

counter = EstimateTokenCounter()


def text_of(prompt):
    return "".join(piece for message in prompt.messages for piece in message.pieces())


def quoting(prompt):
    return quote_sources(text_of(prompt), most=2)


def items(name, n=40):
    """A text of n sentences, each a chunk of its own."""
    lines = [f"Item {i} of {name} was weighed at {i * 37 % 991} grams.\n" for i in range(n)]
    cuts = [sum(map(len, lines[:i])) for i in range(1, n)]
    return entry(name, "".join(lines), counter=counter, cuts=cuts)


@pytest.fixture
def store():
    return library(*(items(f"{name}.md") for name in "abcdef"))


def run(store, folder, engine, *, part=700, **options):
    return map_reduce(
        store.documents().values(), asked_of(counter), store=store, folder=folder, engine=engine,
        part=part, **options,
    )  # fmt: skip


def is_merge(prompt):
    return "<claims>" in prompt


def test_every_citation_of_the_merge_stands_at_its_offsets(store, tmp_path):
    texts = dict(store.texts(list(store.documents())))

    merged = run(store, tmp_path, ScriptedEngine(quoting))

    assert merged.written.claims and merged.parts > 4
    for claim in merged.written.claims:
        for number in claim.citations:
            citation = merged.citations[number - 1]
            assert citation.number == number
            assert check(citation, texts[citation.uri]) == "exact"
            assert citation.quote == claim.text


def test_every_part_is_sent_once_and_the_merge_sees_only_claims(store, tmp_path):
    engine = ScriptedEngine(quoting)
    merged = run(store, tmp_path, engine)

    parts = [prompt for prompt in engine.prompts if not is_merge(prompt)]
    sent = "".join(parts)
    assert all(
        sent.count(f"Item {i} of {name}.md was") == 1 for i in range(40) for name in "abcdef"
    )
    assert len(parts) == merged.parts
    assert merged.written.usage.requests == len(engine.prompts)
    assert merged.written.usage.prompt_tokens == sum(
        engine.counter.count(p) for p in engine.prompts
    )


def test_at_most_a_batch_of_prompts_is_sent_at_once(store, tmp_path):
    class Counting(ScriptedEngine):
        batches = ()

        def complete(self, prompts):
            self.batches = (*self.batches, len(prompts))
            return super().complete(prompts)

    engine = Counting(quoting)
    run(store, tmp_path, engine, concurrency=3)

    assert max(engine.batches) == 3


def test_prompts_are_read_in_the_thread_of_the_store(tmp_path):
    class OneThread(MemoryStore):
        """As a store on disk: used from another thread it fails."""

        def texts(self, uris):
            assert threading.current_thread() is threading.main_thread()
            return super().texts(uris)

    class Threaded(ScriptedEngine):
        def complete(self, prompts):
            with ThreadPoolExecutor(4) as pool:
                return [done[0] for done in pool.map(super().complete, [[p] for p in prompts])]

    store = library(*(items(f"{name}.md") for name in "abc"), store=OneThread())

    assert run(store, tmp_path, Threaded(quoting)).written.claims


def test_notes_that_fit_no_prompt_are_merged_in_rounds(tmp_path):
    store = library(*(items(f"{i:02d}.md", n=60) for i in range(30)))
    engine = ScriptedEngine(lambda p: quote_sources(text_of(p), most=12), window=6000)

    merged = run(store, tmp_path, engine, part=800)

    merges = [prompt for prompt in engine.prompts if is_merge(prompt)]
    assert len(merges) > 2
    assert merged.written.claims
    assert all(engine.counter.count(p) < 6000 - 2048 for p in merges)


def test_claims_that_grow_in_every_merge_still_come_to_an_end(tmp_path):
    def echo(prompt):
        text = text_of(prompt)
        found = json.loads(quote_sources(text, most=60))["sections"][0]["claims"]
        for claim in found:
            claim["text"] += " and so on" * (30 if is_merge(text) else 1)
        return json.dumps({"sections": [{"title": "x", "claims": found}]})

    store = library(*(items(f"{i:02d}.md", n=60) for i in range(12)))
    merged = run(store, tmp_path, ScriptedEngine(echo, window=6000), part=900)

    assert merged.written.claims
    assert any("too many to merge" in note for note in merged.written.notes)


def test_what_no_part_holds_never_reaches_the_merge(store, tmp_path):
    def invents(prompt):
        if is_merge(text_of(prompt)):
            return quoting(prompt)
        quote = {"source": "S1", "quote": "Whales are fish and always were."}
        form = json.loads(quoting(prompt))
        form["sections"][0]["claims"].append({"quotes": [quote], "text": "Whales are fish."})
        return json.dumps(form)

    engine = ScriptedEngine(invents)
    merged = run(store, tmp_path, engine)

    assert not any("fish" in prompt for prompt in engine.prompts if is_merge(prompt))
    assert any(f"{merged.parts} statements" in note for note in merged.written.notes)


def test_a_merged_claim_that_cites_nothing_known_is_unsupported(store, tmp_path):
    def invents(prompt):
        if not is_merge(text_of(prompt)):
            return quoting(prompt)
        # It stands in the sources, but not in what the merge was given.
        quote = {"source": "S1", "quote": "Item 17 of c.md was weighed at 629 grams."}
        claims = [{"quotes": [quote], "text": "Item 17 weighs 629 grams."}]
        return json.dumps({"sections": [{"title": "x", "claims": claims}]})

    merged = run(store, tmp_path, ScriptedEngine(invents))

    assert merged.written.unsupported == ("Item 17 weighs 629 grams.",)
    assert not merged.written.claims and not merged.citations


def test_parts_without_any_claim_come_to_nothing_without_a_merge(store, tmp_path):
    engine = ScriptedEngine(lambda p: '{"claims": [], "missing": "no whales"}')
    merged = run(store, tmp_path, engine)

    assert not merged.written.claims and merged.written.missing == "no whales"
    assert not any(is_merge(prompt) for prompt in engine.prompts)


def test_a_part_that_the_engine_finds_too_long_is_halved(tmp_path):
    class Narrow(ScriptedEngine):
        def stream(self, prompt):
            if text_of(prompt).count("Item ") > 12 and not is_merge(text_of(prompt)):
                raise ContextOverflowError("too long", needed=2, window=1)
            yield from super().stream(prompt)

    store = library(items("a.md"), items("b.md"))
    engine = Narrow(quoting)
    merged = run(store, tmp_path, engine)

    sent = "".join(prompt for prompt in engine.prompts if not is_merge(prompt))
    assert all(f"Item {i} of {name}.md was" in sent for i in range(40) for name in "ab")
    assert merged.written.claims


def test_a_single_part_is_one_prompt_written_in_the_open(tmp_path):
    heard = []
    engine = ScriptedEngine(quoting)
    merged = run(library(items("a.md", n=5)), tmp_path, engine,
                 on_claim=lambda claim, citations: heard.append(claim))  # fmt: skip

    assert len(engine.prompts) == merged.parts == 1
    assert tuple(heard) == merged.written.claims


def test_the_claims_of_the_last_merge_are_told_as_they_come(store, tmp_path):
    heard = []
    merged = run(store, tmp_path, ScriptedEngine(quoting),
                 on_claim=lambda claim, citations: heard.append(claim))  # fmt: skip

    assert tuple(heard) == merged.written.claims


# Resuming.


class Failing(ScriptedEngine):
    """Goes away after so many batches."""

    def __init__(self, replies, *, batches, **options):
        super().__init__(replies, **options)
        self.batches = batches

    def complete(self, prompts):
        if not self.batches:
            raise EngineUnavailableError("gone")
        self.batches -= 1
        return super().complete(prompts)


def interrupted(store, folder, *, batches=1, concurrency=2):
    engine = Failing(quoting, batches=batches)
    with pytest.raises(EngineUnavailableError):
        run(store, folder, engine, concurrency=concurrency)
    return engine


def test_a_resumed_run_sends_no_finished_part_again(store, tmp_path):
    first = interrupted(store, tmp_path, batches=2)
    second = ScriptedEngine(quoting)
    merged = run(store, tmp_path, second, concurrency=2)

    assert len(first.prompts) == 4
    assert not set(first.prompts) & set(second.prompts)
    assert merged.written.usage.requests == len(first.prompts) + len(second.prompts)
    assert any(note.startswith(f"4 of {merged.parts} parts") for note in merged.written.notes)


def test_a_resumed_run_gives_what_an_uninterrupted_one_gives(store, tmp_path):
    whole = run(store, tmp_path / "a", ScriptedEngine(quoting))
    interrupted(store, tmp_path / "b", batches=2)
    resumed = run(store, tmp_path / "b", ScriptedEngine(quoting))

    assert resumed.citations == whole.citations
    assert resumed.written.claims == whole.written.claims


def test_a_finished_run_leaves_no_file(store, tmp_path):
    run(store, tmp_path, ScriptedEngine(quoting))

    assert list(tmp_path.iterdir()) == []


def test_a_torn_last_line_costs_one_part(store, tmp_path):
    interrupted(store, tmp_path, batches=2)
    (path,) = (tmp_path / "work").iterdir()
    path.write_bytes(path.read_bytes()[:-40])
    second = ScriptedEngine(quoting)

    merged = run(store, tmp_path, second, concurrency=2)

    parts = [prompt for prompt in second.prompts if not is_merge(prompt)]
    assert len(parts) == merged.parts - 3


def test_parts_of_changed_documents_are_read_again_and_others_are_not(store, tmp_path):
    interrupted(store, tmp_path, batches=2)
    changed = items("a.md", n=39)
    store.put([changed])
    second = ScriptedEngine(quoting)
    run(store, tmp_path, second)

    sent = "".join(prompt for prompt in second.prompts if not is_merge(prompt))
    assert "Item 3 of a.md" in sent
    assert "Item 3 of b.md" not in sent


def test_another_wish_starts_over_and_stale_files_of_others_go(store, tmp_path):
    interrupted(store, tmp_path)
    other = asked_of(counter, words=500)
    with pytest.raises(EngineUnavailableError):
        map_reduce(store.documents().values(), other, store=store, folder=tmp_path, part=700,
                   engine=Failing(quoting, batches=0))  # fmt: skip
    assert len(list((tmp_path / "work").iterdir())) == 2

    store.put([items("g.md")])
    engine = ScriptedEngine(quoting)
    run(store, tmp_path, engine)

    assert not (tmp_path / "work").exists()


def test_finished_merges_are_not_repeated_either(tmp_path):
    class OnlyCompletes(ScriptedEngine):
        """Reads parts and merges groups; the last prompt, which is streamed, fails."""

        completing = False

        def complete(self, prompts):
            self.completing = True
            done = super().complete(prompts)
            self.completing = False
            return done

        def stream(self, prompt):
            if not self.completing:
                raise EngineUnavailableError("gone")
            yield from super().stream(prompt)

    def many(prompt):
        return quote_sources(text_of(prompt), most=12)

    store = library(*(items(f"{i:02d}.md", n=60) for i in range(30)))
    with pytest.raises(EngineUnavailableError):
        run(store, tmp_path, OnlyCompletes(many, window=6000), part=800)
    second = ScriptedEngine(many, window=6000)
    run(store, tmp_path, second, part=800)

    assert len(second.prompts) == 1


def test_a_library_that_cannot_be_written_is_summarized_without_checkpoints(store, tmp_path):
    folder = tmp_path / "file"
    folder.write_text("no folder", encoding="utf-8")

    merged = run(store, folder, ScriptedEngine(quoting))

    assert merged.written.claims
    assert any("starts over" in note for note in merged.written.notes)


_JOB = """
import os, sys
from pathlib import Path
from benchmarks.map_reduce import asked_of, quote_sources
from docsense.engines.scripted import ScriptedEngine
from docsense_pipelines.map_reduce import map_reduce
from tests.pipelines.test_map_reduce import counter, items, library, text_of

calls, die_after = Path(sys.argv[2]), int(sys.argv[3])

def reply(prompt):
    with calls.open("a") as file:
        file.write("call\\n")
    if len(calls.read_text().splitlines()) == die_after:
        os.kill(os.getpid(), 9)
    return quote_sources(text_of(prompt), most=2)

store = library(*(items(f"{name}.md") for name in "abcdef"))
merged = map_reduce(
    store.documents().values(), asked_of(counter), store=store, folder=Path(sys.argv[1]),
    engine=ScriptedEngine(reply), part=700, concurrency=2,
)
print(merged.parts)
"""


def test_a_killed_run_goes_on_where_it_was(tmp_path):
    calls = tmp_path / "calls"

    def job(die_after):
        command = [sys.executable, "-c", _JOB, str(tmp_path), str(calls), str(die_after)]
        return subprocess.run(command, capture_output=True, text=True, check=False,
                              env={**os.environ, "PYTHONPATH": str(Path.cwd())})  # fmt: skip

    killed = job(6)  # in the middle of the third batch
    done = job(-1)

    assert killed.returncode == -signal.SIGKILL
    assert done.returncode == 0, done.stderr
    # Two calls of the third batch were lost or repeated; every part and one merge were made.
    assert len(calls.read_text().splitlines()) == int(done.stdout) + 1 + 2
    assert not (tmp_path / "work").exists()


def test_a_job_of_millions_of_tokens_holds_one_batch_and_resumes(tmp_path):
    def job():
        command = [sys.executable, "-m", "benchmarks.map_reduce", "--folder", str(tmp_path),
                   "--prompts", "32"]  # fmt: skip
        return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)

    first, second = job(), job()

    assert first["parts"] > 3000 and not first["finished"]
    assert first["prompts"] == second["prompts"] == 32 and first["longest_batch"] == 8
    # Had the second run read the first's parts again, it would have read twice as much.
    assert second["characters_read"] < 1.3 * first["characters_read"] < 4_000_000
    assert second["peak_after"] - second["peak_before"] < 150


def test_kept_notes_come_back_as_they_were(tmp_path):
    citation = Citation(
        number=1, uri="/a\udcff", name="a", start=0, end=3, first=1, last=1, label="", unit="line",
        quote="ab\u2028", check="exact", sha256="0",
    )  # fmt: skip
    notes = Notes(
        claims=(Claim(text="ab", citations=(1,), support=0.5, problems=("x",)),),
        citations=(citation,), lost=2, missing="m", warnings=("w",),
        usage=Usage(prompt_tokens=3, cached_tokens=None),
    )  # fmt: skip
    with Checkpoints(tmp_path, key="k", corpus="c", wanted=()) as kept:
        kept.keep("p", notes)

    with Checkpoints(tmp_path, key="k", corpus="c", wanted=()) as again:
        assert again.get("p") == notes
    with Checkpoints(tmp_path, key="k", corpus="other", wanted=()) as stale:
        assert stale.get("p") is None


def test_joined_notes_cite_a_place_once():
    citation = Citation(
        number=1, uri="/a", name="a", start=0, end=3, first=1, last=1, label="", unit="line",
        quote="abc", check="exact", sha256="0",
    )  # fmt: skip
    usage = Usage()
    one = Notes(claims=(Claim(text="x", citations=(1,), support=1.0),), citations=(citation,),
                lost=1, missing="", warnings=(), usage=usage)  # fmt: skip
    other = replace(one, citations=(replace(citation, start=5, end=8), replace(citation, number=2)),
                    claims=(Claim(text="y", citations=(1, 2), support=1.0),))  # fmt: skip

    both = joined([one, other])

    assert [claim.citations for claim in both.claims] == [(1,), (2, 1)]
    assert [(c.number, c.start) for c in both.citations] == [(1, 0), (2, 5)]
    assert both.usage.requests == 2 and both.lost == 2
