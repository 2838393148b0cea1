from __future__ import annotations

import pytest

from docsense.tracing import recording, span
from tests.tracing.samples import events


@pytest.mark.parametrize("value", ["the text of a document", b"key", None, ["a"]])
def test_nothing_but_numbers_goes_in(path, value):
    with recording(path, process="p"), pytest.raises(TypeError, match="not a number"):  # noqa: SIM117
        with span("walk", files=value):
            pass

    assert "document" not in path.read_text("utf-8")


def test_long_names_are_cut_and_stay_on_one_line(path):
    with recording(path, process="p"), span("read", "a\n" * 300 + "end.md"):
        pass

    (event,) = events(path)
    assert len(event["args"]["of"]) == 200 and event["args"]["of"].endswith("a end.md")
