"""What a user may set once: read from a TOML file, then from DOCSENSE_* variables.

Nothing is read at import; ``load_settings`` is called once by a command and its result passed on.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from docsense.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Defaults of every command; an option given on the command line wins.

    Args:
        home: Folder of the libraries.
        embedder: A sentence-transformers model, "hashing", or "none" for lexical search only.
        engine: "extractive" (no model), "server" (a model server), or "auto": a server where
            ``base_url`` names one or one is found on this machine, else extractive.
        base_url: Of an OpenAI-compatible server: "http://localhost:8000/v1".
        model: Name of the model to ask for; "" takes the one that the server has.
        api_key_file: File that holds the server's key; ``DOCSENSE_API_KEY`` wins over it.
        window: Tokens that the server takes, for servers that do not say; 0 asks the server.
        gpus: What the server runs on, such as "8xH100", to predict seconds; "" predicts none.
        hour_price: US dollars for an hour of one of them, to predict costs; 0 predicts none.
        rerank: What orders the best passages again: "none", "engine", "cross-encoder:FOLDER".
        workers: Processes that read files; 0 means one per core.
        timeout: Seconds that one file may take to read.
        memory: Bytes of address space that a reading process may take.
    """

    home: Path
    embedder: str = "all-MiniLM-L6-v2"
    engine: str = "auto"
    base_url: str = ""
    model: str = ""
    api_key_file: str = ""
    window: int = 0
    gpus: str = ""
    hour_price: float = 0.0
    rerank: str = "none"
    workers: int = 0
    timeout: float = 120.0
    memory: int = 4 * 1024**3


def load_settings(env: Mapping[str, str], *, path: Path | None = None) -> Settings:
    """Merge the defaults, the settings file and the environment.

    Args:
        env: Usually ``os.environ``; ``DOCSENSE_HOME``, ``DOCSENSE_EMBEDDER`` and so on.
        path: The TOML file; by default ``DOCSENSE_CONFIG``, else the user's config folder.

    Raises:
        ConfigError: The file is not TOML, or a key or a value is unknown.
    """
    import platformdirs

    settings = Settings(home=Path(platformdirs.user_data_path("docsense")) / "libraries")
    if path is None:
        chosen = env.get("DOCSENSE_CONFIG")
        path = Path(chosen) if chosen else platformdirs.user_config_path("docsense") / "config.toml"
        if chosen and not path.is_file():
            raise ConfigError(f"{path}: no such settings file", hint="correct DOCSENSE_CONFIG")
    if path.is_file():
        settings = _merged(settings, _read(path), origin=str(path))
    known = {field.name for field in fields(Settings)}
    from_env = {
        key.removeprefix("DOCSENSE_").lower(): value
        for key, value in env.items()
        if key.startswith("DOCSENSE_") and key.removeprefix("DOCSENSE_").lower() in known
    }
    return _merged(settings, from_env, origin="environment")


def _read(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not valid TOML: {error}", hint="correct the file") from error


def _merged(settings: Settings, values: Mapping[str, object], *, origin: str) -> Settings:
    known = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    changes: dict[str, object] = {}
    for key, value in values.items():
        if key not in known:
            raise ConfigError(
                f"{origin}: unknown setting {key!r}", hint=f"use one of: {', '.join(sorted(known))}"
            )
        kind = type(known[key]) if key != "home" else Path
        if key == "home" and "://" in str(value):
            raise ConfigError(
                f"{origin}: home = {value!r} is a URL, not a folder",
                hint="name a folder, and give the library's URL to --library",
            )
        try:
            changes[key] = kind(str(value)).expanduser() if kind is Path else kind(str(value))
        except ValueError as error:
            raise ConfigError(
                f"{origin}: {key} = {value!r} is not a {kind.__name__}", hint="correct the value"
            ) from error
    return replace(settings, **changes)  # type: ignore[arg-type]  # the types were checked above
