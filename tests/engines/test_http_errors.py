from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from docsense.engines.http_errors import (
    Refusal,
    is_overflow,
    is_schema_refusal,
    read_refusal,
    refused,
    retry_after,
)


@given(st.binary() | st.recursive(st.none() | st.integers() | st.text(), st.lists).map(repr))
def test_any_body_is_read_and_refused(body):
    data = body if isinstance(body, bytes) else body.encode("utf-8", "replace")
    refusal = read_refusal(400, data)

    assert refused(refusal, where="host", model="m").message.startswith("host")


def test_a_refusal_of_vllm_is_read_whole():
    body = b'{"error": {"message": "m", "type": "t", "param": "input_tokens", "code": 400}}'

    assert read_refusal(400, body) == Refusal(400, "m", "t", "input_tokens")


def test_a_page_of_a_proxy_is_no_reason():
    assert read_refusal(502, b"<html>bad gateway</html>").message == ""


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Refusal(400, "", param="input_tokens"), True),
        (Refusal(400, "", param="max_tokens"), True),
        (Refusal(400, "use max_completion_tokens", param="max_tokens",
                 code="unsupported_parameter"), False),
        (Refusal(400, "maximum context length is 8", param="top_p"), False),
        (Refusal(400, "This model's maximum context length is 8"), True),
        (Refusal(500, "maximum context length"), False),
        (Refusal(400, "", code="context_length_exceeded"), True),
    ],
)  # fmt: skip
def test_an_overflow_is_told_by_what_the_server_names(refusal, expected):
    assert is_overflow(refusal) is expected


@pytest.mark.parametrize(
    ("refusal", "expected"),
    [
        (Refusal(400, "response_format: json_schema is not supported"), True),
        (Refusal(400, "bad", param="response_format"), True),
        (Refusal(400, "The provided JSON schema contains features not supported"), True),
        (Refusal(400, "bad temperature"), False),
        (Refusal(500, "json_schema"), False),
        (Refusal(400, "json_schema", param="input_tokens"), False),
    ],
)
def test_a_schema_that_is_refused_is_told_apart(refusal, expected):
    assert is_schema_refusal(refusal) is expected


def test_retry_after_is_a_number_or_a_date():
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)

    assert retry_after("7") == 7
    assert 50 < retry_after(soon) <= 60
    assert retry_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert retry_after("later") is None
    assert retry_after(None) is None
