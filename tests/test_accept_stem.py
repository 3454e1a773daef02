"""Accepting a drafted stem: only a curator may, and only a stem that a draft has."""

from __future__ import annotations

import re

from tests.conftest import Project
from tests.endpoint import scripted_server
from tests.stem_drafting import drafted, home, sound, words

__all__ = ["home"]


def accepted(home: Project) -> tuple[str, str, str]:
    """Draft, and return a draft's id, stem and file."""
    with scripted_server(sound) as server:
        home.run(*words(server.base_url))
    found = re.search(r'- id: "(\w+)"[^"]*stem: "([^"]+)"', drafted(home))
    assert found
    return found[1], found[2], "question_pools/drafts/organ-recognition-abdomen.en.toy-model.yaml"


def test_an_accepted_stem_is_in_its_pool_and_signed(home: Project) -> None:
    id_, stem, file = accepted(home)
    path = home.folder / "question_pools/tasks/organ-recognition-abdomen.yaml"
    before = path.read_text("utf-8").splitlines()
    said = home.run("draft", "accept", file, "--stem", id_, "--sign", "me")
    after = path.read_text("utf-8").splitlines()
    line = next(i for i, text in enumerate(after, 1) if stem in text)
    assert f"organ-recognition-abdomen.yaml:{line}, signed by me" in said
    assert after[: line - 1] + after[line:] == before
    table = (home.folder / "question_pools/accepted.tsv").read_text("utf-8")
    assert table.splitlines()[1].split("\t") == [
        "organ-recognition-abdomen", "en", "box", "one", stem, "toy/model", "me"]  # fmt: skip
    home.run("check")
    again = home.run("draft", "accept", file, "--stem", id_, "--sign", "me", code=2)
    assert f"repeats question_pools/tasks/organ-recognition-abdomen.yaml:{line}" in again
    with scripted_server(sound) as server:
        home.run(*words(server.base_url))
    assert f'"{id_}"' not in drafted(home)
    path.write_text("\n".join(before) + "\n")
    assert "question_pools/accepted.tsv:2: the task has no such stem" in home.run("check", code=2)


def test_only_a_curator_accepts_and_only_what_is_there(home: Project) -> None:
    id_, _, file = accepted(home)
    path = home.folder / "question_pools/tasks/organ-recognition-abdomen.yaml"
    before = path.read_bytes()
    said = home.run("draft", "accept", file, "--stem", id_, "--sign", "mee", code=2)
    assert "there is no curator 'mee'; did you mean me?" in said
    said = home.run("draft", "accept", file, "--stem", id_[:-1] + "x", "--sign", "me", code=2)
    assert f"did you mean {id_}" in said
    said = home.run(
        "draft", "accept", file.replace("toy", "toi"), "--stem", id_, "--sign", "me", code=2
    )
    assert "the file is missing; did you mean" in said
    said = home.run(
        "draft", "accept", "benchmarks/small.yaml", "--stem", id_, "--sign", "me", code=2
    )
    assert "is not a document of drafts" in said
    assert path.read_bytes() == before
