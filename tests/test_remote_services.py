"""Sources on S3 and on the Hub."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchsmith.fetch import url_cache
from tests.conftest import PROJECT, Project
from tests.hub import hub
from tests.remote_sources import MOST, from_url, here
from tests.web import files_of, s3


def test_s3_is_fetched(project: Project, tmp_path: Path) -> None:
    pytest.importorskip("s3fs")
    pytest.importorskip("moto.server")
    import boto3

    with s3() as env:
        moved, client = from_url(project, "s3://bucket/sets/skin"), boto3.client("s3")
        client.put_object(Bucket="bucket", Key="sets/skin/", Body=b"")  # as consoles make folders
        for name, data in files_of(moved).items():
            client.put_object(Bucket="bucket", Key=f"sets/skin/{name}", Body=data)
        project.run("fetch", "small", process=True, **env)
        assert here(project.folder, "s3://bucket/sets/skin") == files_of(moved)
        assert "nothing has changed" in project.run("fetch", "small", **env)
        name = min(files_of(moved))
        client.put_object(Bucket="bucket", Key=f"sets/skin/{name}", Body=b"new")
        assert url_cache.compare(project.folder, "s3://bucket/sets/skin").changed == [name]
        client.put_object(Bucket="bucket", Key="sets/skin/../../x", Body=b"bad")
        said = project.run("fetch", "small", code=4, **env)
        assert "leads out" in said
        said = project.run(
            "fetch",
            "small",
            code=4,
            process=True,
            **(env | {"AWS_ENDPOINT_URL": env["AWS_ENDPOINT_URL"] + "9"}),
        )
        assert "Traceback" not in said


def test_the_hub_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with hub() as server:
        from tests.hub import WRITER
        from tests.hub_datasets import Dataset, Entry

        files = {
            "a.txt": Entry(b"one", large=False),
            "deep/b.parquet": Entry(b"two" * 99, large=True),
        }
        server.datasets["lab/organs"] = Dataset(private=False)
        server.datasets["lab/organs"].commit("first", files)
        code = (
            "import sys; from pathlib import Path; from benchsmith.fetch import url_cache; "
            "from benchsmith.core.silent_progress import Silent; "
            f"print(url_cache.fetch(Path(sys.argv[1]), 'hf://datasets/lab/organs', {MOST}, Silent()))"
        )
        env = {**os.environ, "HF_ENDPOINT": server.url, "HF_TOKEN": WRITER, "HF_HUB_DISABLE_XET": "1",
               "HF_HOME": str(tmp_path / "hf")}  # fmt: skip

        def run() -> str:
            done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], env=env, cwd=PROJECT,
                                  capture_output=True, text=True, check=False)  # fmt: skip
            assert done.returncode == 0, done.stderr
            return done.stdout.strip()

        assert run() == "True"
        url = "hf://datasets/lab/organs"
        assert here(tmp_path, url) == {"a.txt": b"one", "deep/b.parquet": b"two" * 99}
        assert run() == "False"
        changed = files | {"deep/b.parquet": Entry(b"TWO" * 99, large=True)}
        server.datasets["lab/organs"].commit("second", changed)
        assert run() == "True"
        assert here(tmp_path, url) == {"a.txt": b"one", "deep/b.parquet": b"TWO" * 99}
