from __future__ import annotations

import os

import pytest

from docsense.errors import EmptySourceError, IndexStateError, SourceError
from docsense_pipelines import ReadLimits, ingest
from docsense_pipelines.locking import locked


def test_everything_readable_is_in_and_can_be_read_back_whole(workplace, folder):
    done = workplace.ingest()
    store = workplace.store

    assert done.added == ["src/tax.py", "whales.md"]
    for uri, record in store.documents().items():
        text = "".join(chunk.text for chunk in store.chunks(uri))
        assert len(text) == record.characters
        assert text == (folder / record.document.name).read_text(encoding="utf-8")


def test_no_content_is_read_when_size_and_time_are_as_they_were(workplace, folder):
    workplace.ingest()
    path = folder / "whales.md"
    stamp = path.stat().st_mtime_ns
    path.write_text(path.read_text("utf-8").replace("krill", "squid"), encoding="utf-8")
    os.utime(path, ns=(stamp, stamp))  # a change that only reading could find
    done = workplace.ingest()

    assert (done.unchanged, done.added, done.updated) == (2, [], [])
    assert workplace.store.search_text(["krill"], k=1)
    assert workplace.ingest(force=True).updated == ["src/tax.py", "whales.md"]


def test_a_changed_file_is_read_again_and_only_that(workplace, folder):
    workplace.ingest()
    (folder / "whales.md").write_text("# Whales\n\nNarwhals have a tusk.\n", encoding="utf-8")
    done = workplace.ingest()

    assert (done.updated, done.unchanged) == (["whales.md"], 1)
    assert workplace.store.search_text(["narwhal"], k=1)
    assert not workplace.store.search_text(["krill"], k=1)


def test_a_touched_file_with_the_same_bytes_is_not_cut_again(workplace, folder):
    workplace.ingest()
    os.utime(folder / "whales.md", ns=(1, 1))
    done = workplace.ingest()

    assert (done.updated, done.unchanged) == ([], 2)
    record = workplace.store.documents()[str(folder / "whales.md")]
    assert record.mtime_ns == 1


def test_a_removed_file_leaves_the_library(workplace, folder):
    workplace.ingest()
    (folder / "whales.md").unlink()
    done = workplace.ingest()

    assert done.removed == ["whales.md"]
    assert not workplace.store.search_text(["krill"], k=1)


def test_a_broken_file_is_reported_and_the_rest_goes_on(workplace, folder):
    (folder / "broken.pdf").write_bytes(b"%PDF-1.7 and then nothing")
    done = workplace.ingest()

    assert [trouble.name for trouble in done.failed] == ["broken.pdf"]
    assert len(done.added) == 2
    again = workplace.ingest()
    assert [trouble.name for trouble in again.failed] == ["broken.pdf"]


def test_a_file_that_became_unreadable_keeps_its_last_good_version(workplace, folder):
    workplace.ingest()
    (folder / "whales.md").write_bytes(b"\0\1\2 not text at all")
    done = workplace.ingest()

    assert [trouble.name for trouble in done.failed] == ["whales.md"]
    assert workplace.store.search_text(["krill"], k=1)


def test_vectors_are_filled_in_once(workplace):
    first = workplace.ingest(vectors=True)
    again = workplace.ingest(vectors=True)

    assert first.embedded == first.chunks > 0
    assert again.embedded == 0


def test_tokens_are_counted_and_marked_as_estimates(workplace):
    done = workplace.ingest()

    assert done.tokens > 100 and not done.exact_tokens


def test_a_root_that_is_not_there_is_a_source_error(workplace):
    workplace.root = workplace.root / "nowhere"

    with pytest.raises(SourceError, match="nowhere"):
        workplace.ingest()


def test_a_folder_without_sources_is_an_empty_source_error(tmp_path, workplace):
    (tmp_path / "empty").mkdir()
    workplace.root = tmp_path / "empty"

    with pytest.raises(EmptySourceError):
        workplace.ingest()


def test_a_second_writer_is_told_to_wait(workplace):
    workplace.ingest()

    with (
        locked(workplace.library),
        pytest.raises(IndexStateError, match="another process"),
        locked(workplace.library, timeout=0),
    ):
        raise AssertionError("the lock was not held")


def test_progress_ends_where_it_should(workplace):
    seen = []
    workplace.ingest(vectors=True, report=seen.append)

    assert {"find", "read", "index", "embed"} == {progress.stage for progress in seen}
    last = {progress.stage: progress for progress in seen}
    assert last["read"].done == last["read"].total > 0
    assert last["embed"].done == last["embed"].total > 0


def test_two_workers_store_what_one_stores(workplace, tmp_path, folder):
    for i in range(12):
        (folder / f"note{i}.txt").write_text(f"Note {i} is about whale number {i}.", "utf-8")
    workplace.ingest()
    one = [c for uri in workplace.store.documents() for c in workplace.store.chunks(uri)]
    other = type(workplace)(folder, tmp_path / "other")
    other.ingest(limits=ReadLimits(workers=2))

    assert one == [c for uri in other.store.documents() for c in other.store.chunks(uri)]


def test_the_lock_of_a_read_only_place_is_an_index_state_error(tmp_path):
    from docsense.index import find_library

    (tmp_path / "file").write_text("x", encoding="utf-8")

    with (
        pytest.raises(IndexStateError, match="cannot be written") as caught,
        locked(find_library(str(tmp_path / "file" / "library"), home=tmp_path)),
    ):
        raise AssertionError("locked a library inside a file")
    assert "DOCSENSE_HOME" in caught.value.hint


def test_ingest_is_what_the_package_exports():
    import docsense_pipelines

    assert docsense_pipelines.ingest is ingest
