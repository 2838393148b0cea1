"""HTTP to one model server: requests that can be cancelled, and errors in our terms.

Every request has its own connection, closed with the response. Opening one costs nothing beside a
prompt, a server never closes an idle one under us (vLLM does after 5 s), and cancelling means
closing: that is how a server learns that nobody waits any more.
"""

from __future__ import annotations

import logging
import socket
import ssl
from contextlib import contextmanager, suppress
from functools import cached_property
from threading import Event, Lock
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from docsense.engines.bounded import MOST_BYTES, PLAIN, read_some, read_whole
from docsense.engines.retrying import TransientError
from docsense.errors import ConfigError, EngineUnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import httpx

    from docsense.engines.address import Address
    from docsense.engines.body import JsonBody

_log = logging.getLogger(__name__)
_WRITE_SECONDS = 60.0
_PATIENT = 4.0
"""Times that it may keep quiet: what a short response may take in all."""

_START = "start the model server, or correct DOCSENSE_BASE_URL"
# A host that vanishes is noticed after 30 + 6 * 10 seconds even while a long prefill keeps quiet.
_KEEP_ALIVE = (("TCP_KEEPIDLE", 30), ("TCP_KEEPINTVL", 10), ("TCP_KEEPCNT", 6))


class Cancellation:
    """Ends the requests made under it, from any thread, by shutting their sockets down."""

    def __init__(self) -> None:
        self.event = Event()
        self._lock = Lock()
        self._sockets: set[socket.socket] = set()

    def cancel(self) -> None:
        """End all requests; those that start later end at once."""
        with self._lock:
            self.event.set()
            for open_socket in self._sockets:
                _shut(open_socket)

    def watch(self, event: str, values: dict[str, object]) -> None:
        """Take note of a connection: a ``trace`` callback of httpx, called as requests proceed."""
        if not event.endswith(("connect_tcp.complete", "start_tls.complete")):
            return
        stream = values.get("return_value")
        found = getattr(stream, "get_extra_info", lambda _: None)("socket")
        if isinstance(found, socket.socket):
            with self._lock:
                self._sockets.add(found)
                if self.event.is_set():
                    _shut(found)

    def forget(self) -> None:
        """Drop the connections that are closed by now."""
        with self._lock:
            self._sockets = {known for known in self._sockets if known.fileno() != -1}


