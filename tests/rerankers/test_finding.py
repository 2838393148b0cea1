from __future__ import annotations

import pytest

from docsense.engines.scripted import ScriptedEngine
from docsense.errors import ConfigError
from docsense.rerankers.finding import reranker_for
from tests.rerankers.samples import hits

PLUGIN = """
class Backwards:
    def __init__(self, given="plain"):
        self.name = f"backwards ({given})"

    def rank(self, question, hits, *, seconds=None):
        from docsense.rerankers import Ranking

        return Ranking(order=range(len(hits) - 1, -1, -1))
"""


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    (tmp_path / "backwards_plugin.py").write_text(PLUGIN, encoding="utf-8")
    info = tmp_path / "backwards_plugin-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: backwards-plugin\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        "[docsense.rerankers]\nbackwards = backwards_plugin:Backwards\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


def test_none_is_no_reranker():
    assert reranker_for("none") is None
    assert reranker_for("") is None


def test_an_installed_package_offers_a_reranker_by_its_entry_point(plugin):
    made = reranker_for("backwards")

    assert made.name == "backwards (plain)"
    assert list(made.rank("q", hits(3)).order) == [2, 1, 0]


def test_what_follows_the_colon_goes_to_the_plugin(plugin):
    assert reranker_for("backwards:a:b").name == "backwards (a:b)"


def test_an_unknown_name_is_refused_with_those_that_there_are(plugin):
    with pytest.raises(ConfigError, match="'nope': not known") as raised:
        reranker_for("nope")

    assert raised.value.hint == "use one of: none, engine, cross-encoder:FOLDER, backwards"


def test_an_engine_is_asked_where_there_is_one():
    assert reranker_for("engine", engine=ScriptedEngine([])).name == "engine (scripted)"
    with pytest.raises(ConfigError, match="no engine"):
        reranker_for("engine")


def test_a_cross_encoder_needs_its_model():
    with pytest.raises(ConfigError, match="no model"):
        reranker_for("cross-encoder")
