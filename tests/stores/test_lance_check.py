"""What a library promises, what is found when it does not hold, and what a repair leaves."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from itertools import count

import lance
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docsense.stores import lance_schema as forms
from docsense.stores.lance import LanceStore
from docsense.stores.lance_check import Examination
from docsense.stores.lance_repair import repair
from docsense.stores.lance_sizes import sizes
from docsense.stores.lance_sums import changed, seal
from tests.stores.samples import entry_of, failed, unit


def nobody(step):
    """Hear of a step: nothing aborts here."""


def examined(path):
    return Examination(path, say=nobody).run()


def bad(survey):
    return [finding for finding in survey.findings if not finding.harmless]


def harmless(survey):
    return [finding for finding in survey.findings if finding.harmless]


def text_of(store, uri):
    return "".join(chunk.text for chunk in store.chunks(uri))


@pytest.fixture(scope="session")
def made(tmp_path_factory):
    """A library of two documents with vectors, and one that could not be read."""
    path = tmp_path_factory.mktemp("made") / "library"
    store = LanceStore(path, embedder_name="fake/1", dim=2)
    store.put([entry_of("a.md", "red fox ", "red hen"), failed("bad.pdf")])
    store.put([entry_of("b.md", "blue whale ", "blue krill ", "blue sea")])
    ids = [chunk.id for chunk in store.without_vectors()]
    store.put_vectors(ids, unit(1, 2)[None].repeat(len(ids), axis=0))
    store.optimize()
    return path


@pytest.fixture
def library(made, tmp_path):
    return shutil.copytree(made, tmp_path / "library")


def dataset(library, table):
    return lance.dataset(str(library / f"{table}.lance"))


def used(library, table):
    """The data files of the current version of a table."""
    files = [
        file.path for f in dataset(library, table).get_fragments() for file in f.metadata.files
    ]
    return [library / f"{table}.lance" / "data" / file for file in files]


def test_a_whole_library_has_no_findings(library):
    survey = examined(library)

    assert survey.findings == []
    assert (survey.documents, survey.chunks, survey.vectors, survey.tokens) == (2, 5, 5, 15)
    assert survey.names == {f"/lib/{name}": name for name in ("a.md", "b.md", "bad.pdf")}


counter = count()


@settings(max_examples=8, deadline=None)
@given(st.data())
def test_any_flipped_bit_of_a_file_in_use_is_found(made, tmp_path_factory, data):
    library = shutil.copytree(made, tmp_path_factory.mktemp("flipped") / str(next(counter)))
    files = [file for table in ("documents", "chunks", "vectors") for file in used(library, table)]
    file = data.draw(st.sampled_from(files))
    bytes_ = bytearray(file.read_bytes())
    bytes_[data.draw(st.integers(0, len(bytes_) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    file.write_bytes(bytes_)

    survey = examined(library)
    assert (file.relative_to(library).as_posix(), "file") in {
        (finding.where, finding.kind) for finding in bad(survey)
    }
    shutil.rmtree(library)


def test_a_missing_data_file_is_named(library):
    for file in used(library, "chunks"):
        file.unlink()
    found = {finding.where: finding.kind for finding in bad(examined(library))}

    assert (
        found.items()
        >= {
            file.relative_to(library).as_posix(): "file" for file in used(library, "chunks")
        }.items()
    )
    assert found["a.md"] == found["b.md"] == "document"


def test_damage_in_a_file_of_an_earlier_version_is_harmless(library):
    earlier = set(used(library, "documents"))
    LanceStore(library).optimize(fully=True)
    file = sorted(earlier - set(used(library, "documents")))[0]
    file.write_bytes(b"x")
    survey = examined(library)

    assert bad(survey) == []
    assert [finding.where for finding in harmless(survey)] == [file.relative_to(library).as_posix()]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"characters": 14}, "end at 15, the text at 14"),
        ({"tokens": 7}, "have 6 tokens, its record says 7"),
        ({"chunks": 3}, "2 of 3 passages are there"),
        ({"starts": (0, 99)}, "lines do not start in order within the text"),
        ({"starts": (0, 5, 3)}, "lines do not start in order within the text"),
    ],
)
def test_a_record_that_does_not_fit_its_passages_is_found(library, changes, problem):
    store = LanceStore(library)
    record = store.documents()["/lib/a.md"]
    if "starts" in changes:
        record = replace(record, document=replace(record.document, **changes))
    else:
        record = replace(record, **changes)
    store.update([record])
    (finding,) = bad(examined(library))

    assert (finding.kind, finding.where, finding.uri) == ("document", "a.md", "/lib/a.md")
    assert problem in finding.problem


def test_a_passage_that_is_gone_makes_its_document_not_whole(library):
    dataset(library, "chunks").delete("uri = '/lib/b.md' AND position = 1")
    (finding,) = bad(examined(library))

    assert finding.where == "b.md"
    assert finding.problem == "2 of 3 passages are there"


def test_a_passage_that_is_there_twice_is_found(library):
    rows = dataset(library, "chunks").to_table(filter="uri = '/lib/b.md' AND position = 1")
    dataset(library, "chunks").insert(rows)
    (finding,) = bad(examined(library))

    assert finding.problem == "3 of 3 passages are there, 1 more than once or out of range"


def test_a_passage_whose_text_has_another_length_is_found(library):
    dataset(library, "chunks").update(
        {"text": "'blue'"}, where="uri = '/lib/b.md' AND position = 1"
    )
    (finding,) = bad(examined(library))

    assert "passage 1 has 4 characters, not 11" in finding.problem


def test_vectors_that_are_doubled_or_too_long_are_found(library):
    vectors = dataset(library, "vectors")
    rows = vectors.to_table(limit=1)
    vectors.insert(rows)
    (finding,) = bad(examined(library))

    assert finding.kind == "vectors"
    assert finding.problem.startswith("1 vectors are doubled")


def test_rows_of_no_current_document_are_counted_and_harmless(library):
    entry = entry_of("c.md", "never ", "finished")
    dataset(library, "chunks").insert(forms.chunk_rows([entry], write=999))
    survey = examined(library)

    assert bad(survey) == []
    assert any("2 passages of no current document" in f.problem for f in harmless(survey))


def test_temporary_files_of_interrupted_writes_are_counted_and_harmless(library):
    files = [
        library / "library.json.new",
        library / "chunks.lance" / "data" / ".tmpAb12Cd",
        library / "chunks.lance" / "_versions" / "18446744073709551000.manifest#1",
    ]
    for file in files:
        file.write_bytes(b"half")
    survey = examined(library)

    assert bad(survey) == []
    assert {finding.where for finding in harmless(survey)} == {
        file.relative_to(library).as_posix() for file in files
    }
    repair(library, survey, say=nobody)
    assert not any(file.exists() for file in files)


def test_a_missing_index_is_found_and_made_anew(library):
    dataset(library, "chunks").drop_index("terms_idx")
    survey = examined(library)

    assert [finding.where for finding in bad(survey)] == ["chunks.terms"]
    repair(library, survey, say=nobody)
    assert bad(examined(library)) == []
    assert len(LanceStore(library).search_text(["blue"], k=9)) == 3


def test_a_damaged_index_is_made_anew_and_nothing_else_changes(library):
    before = {uri: text_of(LanceStore(library), uri) for uri in LanceStore(library).documents()}
    segments = [s.uuid for i in dataset(library, "chunks").describe_indices() for s in i.segments]
    for uuid in segments:
        for file in (library / "chunks.lance" / "_indices" / str(uuid)).iterdir():
            file.write_bytes(b"x" * file.stat().st_size)
    survey = examined(library)
    done = repair(library, survey, say=nobody)
    store = LanceStore(library)

    assert {finding.kind for finding in bad(survey)} == {"file", "index"}
    assert sorted(done) == [
        f"made the index of chunks.{name} anew" for name in ("document_id", "id", "terms")
    ]
    assert {uri: text_of(store, uri) for uri in store.documents()} == before
    assert bad(examined(library)) == []


def two_parts(library):
    """Put a third document into a part of its own, and return that part's file."""
    before = set(used(library, "chunks"))
    store = LanceStore(library)
    store.put([entry_of("c.md", "green ", "grass")])
    store.optimize()
    (file,) = set(used(library, "chunks")) - before
    return file


