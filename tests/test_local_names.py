"""Names of local models: a folder, a repository, and the error if there is none."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from benchsmith.documents.problems import DocumentError
from benchsmith.models.local import checkpoint
from benchsmith.models.local.chat import generation_settings
from benchsmith.tables.file_digests import Digests
from tests.asking import command
from tests.local_models import found, release, snapshot, snapshot_of
from tests.paths import PYTHONPATH

__all__ = ["release"]


# which model is meant


def test_a_folder_is_another_model_once_anything_in_it_is_another(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    (folder / "sub").mkdir(parents=True)
    for name in ("config.json", "model.safetensors", "sub/template.jinja"):
        (folder / name).write_text(name)
    first = found(folder, tmp_path)
    assert (first.name, first.commit) == ("model", None)
    (folder / "README.md").write_text("words about it")
    (folder / ".cache").mkdir()
    (folder / ".cache/lock").write_text("")
    assert found(folder, tmp_path) == first
    seen = {first.revision}
    for name in ("config.json", "model.safetensors", "sub/template.jinja"):
        (folder / name).write_text(f"{name} ")
        seen.add(found(folder, tmp_path).revision)
    (folder / "sub/template.jinja").rename(folder / "template.jinja")
    seen.add(found(folder, tmp_path).revision)
    assert len(seen) == 5
    shutil.copytree(folder, tmp_path / "copy/model")
    assert found(tmp_path / "copy/model", tmp_path / "copy").revision in seen


def test_what_is_no_model_is_reported(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(DocumentError, match=r"has no config\.json"):
        found(tmp_path / "empty", tmp_path)
    for name in ("nowhere", "./a/b/c", "lab/model@", "-", ""):
        with pytest.raises(DocumentError, match="there is no model"):
            checkpoint.find(name, Digests(tmp_path / "d.jsonl"))


@contextmanager
def hub(status: int, error: str) -> Iterator[str]:
    """Run a Hub that says the same of everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(status)
            self.send_header("X-Error-Code", error)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_HEAD  # noqa: N815

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def looked_up(name: str, folder: Path, **env: str) -> str:
    """Find a model in a process of its own, since the Hub's library reads the environment once."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom benchsmith.tables.file_digests import Digests\n"
        "from benchsmith.models.local.checkpoint import find\n"
        "try:\n    found = find(sys.argv[1], Digests(Path('none.jsonl')))\n"
        "    print(found.name, found.commit, found.revision)\n"
        "except Exception as error:\n    print(type(error).__name__, error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, name], capture_output=True, text=True, check=True,
        env={**os.environ, "PYTHONPATH": PYTHONPATH, "HF_HOME": str(folder), "HF_TOKEN": "",
             "HF_HUB_DISABLE_TELEMETRY": "1", **env},
    )  # fmt: skip
    return done.stdout


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (404, "RepoNotFound", r"DocumentError .*is not on the Hub.*hf auth login"),
        (
            403,
            "GatedRepo",
            r"DocumentError .*accept its terms at https://huggingface\.co/lab/model",
        ),
        (404, "RevisionNotFound", r"DocumentError .*has no revision 'v9'"),
        (404, "EntryNotFound", r"DocumentError .*has no config\.json"),
        (501, "", r"LocalModelError .*the Hub cannot be reached.*hf download lab/model"),
    ],
)
def test_an_error_of_the_hub_is_reported_with_a_remedy(
    tmp_path: Path, status: int, error: str, says: str
) -> None:
    with hub(status, error) as url:
        assert re.search(says, looked_up("lab/model@v9", tmp_path, HF_ENDPOINT=url))


def test_a_repository_that_was_fetched_needs_no_network(tmp_path: Path) -> None:
    commit = "0123456789abcdef0123456789abcdef01234567"
    snapshot(tmp_path, commit).mkdir()
    (snapshot_of(tmp_path) / "config.json").write_text("{}")
    offline = {"HF_HUB_OFFLINE": "1"}
    assert looked_up("lab/tiny", tmp_path, **offline) == f"lab/tiny {commit} {commit}\n"
    assert looked_up(f"lab/tiny@{commit}", tmp_path, **offline) == f"lab/tiny {commit} {commit}\n"
    said = looked_up("lab/other", tmp_path, **offline)
    assert said.startswith("LocalModelError lab/other is not on this machine")


# what a person does wrong


@pytest.mark.skipif(find_spec("torch") is not None, reason="torch is installed")
@pytest.mark.parametrize("words", [("evaluate",), ("features",)])
def test_a_library_that_is_not_here_is_named_with_its_pip_line(
    release: Path, tmp_path: Path, words: tuple[str, ...]
) -> None:
    where = (str(release), "--output", str(tmp_path))
    said = command(*words, *where, "--model", "local:lab/tiny", code=2)
    assert "local:lab/tiny needs torch" in said and "pip install 'benchsmith[local]'" in said
    said = command("features", *where, "--model", "open-clip:ViT-B-32/openai", code=2)
    assert "needs torch and open_clip" in said


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (
            ("--model", "local:x", "--device", "gpu"),
            "there is no device 'gpu'; use one of auto, cpu, cuda",
        ),
        (("--model", "local:x", "--device", "cdua:1"), "there is no device"),
        (("--model", "local:x", "--dtype", "bfloat"), "did you mean bfloat16"),
        (("--model", "m", "--device", "cpu"), "need --model local:NAME"),
        (("--model", "m", "--batch", "2"), "need --model local:NAME"),
        (("--model", "baseline:random", "--trust-remote-code"), "need --model local:NAME"),
        (
            ("--model", "baseline:random", "--judge-model", "local:x"),
            "must be served by the endpoint",
        ),
    ],
)
def test_mistakes_are_reported_in_one_line(
    release: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    said = command("evaluate", str(release), "--output", str(tmp_path), *words, code=2)
    assert says in said and "Traceback" not in said


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"temperature": 0.5}, "greedily"),
        ({"top_p": 0.9}, "top_p is not a setting of a local model"),
        ({"max_token": 9}, "did you mean max_tokens"),
        ({"max_tokens": 0}, "max_tokens is 0"),
        ({"max_tokens": True}, "max_tokens is True"),
        ({"chat_template_kwargs": 3}, "chat_template_kwargs is 3"),
    ],
)
def test_settings_that_a_local_model_has_not_are_reported(
    settings: dict[str, Any], says: str
) -> None:
    with pytest.raises(DocumentError, match=says):
        generation_settings(settings)
