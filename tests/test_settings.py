from __future__ import annotations

from pathlib import Path

import pytest

from docsense.errors import ConfigError
from docsense.settings import load_settings


def test_the_environment_wins_over_the_file(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('embedder = "none"\nworkers = 3\n', encoding="utf-8")

    settings = load_settings({"DOCSENSE_WORKERS": "1", "DOCSENSE_HOME": "/x"}, path=file)

    assert (settings.embedder, settings.workers, settings.home) == ("none", 1, Path("/x"))


@pytest.mark.parametrize("text", ["colour = 1", "workers = 'many'", "= ="])
def test_a_wrong_settings_file_is_a_config_error_that_names_it(tmp_path, text):
    file = tmp_path / "config.toml"
    file.write_text(text, encoding="utf-8")

    with pytest.raises(ConfigError, match=r"config\.toml") as caught:
        load_settings({}, path=file)
    assert caught.value.exit_status == 3


def test_a_settings_file_that_was_named_must_exist(tmp_path):
    with pytest.raises(ConfigError):
        load_settings({"DOCSENSE_CONFIG": str(tmp_path / "none.toml")})


def test_variables_of_other_purposes_are_left_alone(tmp_path):
    settings = load_settings({"DOCSENSE_BASE_URL": "x"}, path=tmp_path / "none.toml")

    assert settings.engine == "auto"


def test_a_url_is_no_home():
    with pytest.raises(ConfigError, match="not a folder"):
        load_settings({"DOCSENSE_HOME": "s3://bucket/libraries", "DOCSENSE_CONFIG": ""})