@pytest.mark.parametrize("sealed", [True, False])
@pytest.mark.parametrize("how", ["truncated", "missing"])
def test_a_damaged_part_costs_only_the_documents_in_it(library, how, sealed):
    file = two_parts(library)
    if how == "missing":
        file.unlink()
    else:
        os.truncate(file, file.stat().st_size // 2)
    if not sealed:
        (library / "sums.json").unlink()
    survey = examined(library)
    repair(library, survey, say=nobody)
    store = LanceStore(library)

    assert "c.md" in {finding.where for finding in bad(survey)}
    assert bad(examined(library)) == []
    assert list(store.documents()) == ["/lib/a.md", "/lib/b.md", "/lib/bad.pdf"]
    assert text_of(store, "/lib/a.md") == "red fox red hen"
    assert len(store.search_text(["blue"], k=9)) == 3


@pytest.mark.parametrize("table", ["documents", "chunks", "vectors"])
def test_a_table_whose_newest_manifest_is_cut_goes_back_to_the_one_before(library, table):
    newest = min((library / f"{table}.lance" / "_versions").glob("*.manifest"))
    os.truncate(newest, 10)
    survey = examined(library)
    done = repair(library, survey, say=nobody)
    store = LanceStore(library)

    assert bad(survey)[0].kind in {"table", "document"}
    assert any(line.startswith(f"took {table} back to version") for line in done)
    assert bad(examined(library)) == []
    for uri, record in store.documents().items():
        assert len(text_of(store, uri)) == record.characters


def test_damage_in_the_version_that_a_table_goes_back_to_is_mended_too(library):
    store = LanceStore(library)
    store.put([entry_of("c.md", "green grass")])
    dataset(library, "chunks").delete("uri = '/lib/b.md' AND position = 1")
    store.put([entry_of("d.md", "green tree")])
    os.truncate(min((library / "chunks.lance" / "_versions").glob("*.manifest")), 10)
    for file in (library / "chunks.lance" / "_deletions").iterdir():
        file.unlink()
    done = repair(library, examined(library), say=nobody)

    assert any(line.startswith("took chunks back") for line in done)
    assert "dropped 1 damaged parts of chunks" in done
    assert bad(examined(library)) == []
    LanceStore(library).put([entry_of("c.md", "green grass")])


def test_a_manifest_of_zeros_is_no_empty_table(library):
    newest = min((library / "documents.lance" / "_versions").glob("*.manifest"))
    newest.write_bytes(bytes(newest.stat().st_size))
    survey = examined(library)
    repair(library, survey, say=nobody)

    assert [f.where for f in bad(survey) if f.kind == "table"] == ["documents.lance"]
    assert bad(examined(library)) == []
    assert "/lib/a.md" in LanceStore(library).documents()


@pytest.mark.parametrize("table", ["documents", "chunks", "vectors"])
def test_a_table_beyond_repair_is_set_aside_and_the_library_takes_documents_again(library, table):
    for manifest in (library / f"{table}.lance" / "_versions").iterdir():
        os.truncate(manifest, min(10, manifest.stat().st_size))
    survey = examined(library)
    done = repair(library, survey, say=nobody)
    store = LanceStore(library, embedder_name="fake/1", dim=2)

    assert f"set {table} aside as damaged/{table}.lance: it cannot be read" in done
    assert bad(examined(library)) == []
    ready = {uri for uri, record in store.documents().items() if record.status == "ready"}
    assert ready == ({"/lib/a.md", "/lib/b.md"} if table == "vectors" else set())
    store.put([entry_of("a.md", "red fox ", "red hen")])
    assert len(store.search_text(["red"], k=9)) == 2


def test_the_names_of_documents_whose_records_are_gone_come_from_their_passages(library):
    for file in used(library, "documents"):
        file.unlink()
    survey = examined(library)

    assert survey.names.items() >= {"/lib/a.md": "a.md", "/lib/b.md": "b.md"}.items()
    assert {f.where for f in bad(survey) if f.kind == "document"} == {"a.md", "b.md"}


def test_a_noted_file_keeps_its_digest_and_a_new_one_gets_one(tmp_path):
    folder = tmp_path / "chunks.lance" / "data"
    folder.mkdir(parents=True)
    (folder / "a.lance").write_bytes(b"one")
    seal(tmp_path)
    (folder / "a.lance").write_bytes(b"two")
    (folder / "b.lance").write_bytes(b"new")
    seal(tmp_path)

    assert [one.file for one in changed(tmp_path)] == ["chunks.lance/data/a.lance"]


def test_a_thorough_upkeep_leaves_one_part_and_no_deleted_rows(library):
    store = LanceStore(library)
    for n in range(3):
        store.put([entry_of(f"{n}.md", f"word {n}")])
    store.remove(["/lib/0.md"])
    store.optimize(fully=True)

    assert {(size.fragments, size.deleted, size.segments) for size in sizes(library)} == {(1, 0, 1)}
    assert len(store.search_text(["word"], k=9)) == 2
