"""What an installed vLLM takes: asked of a stand-in always, of a real one where there is one."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from docsense.errors import ConfigError, EngineError, MissingExtraError
from docsense.serving.installed import Installed, installed
from docsense.serving.license import accept, accepted
from docsense.serving.supported import supported
from tests.serving.cases import CASES, made

REAL = os.environ.get("DOCSENSE_VLLM_PYTHON", "")
PARSE = """
import importlib, json, sys
for place in ("common", "launchers", "openai"):
    try:
        make = importlib.import_module(f"vllm.entrypoints.{place}.cli_args").make_arg_parser
        break
    except ModuleNotFoundError:
        continue
from vllm.utils.argparse_utils import FlexibleArgumentParser
parser = make(FlexibleArgumentParser())
parsed = []
for arguments in json.load(sys.stdin):
    known = vars(parser.parse_args(arguments))
    parsed.append({k: v for k, v in known.items() if isinstance(v, (str, int, float, type(None)))})
print("\\nparsed:" + json.dumps(parsed))
"""


@pytest.fixture(scope="module")
def real():
    if not REAL:
        pytest.skip("DOCSENSE_VLLM_PYTHON names no interpreter with vllm")
    return installed(REAL)


def test_the_real_parser_takes_every_launch(real):
    """One process for all: vLLM takes 10 s to import."""
    launches = []
    for model, gpus, weights in CASES:
        for options in ({}, {"images": 4, "kv_dtype": "fp8", "window": 65536}):
            try:
                launches.append(supported(made(model, gpus, weights, **options), real))
            except ConfigError:
                assert model == "maverick" and gpus == "1xH100"
    launches.append(supported(made("scout", "2x8xH200", multi_node="ray"), real))
    launches.append(supported(made("scout", "cpu"), real))
    wanted = [(one, node.rank) for one in launches for node in one.nodes]
    done = subprocess.run(
        [REAL, "-c", PARSE],
        input=json.dumps([one.arguments(rank) for one, rank in wanted]),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == 0, done.stderr[-2000:]
    (line,) = (x for x in done.stdout.splitlines() if x.startswith("parsed:"))
    parsed = json.loads(line.removeprefix("parsed:"))
    assert len(parsed) == len(wanted)
    for (launched, rank), found in zip(wanted, parsed, strict=True):
        values = {flag.name: flag.value for flag in launched.flags}
        assert launched.model in (found["model"], found["model_tag"])
        assert found["disable_hybrid_kv_cache_manager"] is False
        assert found["max_num_seqs"] == int(values["--max-num-seqs"])
        assert found["tensor_parallel_size"] == int(values.get("--tensor-parallel-size", 1))
        assert found["headless"] == launched.node(rank).headless
        assert found["node_rank"] == rank
        assert found["host"] == "127.0.0.1"


def test_the_real_vllm_knows_every_flag_in_one_spelling(real):
    for model, gpus, weights in CASES:
        if (model, gpus) == ("maverick", "1xH100"):
            continue
        launched = made(model, gpus, weights)
        fitted = supported(launched, real)

        assert not any("left out" in note for note in fitted.notes)
        assert len(fitted.flags) == len(launched.flags)


def test_an_unknown_flag_is_dropped_with_its_reason_or_respelled():
    launched = made("scout", "8xB200")
    older = Installed(
        version="0.30.0",
        options=frozenset(flag.name for flag in launched.flags)
        - {"--sse-keep-alive-interval", "--enable-hybrid-kv-cache-manager"}
        | {"--no-disable-hybrid-kv-cache-manager"},
    )
    fitted = supported(launched, older)
    names = {flag.name for flag in fitted.flags}

    assert names <= older.options
    assert "--no-disable-hybrid-kv-cache-manager" in names
    assert any("--sse-keep-alive-interval" in n and "hang up" in n for n in fitted.notes)
    assert any("spells" in note for note in fitted.notes)


def test_a_flag_that_the_start_needs_is_not_dropped():
    launched = made("scout", "2x8xH200")
    older = Installed(
        version="0.9.0", options=frozenset(flag.name for flag in launched.flags) - {"--nnodes"}
    )
    with pytest.raises(EngineError, match="--nnodes"):
        supported(launched, older)


def test_a_stand_in_is_asked_for_its_options(stand_in):
    found = installed(stand_in("older"))

    assert found.version == "0.33.0"
    assert "--max-num-seqs" in found.options
    assert "--sse-keep-alive-interval" not in found.options


def test_an_interpreter_without_vllm_is_a_missing_extra(stand_in):
    with pytest.raises(MissingExtraError) as missing:
        installed(stand_in("without vllm"))

    assert missing.value.extra == "vllm"


def test_an_interpreter_that_is_not_there_is_a_setting_to_correct(tmp_path):
    with pytest.raises(ConfigError) as refused:
        installed(str(tmp_path / "python"))

    assert "--python" in refused.value.hint


def test_a_vllm_that_cannot_be_imported_says_why(tmp_path):
    (tmp_path / "vllm.py").write_text("raise ImportError('libcuda.so.1: cannot open')")
    env = {"PYTHONPATH": str(tmp_path)}
    with pytest.raises(EngineError, match=r"libcuda\.so\.1"):
        installed(sys.executable, env=env)


def test_a_license_is_asked_for_once(tmp_path):
    path = tmp_path / "folder" / "licenses.json"
    assert not accepted("A", path=path)
    accept("A", path=path)
    accept("B", path=path)

    assert accepted("A", path=path) and accepted("B", path=path)
    assert not accepted("C", path=path)


def test_a_broken_record_of_licenses_is_named(tmp_path):
    path = tmp_path / "licenses.json"
    path.write_text("[]")
    with pytest.raises(ConfigError, match=r"licenses\.json"):
        accepted("A", path=path)
