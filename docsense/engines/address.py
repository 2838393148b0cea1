"""Where a model server is: its base URL, however it was written."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import NamedTuple
from urllib.parse import urlsplit

from docsense.errors import ConfigError

_VERSION = re.compile(r"v\d\w*")
_EXAMPLE = "give it as http://localhost:8000/v1"


class Address(NamedTuple):
    """A server's places, none with a slash at the end.

    ``api`` holds the OpenAI routes ("http://host:8000/v1"), ``root`` those beside them; ``where``
    is what people read ("host:8000").
    """

    api: str
    root: str
    where: str
    loopback: bool


def parse_address(base_url: str) -> Address:
    """Read a base URL with or without its version ("/v1") and a slash at the end.

    Raises:
        ConfigError: It is no http or https URL, or holds a user name or password.
    """
    try:
        parts = urlsplit(base_url.strip())
        host, port = parts.hostname, parts.port
    except ValueError as error:  # a port that is no number, a broken IPv6 address
        raise ConfigError(f"{base_url!r}: not a URL: {error}", hint=_EXAMPLE) from None
    if parts.username is not None:
        # The URL is not repeated: it holds a secret, and base URLs end up in logs.
        raise ConfigError(
            "the base URL holds a user name or password", hint="put the key into DOCSENSE_API_KEY"
        )
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigError(f"{base_url!r}: not an http or https URL", hint=_EXAMPLE)
    if parts.query or parts.fragment:
        raise ConfigError(f"{base_url!r}: a base URL has no query or fragment", hint=_EXAMPLE)
    path = parts.path.rstrip("/")
    if not any(_VERSION.fullmatch(part) for part in path.split("/")):
        path += "/v1"
    api = f"{parts.scheme}://{parts.netloc}{path}"
    root = api.rsplit("/", 1)[0]
    where = f"[{host}]" if ":" in host else host
    return Address(api, root, f"{where}:{port}" if port else where, _is_loopback(host))


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:  # a name
        return False
