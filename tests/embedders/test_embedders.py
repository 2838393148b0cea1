from __future__ import annotations

import numpy as np
import pytest

from docsense.embedders.default import default_embedder
from docsense.embedders.hashing import HashingEmbedder
from docsense.embedders.int8 import Int8Embedder
from docsense.embedders.sentence_transformer import SentenceTransformerEmbedder
from docsense.embedders.weights import DEFAULT, find_model
from docsense.errors import ConfigError, MissingExtraError

FOLDER = find_model(DEFAULT)
needs_weights = [
    pytest.mark.models,
    pytest.mark.skipif(FOLDER is None, reason="extra 'offline' is absent"),
]
TEXTS = [
    "Net sales increased 27% compared to the prior year.",
    "",
    "Ein Satz auf Deutsch über die Zinsen der Bank.",
    "def load(path): return path.read_text()",
    "Revenue rose by more than a quarter against the year before. " * 40,
]


@pytest.fixture(scope="module", params=["hashing", pytest.param("int8", marks=needs_weights)])
def embedder(request, tmp_path_factory):
    if request.param == "hashing":
        return HashingEmbedder()
    return Int8Embedder(FOLDER, name=DEFAULT, cache=tmp_path_factory.mktemp("onnx"))


def test_rows_are_unit_vectors_of_the_stated_size(embedder):
    rows = embedder.embed_passages(TEXTS)

    assert rows.shape == (len(TEXTS), embedder.dim)
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1.0, abs=1e-3)


def test_rows_come_in_the_order_of_the_texts(embedder):
    together = embedder.embed_passages(TEXTS)
    apart = np.concatenate([embedder.embed_passages([text]) for text in TEXTS])

    # int8 scales a batch as a whole, so neighbors matter a little.
    assert ((together @ apart.T).argmax(axis=1) == range(len(TEXTS))).all()
    assert (together * apart).sum(axis=1).min() > 0.9


def test_the_same_texts_give_the_same_bytes(embedder):
    assert embedder.embed_passages(TEXTS).tobytes() == embedder.embed_passages(TEXTS).tobytes()


def test_no_texts_give_no_rows(embedder):
    assert embedder.embed_passages([]).shape == (0, embedder.dim)


def test_a_question_is_nearest_to_its_passage(embedder):
    query = embedder.embed_query("How much did net sales increase compared to the prior year?")

    assert query.shape == (1, embedder.dim)
    assert int((embedder.embed_passages(TEXTS) @ query[0]).argmax()) in {0, 4}


class TestInt8:
    pytestmark = needs_weights

    def test_agrees_with_sentence_transformers(self, tmp_path):
        texts = [text for text in TEXTS if text]
        ours = Int8Embedder(FOLDER, name=DEFAULT, cache=tmp_path).embed_passages(texts)
        theirs = SentenceTransformerEmbedder(FOLDER, name=DEFAULT).embed_passages(texts)

        assert (ours * theirs).sum(axis=1).min() > 0.97

    def test_the_export_is_kept_for_the_next_process(self, tmp_path):
        first = Int8Embedder(FOLDER, name=DEFAULT, cache=tmp_path)
        rows = first.embed_passages(TEXTS[:1])
        (kept,) = tmp_path.iterdir()
        stamp = kept.stat().st_mtime_ns
        again = Int8Embedder(FOLDER, name=DEFAULT, cache=tmp_path).embed_passages(TEXTS[:1])

        assert again.tobytes() == rows.tobytes()
        assert kept.stat().st_mtime_ns == stamp

    def test_a_cache_that_cannot_be_written_is_no_error(self, tmp_path):
        blocked = tmp_path / "file"
        blocked.write_text("x", encoding="utf-8")
        embedder = Int8Embedder(FOLDER, name=DEFAULT, cache=blocked / "onnx")

        assert embedder.embed_passages(TEXTS[:1]).shape == (1, 384)

    def test_the_default_embedder_is_known_before_anything_is_loaded(self):
        embedder = default_embedder()

        assert embedder.dim == 384
        assert "int8" in embedder.name
        assert not {"_session", "_tokenizer"} & set(vars(embedder))


def test_weights_that_are_not_here_are_named_and_never_downloaded(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ConfigError, match="no-such-model"):
        default_embedder("no-such-model")
    monkeypatch.setattr("docsense.embedders.weights.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError):
        default_embedder()


def test_a_hub_cache_is_used_when_it_holds_the_model(monkeypatch, tmp_path):
    repository = tmp_path / "models--org--model"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text("abc", encoding="utf-8")
    snapshot = repository / "snapshots" / "abc"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text("{}", encoding="utf-8")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))

    assert find_model("org/model") == snapshot


def test_an_absurd_dimension_is_a_programming_error():
    with pytest.raises(ValueError, match="dim"):
        HashingEmbedder(1)
