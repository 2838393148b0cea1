from __future__ import annotations

import json
from pathlib import Path

import pytest

from docsense.errors import ConfigError, IndexStateError
from docsense.index import (
    Library,
    delete_library,
    existing_library,
    find_library,
    library_for,
    list_libraries,
)


def test_the_same_paths_give_the_same_library_in_any_order(tmp_path):
    a, b = tmp_path / "a.pdf", tmp_path / "b"

    assert library_for([a, b], home=tmp_path).path == library_for([b, a], home=tmp_path).path
    assert library_for([a], home=tmp_path).path != library_for([b], home=tmp_path).path


def test_a_library_is_named_after_its_source(tmp_path):
    assert library_for([tmp_path / "My Report.pdf"], home=tmp_path).name.startswith(
        "My-Report.pdf-"
    )


def test_a_saved_library_is_found_with_its_roots(tmp_path):
    find_library("notes", home=tmp_path).with_roots([Path("/b"), Path("/a")]).save()

    assert existing_library("notes", home=tmp_path).roots == ("/a", "/b")
    assert [library.name for library in list_libraries(home=tmp_path)] == ["notes"]


def test_a_root_inside_another_is_kept_once():
    library = Library(path=Path("/l"), name="l", roots=("/a/b",))

    assert library.with_roots([Path("/a"), Path("/ab")]).roots == ("/a", "/ab")


def test_a_library_in_a_bucket_keeps_its_url_with_more_sources():
    library = Library(path=Path("/home/.remote/x"), name="x", url="s3://bucket/x")

    assert library.with_roots([Path("/a")]).place == "s3://bucket/x"


@pytest.mark.parametrize("url", ["s3://", "s3://bucket", "s3://bucket/", "s3://b/x y", "ftp://b/x"])
def test_a_url_that_is_no_library_is_refused(tmp_path, url):
    with pytest.raises(ConfigError) as caught:
        find_library(url, home=tmp_path)
    assert caught.value.hint


def test_an_unknown_library_names_those_there_are(tmp_path):
    find_library("notes", home=tmp_path).save()

    with pytest.raises(IndexStateError, match="notes") as caught:
        existing_library("nodes", home=tmp_path)
    assert caught.value.exit_status == 5 and caught.value.hint


@pytest.mark.parametrize("name", ["a b", "", "-x", "a\nb", "*"])
def test_a_name_that_is_no_library_name_is_refused(tmp_path, name):
    with pytest.raises(ConfigError):
        find_library(name, home=tmp_path)


@pytest.mark.parametrize("text", ["{", "[]", '{"schema": 1}', '{"schema": 99, "roots": []}'])
def test_a_damaged_or_foreign_manifest_is_an_index_state_error(tmp_path, text):
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "library.json").write_text(text, encoding="utf-8")

    with pytest.raises(IndexStateError):
        find_library("x", home=tmp_path)


def test_a_removed_library_is_gone_and_a_foreign_folder_is_not_touched(tmp_path):
    library = find_library("x", home=tmp_path)
    library.save()
    (library.path / "chunks.lance").mkdir()
    delete_library(library)

    assert not library.path.exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "precious").write_text("x", encoding="utf-8")
    with pytest.raises(IndexStateError):
        delete_library(find_library(str(other), home=tmp_path))
    assert (other / "precious").exists()


def test_the_manifest_states_its_schema(tmp_path):
    library = find_library("x", home=tmp_path)
    library.save()

    assert json.loads((library.path / "library.json").read_text(encoding="utf-8"))["schema"] == 1