class Got(NamedTuple):
    """A response that was read whole."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


class Connection:
    """Makes requests to one server; the key is held by a function, where no dump shows it."""

    def __init__(
        self,
        address: Address,
        *,
        api_key: str,
        transport: httpx.BaseTransport | None,
        connect_timeout: float,
    ) -> None:
        if api_key and not (api_key.isascii() and api_key.isprintable() and " " not in api_key):
            raise ConfigError(
                "the API key holds characters that no key has", hint="correct DOCSENSE_API_KEY"
            )
        self._address = address
        self._transport = transport
        self._connect_timeout = connect_timeout
        self._authorize = _bearer(api_key)
        self._met = False
        self.redact = _redaction(api_key)

    def close(self) -> None:
        """Give up what is held; there are no open connections between requests."""
        self._client.close()

    def get(self, url: str, *, seconds: float) -> Got:
        """Return a response, read whole; ``seconds`` it may keep quiet.

        Raises:
            EngineError: It is too long, compressed, or does not end.
        """
        with (
            self._translated(received=None, seconds=seconds),
            self._client.stream("GET", url, timeout=self._timeout(seconds)) as response,
        ):
            body = read_whole(response, where=self._address.where, seconds=_PATIENT * seconds)
        self._met = True
        return Got(response.status_code, response.headers, body)

    @contextmanager
    def post(
        self, url: str, body: JsonBody, *, seconds: float, cancellation: Cancellation
    ) -> Iterator[httpx.Response]:
        """Send a body and give the response as soon as its headers are there; close it after.

        Raises:
            TransientError: Nobody answers, or the connection breaks before the headers.
            EngineUnavailableError: Nothing came for ``seconds``.
        """
        with self._translated(received=None, seconds=seconds):
            request = self._client.build_request(
                "POST",
                url,
                content=body.content(),
                headers={"Content-Type": "application/json"},
                timeout=self._timeout(seconds),
                extensions={"trace": cancellation.watch},
            )
            response = self._client.send(request, stream=True)
        self._met = True
        try:
            yield response
        finally:
            response.close()
            cancellation.forget()

    def chunks(
        self,
        response: httpx.Response,
        *,
        seconds: float,
        received: Callable[[], int] | None = None,
        most: int = MOST_BYTES,
    ) -> Iterator[bytes]:
        """Yield the body as it arrives; ``received`` counts the characters of text by then.

        Raises:
            TransientError: The connection broke before any text.
            EngineUnavailableError: It broke after, or nothing came for ``seconds``.
            EngineError: There are more than ``most`` bytes, or they are compressed.
        """
        with self._translated(received=received, seconds=seconds):
            yield from read_some(response, where=self._address.where, most=most)

    def _timeout(self, seconds: float) -> httpx.Timeout:
        import httpx

        return httpx.Timeout(
            connect=self._connect_timeout, read=seconds, write=_WRITE_SECONDS, pool=None
        )

    @cached_property
    def _client(self) -> httpx.Client:
        import httpx

        url = self._address.api
        transport = self._transport
        if transport is None and not _needs_proxy(url, loopback=self._address.loopback):
            transport = httpx.HTTPTransport(
                verify=url.startswith("https:"),
                trust_env=not self._address.loopback,
                limits=_limits(),
                socket_options=_socket_options(),
            )
        return httpx.Client(
            transport=transport,
            trust_env=not self._address.loopback,
            auth=self._authorize,
            limits=_limits(),
            headers={"User-Agent": "docsense", **PLAIN},
        )

    @contextmanager
    def _translated(self, *, received: Callable[[], int] | None, seconds: float) -> Iterator[None]:
        import httpx

        where = self._address.where
        try:
            yield
        except httpx.ReadTimeout as error:
            raise EngineUnavailableError(
                f"{where}: nothing came for {seconds:.0f} s",
                hint="look at the server's log; long prompts need a faster or less busy server",
            ) from error
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            reason = self.redact(str(error)) or type(error).__name__
            # A server that was never there is not waited for; one that was may be restarting.
            if _is_hopeless(error) or not self._met:
                raise EngineUnavailableError(
                    f"{where}: no model server answers ({reason})", hint=_START
                ) from error
            raise TransientError(f"no model server answers ({reason})") from error
        except httpx.TransportError as error:
            _log.debug("%s: %s", where, type(error).__name__)
            if count := received() if received else 0:
                raise lost(where, count) from error
            raise TransientError("connection lost") from error


def lost(where: str, received: int) -> EngineUnavailableError:
    """Return the error of an answer that breaks off after so many characters."""
    return EngineUnavailableError(
        f"{where}: connection lost mid-answer, after {received:,} characters",
        hint="look at the server's log, then ask again",
    )


def _bearer(api_key: str) -> Callable[[httpx.Request], httpx.Request]:
    def authorize(request: httpx.Request) -> httpx.Request:
        if api_key:
            request.headers["Authorization"] = f"Bearer {api_key}"
        return request

    return authorize


def _redaction(api_key: str) -> Callable[[str], str]:
    return lambda text: text.replace(api_key, "[API key]") if api_key else text


def _shut(open_socket: socket.socket) -> None:
    with suppress(OSError):  # closed in the meantime
        open_socket.shutdown(socket.SHUT_RDWR)


def _limits() -> httpx.Limits:
    import httpx

    return httpx.Limits(max_connections=None, max_keepalive_connections=0)


def _socket_options() -> list[tuple[int, int, int]]:
    options = [(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    for name, value in _KEEP_ALIVE:
        if hasattr(socket, name):  # not everywhere
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


def _needs_proxy(url: str, *, loopback: bool) -> bool:
    """Tell whether the environment names a proxy for this URL; httpx then finds it itself."""
    parts = urlsplit(url)
    proxies = getproxies()
    if loopback or not (parts.scheme in proxies or "all" in proxies):
        return False
    return not proxy_bypass(parts.hostname or "")


def _is_hopeless(error: BaseException | None) -> bool:
    """Tell whether no other try can connect: the name is unknown, or the certificate is bad."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return True
        if isinstance(error, socket.gaierror):
            return error.errno == socket.EAI_NONAME
        error = error.__cause__ or error.__context__
    return False
