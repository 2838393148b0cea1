from __future__ import annotations

import ast

import pytest

from benchmarks.docstrings import copy_without_docstrings
from docsense.errors import ConfigError

MODULE = '''"""Of the module, with many words."""

class Room:
    """Hold as many chairs as there are guests.

    More of it.
    """

    def open(self): """Open every window é of the room."""; return 1

    def close(self):
        """Short one."""
        return "keep this"

def one_line(): "Sing a song of sixpence to me."
'''


@pytest.fixture
def package(tmp_path, monkeypatch):
    root = tmp_path / "site" / "madehouse"
    (root / "tests").mkdir(parents=True)
    (root / "__init__.py").write_text(MODULE, encoding="utf-8")
    (root / "tests" / "test_room.py").write_text('def f():\n    "A test asks nothing at all."\n')
    (root / "broken.py").write_text("def (")
    monkeypatch.syspath_prepend(root.parent)
    return "madehouse"


def test_each_first_sentence_asks_for_its_file(package, tmp_path):
    asked = copy_without_docstrings(package, tmp_path / "copy")

    assert [(one.question, one.file) for one in asked] == [
        ("Hold as many chairs as there are guests.", "madehouse/__init__.py"),
        ("Sing a song of sixpence to me.", "madehouse/__init__.py"),
        ("Open every window é of the room.", "madehouse/__init__.py"),
    ]


def test_the_copy_is_the_same_program_without_a_docstring(package, tmp_path):
    copy_without_docstrings(package, tmp_path / "copy")
    text = (tmp_path / "copy" / "madehouse" / "__init__.py").read_text(encoding="utf-8")

    assert not [word for word in ("chairs", "window", "module", "Short", "Sing") if word in text]
    assert 'return "keep this"' in text and "; return 1" in text
    assert ast.get_docstring(ast.parse(text)) is None
    assert (tmp_path / "copy" / "madehouse" / "tests" / "test_room.py").is_file()


def test_a_package_that_is_not_installed_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nosuchpackage"):
        copy_without_docstrings("nosuchpackage", tmp_path)
