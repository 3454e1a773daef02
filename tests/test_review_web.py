"""What a desk refuses: people without a link, forged acts, paths, and oversized requests."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchsmith.documents import parse_cache
from benchsmith.review import personal_links
from benchsmith.review.act_store import ActionStore
from tests.browser import faults
from tests.conftest import Project
from tests.desk import Client, Desk, Sit, copied, quiet, sit, with_people

__all__ = ["sit"]
ADDRESSES = ("/", "/cases", "/tags", "/results", "/cases/item?id=x", "/cases/queue", "/tags/picture?example=x",
             "/atlas/ask/sheet?q=&from=0")  # fmt: skip


@pytest.fixture(scope="module")
def at(built: Project, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    project = copied(built, tmp_path_factory.mktemp("web") / "project")
    started = Desk(project, "small", "--curator", "me", "--labels", "label=kidney|liver").start()
    yield started
    started.stop()


@pytest.fixture(scope="module")
def ann(at: Desk) -> Client:
    return at.as_("ann")


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("cookie", ["", "benchsmith-{port}=", "benchsmith-{port}=guess", "other=x"])
def test_nobody_comes_in_without_a_link(at: Desk, ann: Client, address: str, cookie: str) -> None:
    status, headers, text = ann.ask("GET", address, Cookie=cookie.format(port=at.port) or "none")
    assert status == 403
    assert "link" in json.loads(text)["wrong"]
    assert "set-cookie" not in headers


def test_every_answer_has_the_headers_that_hold_a_browser_back(ann: Client) -> None:
    for method, address in (("GET", "/"), ("GET", "/nowhere/at/all"), ("GET", "/static/desk.js"),
                            ("PUT", "/cases"), ("GET", "/cases/item?id=x")):  # fmt: skip
        _, headers, _ = ann.ask(method, address)
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "script-src 'self';" in policy
        assert "unsafe" not in policy and "http" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "server" not in headers
    status, headers, _ = ann.ask("GET", "/enter/guess")
    assert (status, "set-cookie" in headers) == (403, False)
    link = ann.desk.links["ann"].removeprefix(ann.desk.base)
    _, headers, _ = ann.ask("GET", link)
    assert {"HttpOnly", "SameSite=lax"} <= set(headers["set-cookie"].split("; "))


def test_a_forged_act_is_refused_and_leaves_nothing(at: Desk, ann: Client) -> None:
    item = ann.page("tags")["queue"][0]
    vote = {"task": "bone", "department": "pathology"}
    act = {"key": "forged-act", "item": item, "value": vote, "seen": ""}
    bob = at.as_("bob").page("")["form"]
    for headers in ({"Origin": "http://evil.example"}, {"Origin": ""}, {"Origin": "null"},
                    {"Origin": f"http://127.0.0.1:{at.port + 1}"}, {"X_Form_Token": ""},
                    {"X_Form_Token": "guess"}, {"X_Form_Token": bob},
                    {"Content_Type": "text/plain"},
                    {"Content_Type": "application/x-www-form-urlencoded"}):  # fmt: skip
        status, told = ann.post("/tags/act", act, **headers)
        assert (status, list(told)) == (403, ["wrong"]), headers
    assert not at.acts()
    status, _ = ann.post("/tags/act", act)
    assert status == 200
    assert ann.post("/tags/undo", {"key": "the-undo-1"})[1] == {"item": item}


def test_what_is_no_act_is_refused_in_words(at: Desk, ann: Client) -> None:
    before = len(at.acts())
    item = ann.page("tags")["queue"][0]
    (theirs,) = {i for who in ("bob", "eve", "zoe", "me") for i in at.as_(who).page("tags")["queue"]} - set(ann.page("tags")["queue"]) or {""}  # fmt: skip
    vote = {"task": "bone", "department": "pathology"}
    for item_, value, key, said in (
        (item, {"task": "bone"}, "some-key-1", "choose a department"),
        (item, {"task": "bone", "department": "bone"}, "some-key-1", "choose a department"),
        (item, {"task": ["bone"], "department": {}}, "some-key-1", "is not a text"),
        (item, {"task": "b" * 3000, "department": "bone"}, "some-key-1", "is longer than"),
        (item, vote, "short", "has no key"),
        (item, vote, "é" * 20, "has no key"),
        (item, [], "some-key-1", "contains no decision"),
        ("../../etc/passwd", vote, "some-key-1", "there is no such label"),
        *([(theirs, vote, "some-key-1", "assigned to other people")] if theirs else []),
    ):
        status, told = ann.act("tags", item_, value, key)  # type: ignore[arg-type]
        assert status in (404, 409) and said in told["wrong"], (status, told)
    status, told = ann.post("/tags/act", {"key": "some-key-1", "value": "x" * 70_000})
    assert (status, told["wrong"]) == (400, "the request is too large")
    own = {"Origin": at.base, "X_Form_Token": ann.page("")["form"], "Content_Type": "application/json"}  # fmt: skip
    for body in (b"", b"{", b"[1]", b"\xff\xfe", b"null"):
        assert ann.ask("POST", "/tags/act", body, **own)[0] == 400
    assert len(at.acts()) == before


def test_the_same_key_is_the_same_act_and_nobody_takes_another_s(at: Desk, ann: Client) -> None:
    item = ann.page("tags")["queue"][0]
    before = len(at.acts())
    vote = {"task": "bone", "department": "pathology"}
    for _ in range(3):
        assert ann.act("tags", item, vote, "key-of-mine")[0] == 200
    assert len(at.acts()) == before + 1
    status, _ = ann.act("tags", item, {**vote, "task": "counting"}, "key-of-mine")
    assert status == 409
    for _ in range(2):
        ann.post("/tags/undo", {"key": "undo-of-mine"})
    assert item in ann.page("tags")["queue"], "taken back once"


def test_no_path_reaches_the_file_system(ann: Client) -> None:
    for address in ("/static/../store.py", "/static/..%2fstore.py", "/static/%2e%2e/store.py",
                    "/static//etc/passwd", "/static/desk.js/../../store.py", "/static/.",
                    "/cases/picture?id=../../../lexicon/curators.tsv", "/../lexicon/curators.tsv",
                    "/tags/picture?example=/etc/passwd", "/tags/picture?example=..%2f..%2fx",
                    "/enter/..%2f..%2fetc%2fpasswd", "/cases/item?id=%00", "/.desk/acts.sqlite"):  # fmt: skip
        status, _, text = ann.ask("GET", address)
        assert status in (403, 404), address
        assert b"root:" not in text and b"Curator" not in text
        assert text.startswith(b'{"wrong"')


def test_results_and_keys_are_the_curator_s(at: Desk, ann: Client) -> None:
    for address in ("/results", "/atlas", "/atlas/ask/sheet?q=&from=0"):
        status, _, text = ann.ask("GET", address)
        assert (status, json.loads(text)["wrong"]) == (409, "only the curator may do this")
    status, _ = ann.post("/cases/write", {})
    assert status == 409
    assert not (at.project.folder / "reviews/small.tsv").exists()
    home = ann.page("")
    assert "atlas" not in {each["name"] for each in home["work"]}
    assert not home["curator"]
    assert at.as_("me").page("results")["reports"]


def test_the_key_comes_after_the_answer_and_the_first_answer_counts(at: Desk) -> None:
    eve = at.as_("eve")
    first = eve.page("cases")["first"]
    keys = json.dumps(first)
    assert '"key"' not in keys and "letters" not in keys
    seen, case = first["seen"], first["id"]
    keep = {"do": "decide", "decision": "keep", "reason": "", "note": ""}
    status, told = eve.act("cases", case, keep, "decide-first", seen)
    assert (status, told["wrong"]) == (409, "answer the question first; then the key is shown")
    for wrong in ([0, 1], [99], [-1], ["0"], [True], "0", None, [0.0]):
        assert (
            eve.act("cases", case, {"do": "answer", "chosen": wrong}, f"wrong-{wrong}", seen)[0]
            == 409
        )
    assert eve.act("cases", case, {"do": "answer", "chosen": [0]}, "seen-other", "0" * 24)[0] == 409
    _, told = eve.act("cases", case, {"do": "answer", "chosen": [1]}, "answer-one", seen)
    right = told["answer"]["key"] == [1]
    assert told["answer"]["came"] == ("right" if right else "wrong")
    _, again = eve.act(
        "cases", case, {"do": "answer", "chosen": told["answer"]["key"]}, "answer-two", seen
    )
    assert again == told, "whoever has seen the key cannot answer anew"
    drop = {**keep, "decision": "drop"}
    for value, said in (({**drop, "reason": ""}, "give a reason"), ({**drop, "reason": "dull"}, "give a reason"),
                        ({**drop, "reason": "other"}, "the reason in the note"),
                        ({**keep, "decision": ""}, "keep or drop")):  # fmt: skip
        status, told = eve.act("cases", case, value, "a-decision", seen)
        assert status == 409 and said in told["wrong"]
    assert eve.act("cases", case, keep, "a-decision", seen)[0] == 200
    assert case not in eve.page("cases")["queue"]
    assert case in at.as_("zoe").page("cases")["queue"], "everybody sees every case"
    targets = [act[1].rpartition(":")[0] for act in at.acts() if act[0] == "cases"]
    assert len(set(targets)) == len(targets)


def test_it_listens_to_this_machine_alone(at: Desk) -> None:
    own = socket.gethostbyname(socket.gethostname())
    if own.startswith("127."):
        pytest.skip("this machine has no address but its loopback")
    with pytest.raises(OSError, match=r"refused|timed out"):
        socket.create_connection((own, at.port), timeout=2)


def test_links_are_kept_as_digests_and_renewed_on_demand(at: Desk) -> None:
    folder = at.project.folder / "reviews/.desk"
    token = at.links["ann"].rpartition("/")[2]
    assert len(token) >= 43, "32 random bytes"
    assert not any(token.encode() in path.read_bytes() for path in folder.iterdir())
    assert all(path.stat().st_mode & 0o077 == 0 for path in folder.glob("acts.sqlite"))


def test_a_token_is_one_person_s(tmp_path: Path) -> None:
    store = ActionStore(tmp_path / "acts.sqlite")
    made = personal_links.issue(store, ["ann", "bob"])
    there = store.links()
    assert {who: personal_links.owner_of(token, there, ["ann", "bob"]) for who, token in made.items()} == {"ann": "ann", "bob": "bob"}  # fmt: skip
    assert personal_links.owner_of(made["ann"], there, ["bob"]) == "", (
        "only who was asked for comes in"
    )
    assert personal_links.owner_of("", there, ["ann", "bob", "eve"]) == "", (
        "no token is nobody's, also of no link"
    )
    assert personal_links.owner_of("\udcff", there, ["ann"]) == ""
    assert personal_links.issue(store, ["ann", "bob"]) == {}, "a link stays valid"
    anew = personal_links.issue(store, ["ann"], anew=True)
    assert personal_links.owner_of(made["ann"], store.links(), ["ann"]) == ""
    assert personal_links.owner_of(anew["ann"], store.links(), ["ann"]) == "ann"
    store.close()


class Held:
    """A project whose documents cannot be read on until it is let go: a pipe where it remembers."""

    def __init__(self, home: Path) -> None:
        path = home / parse_cache.FILE
        path.unlink()
        os.mkfifo(path)
        self._pipe = os.open(path, os.O_RDWR)

    def let_go(self) -> None:
        """Let whoever reads come to the end."""
        os.write(self._pipe, b"{}")
        os.close(self._pipe)


def test_people_wait_at_a_page_until_the_documents_are_read(project: Project, sit: Sit) -> None:
    with_people(project.folder)
    at = Desk(project, "--curator", "me", "--annotators", "ann,bob", "--each", "2",
              "--labels", "label=kidney|liver")  # fmt: skip
    held = Held(project.folder)
    try:
        at.start(until="stop with")
        ann = at.as_("ann")
        assert "open: " not in "\n".join(at.said)
        status, headers, text = ann.ask("GET", "/tags")
        assert (status, headers["retry-after"]) == (503, "1") and b"being opened" in text
        assert "default-src 'none'" in headers["content-security-policy"]
        status, _, _ = ann.ask(
            "POST", "/tags/act", b"{}", Origin=at.base, Content_Type="application/json"
        )
        assert status == 403, "a forged act is refused before it is told to wait"
        status, _, text = ann.ask("GET", "/tags", Cookie="other=x")
        assert status == 403 and b"being opened" not in text, "a stranger is not told to wait"
        visit = sit(at, "ann", "tags")
        assert visit.text("main h1") == "The desk is being opened"
        visit.complaints = [c for c in visit.complaints if "503" not in c]
        assert not faults(visit.page)
        visit.page.wait_for_timeout(1000)
        assert visit.text("main h1") == "The desk is being opened"
        held.let_go()
        visit.page.wait_for_selector("#vote")
        assert visit.text("main h1") in ("kidney", "liver")
        at.wait("open: ")
        visit.complaints = [c for c in visit.complaints if "503" not in c]
        quiet(visit)
        assert at.said[-1] == "open: Tags, Mappings, Questions"
    finally:
        at.stop()


def test_a_desk_whose_documents_are_wrong_ends_and_says_why(project: Project) -> None:
    with_people(project.folder)
    path = project.folder / "raw_sources/skin/recipe.yaml"
    path.write_text(path.read_text().replace("licence: ", "licence: no-such-"))
    said = project.run("review", "--port", "0", "--each", "2", code=2, process=True)
    assert "raw_sources/skin/recipe.yaml:" in said and "unknown licence" in said
    assert "open: " not in said and "Traceback" not in said


def test_a_benchmark_that_is_not_built_has_no_link(project: Project) -> None:
    said = project.run("review", "small", "--port", "0", code=4)
    assert "run `benchsmith build small` first" in said and "/enter/" not in said
