"""A Hub and the command that publishes to it, for tests."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchsmith import cli
from tests.conftest import Project
from tests.hub import WRITER, Server, hub

REPO = "lab/organs"

Publish = Callable[..., str]


@pytest.fixture
def server() -> Iterator[Server]:
    with hub() as running:
        yield running


@pytest.fixture
def command(
    built: Project,
    server: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Publish:
    """Return what runs `benchsmith` in this process, and gives back what it printed."""
    import huggingface_hub.constants

    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_ENDPOINT", server.url)

    def run(*words: str, who: str = WRITER, code: int = 0, home: Path = built.folder) -> str:
        monkeypatch.setenv("HF_TOKEN", who)
        monkeypatch.setattr(sys, "argv", ["benchsmith", *words, "--home", str(home)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = "".join(capsys.readouterr())
        assert end.value.code == code, printed
        assert who.strip() == "" or who not in printed
        return printed

    return run


@pytest.fixture
def publish(command: Publish) -> Publish:
    """Return what runs `benchsmith publish` without a question back."""
    return lambda *words, **how: command("publish", *words, "--repo", REPO, "--yes", **how)


@pytest.fixture
def other(built: Project, tmp_path: Path) -> Project:
    """Return a copy of the built project that may be changed."""
    return built.copy(tmp_path / "other")


def forget(release: Path, *names: str) -> None:
    """Take files out of a release and its manifest, as if no export had written them."""
    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    for name in names:
        (release / name).unlink()
        del manifest["files"][name]
    path.write_text(json.dumps(manifest))


def rewrite(release: Path, name: str, text: str) -> None:
    """Change a file of a release with its digest, as if it had been exported so."""
    (release / name).write_text(text)
    path = release / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["files"][name] = hashlib.sha256((release / name).read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest))
