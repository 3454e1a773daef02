"""What is not published: an edited or old release, one without an audit, a licence that forbids."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Project
from tests.hub import WRITER, Server
from tests.hub_datasets import Entry
from tests.hub_publishing import REPO, Publish, command, forget, other, publish, rewrite, server

__all__ = ["command", "other", "publish", "server"]


def test_words_that_cannot_be_meant_are_refused_before_anything_is_sent(
    built: Project, server: Server
) -> None:
    """Also without a terminal and without --yes."""
    words = ("publish", "--repo", "organs", "--tag", "a b", "--folder", ".", "small")
    said = built.run(*words, code=2, HF_ENDPOINT=server.url, HF_TOKEN=WRITER)
    for told in ("of the form user/name", "one of them", "is not a tag", "there is no terminal"):
        assert told in said
    assert not server.requests


def test_a_benchmark_that_is_none_is_named_with_what_is_near(
    server: Server, publish: Publish, project: Project
) -> None:
    assert "did you mean small?" in publish("smal", code=2)
    assert "is not built" in publish("small", home=project.folder, code=4)
    assert "is not a release" in publish("--folder", str(project.folder), code=4)
    assert not server.requests


def test_an_edited_release_is_refused(other: Project, server: Server, publish: Publish) -> None:
    (other.release / "README.md").write_text("better\n")
    (other.release / "provenance.parquet").unlink()
    (other.release / "answers.csv").write_text("id,answer\n")
    manifest = other.release / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    said = publish("small", home=other.folder, code=5)
    for told in (
        "README.md was changed",
        "provenance.parquet is missing",
        "answers.csv does not belong to this release",
        "manifest.json was changed",
    ):
        assert told in said
    assert not server.requests


def test_a_link_in_a_release_is_refused(
    other: Project, server: Server, publish: Publish, tmp_path: Path
) -> None:
    """Also one to a file with the same bytes, and one to a folder: what it leads to is elsewhere."""
    card = other.release / "README.md"
    card.rename(tmp_path / "elsewhere.md")
    card.symlink_to(tmp_path / "elsewhere.md")
    (other.release / "more").symlink_to(other.folder / "raw_sources", target_is_directory=True)
    said = publish("small", home=other.folder, code=5)
    assert "README.md is a link" in said and "more is a link" in said
    assert not server.requests


def test_a_release_of_an_earlier_build_is_refused(
    other: Project, server: Server, publish: Publish
) -> None:
    path = other.folder / "output/small/latest.json"
    latest = json.loads(path.read_text())
    path.write_text(json.dumps({**latest, "export": {"all": "another"}}))
    assert "release/ is from an earlier build" in publish("small", home=other.folder, code=5)
    assert not server.requests


@pytest.mark.parametrize("where", ["release", "beside"])
def test_a_failed_audit_is_refused(
    other: Project, server: Server, publish: Publish, where: str
) -> None:
    """Also where only the last audit, run after the build, failed."""
    path = other.release / "validity.json"
    path = path if where == "release" else other.folder / "output/small/audit.json"
    found = json.loads(path.read_text())
    check = next(c for c in found["checks"] if c["hard"])
    check |= {"outcome": "FAIL", "says": "a made-up fault"}
    if where == "release":
        rewrite(other.release, "validity.json", json.dumps(found))
        said = publish("--folder", str(other.release), home=other.folder, code=5)
    else:
        path.write_text(json.dumps(found))
        said = publish("small", home=other.folder, code=5)
    assert "a made-up fault" in said
    assert check["remedy"] in said
    assert not server.requests


def test_a_waived_failure_is_shown_and_does_not_refuse(
    other: Project, server: Server, publish: Publish
) -> None:
    found = json.loads((other.release / "validity.json").read_text())
    check = next(c for c in found["checks"] if c["hard"])
    check |= {"outcome": "WARN", "says": "fails, waived by Ada: known", "waived_by": "Ada"}
    rewrite(other.release, "validity.json", json.dumps(found))
    said = publish("--folder", str(other.release), "--dry-run", home=other.folder)
    assert f"audit {check['check']}: fails, waived by Ada: known" in said


def test_a_release_without_an_audit_is_refused_unless_its_exports_leave_it_out(
    other: Project, server: Server, publish: Publish
) -> None:
    forget(other.release, "validity.json")
    words = ("--folder", str(other.release), "--dry-run")
    assert "there is no validity.json" in publish(*words, home=other.folder, code=5)
    path = other.folder / "benchmarks/small.yaml"
    path.write_text(path.read_text() + "\nexports: [parquet, attribution, card]\n")
    assert "the release has no audit" in publish(*words, home=other.folder)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("cc0-1.0\tCC0 1.0\thttps://x.org\tno\tyes\tno\tno\t", "forbids redistribution"),
        ("other\tOther\thttps://x.org\tyes\tyes\tno\tno\t", "is not in lexicon/licences.tsv"),
    ],
)
def test_a_licence_that_forbids_or_is_unknown_is_refused(
    other: Project, server: Server, publish: Publish, row: str, told: str
) -> None:
    """Whether the attribution or only the tables name it."""
    path = other.folder / "lexicon/licences.tsv"
    path.write_text(path.read_text().splitlines()[0] + f"\n{row}\n")
    words = ("--folder", str(other.release))
    assert told in publish(*words, home=other.folder, code=5)
    forget(other.release, "ATTRIBUTION.tsv")
    assert told in publish(*words, home=other.folder, code=5)
    assert not server.requests


def test_a_dataset_of_something_else_is_left_alone(
    server: Server, publish: Publish, other: Project
) -> None:
    publish("small")
    dataset = server.datasets[REPO]
    assert "--private works only for a new dataset" in publish("small", "--private", code=5)
    strange = {"train.csv": Entry(b"a,b\n", False)}
    dataset.commit("other data", strange)
    assert "belong to no release of small (train.csv)" in publish("small", "--tag", "x", code=5)
    manifest = {"benchmark": "large", "files": {"train.csv": ""}}
    dataset.commit(
        "a release", {**strange, "manifest.json": Entry(json.dumps(manifest).encode(), False)}
    )
    assert "holds a release of large" in publish("small", "--tag", "x", code=5)
    assert dataset.files["train.csv"] == b"a,b\n"


def test_a_file_among_those_of_the_release_is_refused(server: Server, publish: Publish) -> None:
    """The card reads `data/test--*.parquet`: its rows would be questions of the version."""
    publish("small")
    dataset = server.datasets[REPO]
    before = dataset.commits[-1].files
    table = next(name for name in before if name.startswith("data/test--"))
    stray = f"{table.removesuffix('.parquet')}--more.parquet"
    dataset.commit("by hand", {**before, stray: before[table]})
    said = publish("small", "--tag", "x", code=5)
    assert f"in folders of the release that belong to none ({stray})" in said
    assert "remove them there" in said
    assert "x" not in dataset.tags
    dataset.commit(
        "beside it", {**before, "LICENSE": Entry(b"l", False), "more/a.csv": Entry(b"a", False)}
    )
    assert "kept, since they belong to no release: LICENSE, more/a.csv" in publish(
        "small", "--tag", "x"
    )
    assert dataset.tags["x"] == dataset.commits[-1].sha


def test_a_tag_that_the_hub_does_not_set_is_no_success(server: Server, publish: Publish) -> None:
    server.faults = [("POST", "/tag/", 409, {})]
    assert "has no tag v1.0.0 although it was set" in publish("small", code=4)
    assert not server.datasets[REPO].tags
    assert "published" in publish("small")
    assert server.datasets[REPO].tags == {"v1.0.0": server.datasets[REPO].commits[-1].sha}


def test_the_default_config_of_a_card_is_in_the_line_that_loads_it(
    other: Project, server: Server, publish: Publish
) -> None:
    header = (
        "---\nlicense: cc0-1.0\nconfigs:\n- config_name: bone\n  data_files: data/test-*.parquet\n"
        "- config_name: all\n  default: true\n  data_files: data/*.parquet\n---\n"
    )
    rewrite(other.release, "README.md", header + "\n# Small\n")
    said = publish("--folder", str(other.release), home=other.folder)
    assert f'load_dataset("{REPO}", "all", split="test", revision="v1.0.0")' in said
    assert "configs: all, bone" in said
