from __future__ import annotations

import pytest

from docsense.engines.address import parse_address
from docsense.errors import ConfigError


@pytest.mark.parametrize(
    ("base_url", "api", "root", "where", "loopback"),
    [
        ("http://localhost:8000", "http://localhost:8000/v1", "http://localhost:8000",
         "localhost:8000", True),
        (" http://127.0.0.1:8000/v1/ ", "http://127.0.0.1:8000/v1", "http://127.0.0.1:8000",
         "127.0.0.1:8000", True),
        ("http://[::1]:8000/v1", "http://[::1]:8000/v1", "http://[::1]:8000", "[::1]:8000", True),
        ("https://gpu.example/llm", "https://gpu.example/llm/v1", "https://gpu.example/llm",
         "gpu.example", False),
        ("https://api.example/v1beta/openai/", "https://api.example/v1beta/openai",
         "https://api.example/v1beta", "api.example", False),
        ("http://10.0.0.5:80", "http://10.0.0.5:80/v1", "http://10.0.0.5:80", "10.0.0.5:80", False),
    ],
)  # fmt: skip
def test_a_base_url_is_read_however_it_is_written(base_url, api, root, where, loopback):
    assert parse_address(base_url) == (api, root, where, loopback)


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "localhost:8000",
        "ftp://host",
        "http://",
        "http://host:port",
        "http://[::1",
        "http://h/?a=b",
    ],
)
def test_what_is_no_base_url_is_refused_with_an_example(base_url):
    with pytest.raises(ConfigError) as caught:
        parse_address(base_url)

    assert "http://localhost:8000/v1" in caught.value.hint


def test_a_password_in_the_url_is_refused_unseen():
    with pytest.raises(ConfigError) as caught:
        parse_address("https://me:hunter2@host/v1")

    assert "hunter2" not in str(caught.value) + caught.value.hint
