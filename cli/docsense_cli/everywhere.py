"""The options that every command has: ``--trace`` and ``--log-json``, before or after its name.

What they need is imported when they are given: ``docsense --help`` pays for neither.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docsense.tracing import Span
    from docsense.tracing.recorder import Recorder
    from docsense_cli.log import Log

LOG_JSON = "--log-json"


class EveryCommand(TyperGroup):
    """The group of all commands; it gives each of them the options below."""

    def __init__(self, **attributes: Any) -> None:  # noqa: ANN401  # Typer's own
        super().__init__(**attributes)
        alone = typer.Typer(add_completion=False)
        alone.command()(_options)
        options = get_command(alone).params
        for command in (self, *_leaves(self)):
            command.params.extend(options)


def _leaves(group: TyperGroup) -> Iterator[Any]:
    for command in group.commands.values():
        if isinstance(command, TyperGroup):
            yield from _leaves(command)
        else:
            yield command


def _begin_trace(path: Path | None) -> None:
    global _recorder, _command, _path
    if path is not None and _recorder is None:
        from docsense import tracing

        _recorder, _path = tracing.start(path, process="docsense"), path.resolve()
        _command = tracing.span("command")
        _command.__enter__()


def trace_path() -> Path | None:
    """Return the file of the trace that is being written, else None."""
    return _path if _recorder is not None else None


def end_trace() -> str:
    """Write what is left of the trace; return why it is not complete, "" when it is."""
    global _recorder
    recorder, _recorder = _recorder, None
    if recorder is None:
        return ""
    from docsense import tracing

    if _command is not None:
        _command.__exit__(None, None, None)
    tracing.stop(recorder)
    return recorder.failure


def _options(
    trace: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            help="Write where the time went, for ui.perfetto.dev",
            metavar="FILE",
            callback=_begin_trace,
            expose_value=False,
            is_eager=True,
        ),
    ] = None,
    log_json: Annotated[
        bool,
        typer.Option(LOG_JSON, help="Diagnostics on stderr as JSON Lines", expose_value=False),
    ] = False,  # ``open_log`` has seen it already
) -> None:
    """Declare the options; nothing calls this."""


def open_log(arguments: Sequence[str], env: Mapping[str, str]) -> None:
    """Make diagnostics JSON if the command line or ``DOCSENSE_LOG`` asks for it.

    The command line is looked at before it is parsed: what is wrong with it is a diagnostic too.

    Raises:
        ConfigError: ``DOCSENSE_LOG`` is neither "json" nor "text".
    """
    global _log
    ours = arguments[: arguments.index("--")] if "--" in arguments else arguments
    form = env.get("DOCSENSE_LOG", "") or "text"
    if LOG_JSON not in ours and form != "json":
        if form == "text":
            return
        from docsense.errors import ConfigError

        raise ConfigError(f"DOCSENSE_LOG={form!r}: unknown", hint="use json or text")
    from docsense_cli.log import Log

    _log = Log(env)


def close_log() -> None:
    """Give stderr back, if it was taken."""
    global _log
    if _log is not None:
        _log.close()
        _log = None


def current_log() -> Log | None:
    """Return the log while diagnostics are JSON, else None."""
    return _log


_recorder: Recorder | None = None
_command: Span | None = None
_path: Path | None = None
_log: Log | None = None
