"""The JSON form of answers, summaries and hits: stable keys, a schema version, same bytes out."""

from __future__ import annotations

import json
from dataclasses import asdict, is_dataclass
from typing import TYPE_CHECKING

from docsense.types import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance


def to_json(kind: str, value: DataclassInstance | Mapping[str, object]) -> str:
    """Return a value as JSON text whose first keys are ``schema`` and ``type``.

    Args:
        kind: What the value is: "answer", "summary", "hits", ...
    """
    form = asdict(value) if is_dataclass(value) else dict(value)
    return json.dumps({"schema": SCHEMA, "type": kind, **form}, ensure_ascii=False, indent=2) + "\n"
