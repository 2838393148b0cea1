from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.loaders import hostile_structures as structures
from tests.loaders.hostile_files import SEEDS, changed

fuzz = settings.get_profile("fuzz")


@pytest.mark.parametrize("suffix", SEEDS)
def test_a_file_with_changed_bytes_is_sound_or_refused_in_a_line(target, suffix):
    @fuzz
    @given(changed(suffix))
    def stands(data):
        target.stand(data, suffix)

    stands()


@fuzz
@given(structures.text, st.sampled_from((".txt", ".rst", ".csv", ".md", ".unknown")))
def test_text_of_any_encoding_is_sound_or_refused(target, data, suffix):
    target.stand(data, suffix)


@fuzz
@given(structures.markdown)
def test_markdown_of_any_structure_is_sound_or_refused(target, data):
    target.stand(data, ".md")


@fuzz
@given(structures.html)
def test_html_of_any_structure_is_sound_or_refused(target, data):
    target.stand(data, ".html")


@fuzz
@given(structures.notebook)
def test_notebooks_of_any_json_are_sound_or_refused(target, data):
    target.stand(data, ".ipynb")


@fuzz
@given(
    structures.code, st.sampled_from((".py", ".js", ".tsx", ".java", ".go", ".rs", ".c", ".hpp"))
)
def test_code_of_any_tokens_is_sound_or_refused(target, data, suffix):
    target.stand(data, suffix)


@fuzz
@given(structures.docx)
def test_word_documents_of_any_elements_are_sound_or_refused(target, data):
    target.stand(data, ".docx")


@fuzz
@given(structures.pdfs)
def test_pdfs_of_any_objects_are_sound_or_refused(target, data):
    target.stand(data, ".pdf")
