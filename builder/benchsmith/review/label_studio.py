"""Cases to and from Label Studio, in its JSON of tasks and annotations.

A task carries its picture inside of it and no key: Label Studio cannot hide it until somebody has
answered. An annotation becomes the same acts as at our own desk; read twice, they are kept once.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any
from xml.sax.saxutils import quoteattr

from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.documents.reviews import DROP, KEEP, WHY
from benchsmith.release.columns import LETTERS
from benchsmith.review.act_store import Act
from benchsmith.review.built_cases import Case
from benchsmith.review.contract import Refused
from benchsmith.review.desks.cases import ANSWERS, Cases, answered

TASKS, CONFIG = "tasks.json", "config.xml"
UNSURE = "not sure"


def export(desk: Cases, folder: Path) -> Iterator[str]:
    """Write the tasks and the labelling configuration of a project, for the cases of a desk.

    Tasks hold their pictures, so those that may not be passed on have none.
    """
    folder.mkdir(parents=True, exist_ok=True)
    cases = [case for case in desk.cases if not desk.withheld(case)]
    tasks = [_task(desk, case) for case in cases]
    (folder / TASKS).write_text(
        json.dumps(tasks, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    most = max((len(case.options) for case in cases), default=0)
    (folder / CONFIG).write_text(_config(most), encoding="utf-8", newline="\n")
    yield f"{len(tasks)} tasks in {folder / TASKS}; their labelling interface is {folder / CONFIG}"
    if left := len(desk.cases) - len(cases):
        yield f"{left} cases have no task: their pictures may not be passed on"


def _task(desk: Cases, case: Case) -> dict[str, Any]:
    picture = base64.b64encode(desk.png(case)).decode()
    options = "\n".join(f"{LETTERS[n]}. {text}" for n, text in enumerate(case.options))
    return {
        "data": {
            "case": case.id,
            "benchmark": desk.about,
            "seen": desk.seen(case),
            "image": f"data:image/png;base64,{picture}",
            "question": case.stem,
            "options": options,
        }
    }


def _config(most: int) -> str:
    """Return the labelling interface: the names are those that :func:`read` looks for."""

    def choices(name: str, values: Iterable[tuple[str, str]], more: str = "") -> list[str]:
        items = [f"    <Choice value={quoteattr(v)} hint={quoteattr(h)}/>" for v, h in values]
        return [f'  <Choices name="{name}" toName="picture"{more}>', *items, "  </Choices>"]

    letters = [(letter, "") for letter in LETTERS[:most]]
    lines = [
        "<View>",
        '  <Image name="picture" value="$image"/>',
        '  <Header value="$question"/>',
        '  <Text name="listed" value="$options"/>',
        *choices("answer", [*letters, (UNSURE, "no option is chosen")], ' choice="multiple"'),
        *choices("decision", [(KEEP, ""), (DROP, "")], ' choice="single" required="true"'),
        *choices("reason", WHY.items(), ' choice="single"'),
        '  <TextArea name="note" toName="picture" maxSubmissions="1"/>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def read(desk: Cases, path: Path, people: Mapping[str, str]) -> Iterator[str]:
    """Keep the annotations of an export of Label Studio. `people` says who its users are.

    A user is spelled by e-mail address or by number. Raises DocumentError with every problem at
    once; then nothing is kept.
    """
    try:
        tasks = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {error}")]) from None
    if not isinstance(tasks, list):
        what = "is no list of tasks"
        raise DocumentError([Problem(str(path), 1, what, "export as JSON, not as JSON-MIN")])
    acts: list[Act] = []
    problems: list[Problem] = []
    for number, task in enumerate(tasks, start=1):
        try:
            acts += _acts(desk, task, people)
        except (Refused, KeyError, TypeError, ValueError) as error:
            said = str(error) if isinstance(error, Refused) else f"is no task of ours: {error!r}"
            problems.append(Problem(str(path), 1, f"task {number}: {said}"))
    if problems:
        raise DocumentError(problems)
    new = 0
    for act in acts:
        new += desk.store.add(act, once=act.desk == ANSWERS) is act
    yield f"{len(acts)} answers and decisions in {len(tasks)} tasks, {new} of them new"


def _acts(desk: Cases, task: Mapping[str, Any], people: Mapping[str, str]) -> Iterator[Act]:
    """Yield what people did in one task. Raises Refused, and what comes of a task of another form."""
    data = task["data"]
    case = desk.case(data["case"])
    if data["benchmark"] != desk.about or data["seen"] != desk.seen(case):
        raise Refused(f"the case {case.id} was built anew since it was exported")
    for annotation in task.get("annotations", ()):
        if annotation.get("was_cancelled"):
            continue
        who = _who(annotation["completed_by"], people)
        time = _time(annotation["created_at"])
        said = {r["from_name"]: r["value"] for r in annotation["result"]}
        chosen = _chosen(said)
        named = f"label-studio/{annotation.get('id')}/{who}/{case.id}/{time}/{sorted(said)}"
        key = sha256(named.encode()).hexdigest()[:32]
        seen = desk.judged(case)
        if chosen is not None:
            value = answered(case, {"chosen": chosen})
            yield Act(f"{who}/{key}-a", ANSWERS, desk.about, case.question, who, value, seen, time)
        decided = {
            "decision": _one(said, "decision"),
            "reason": _one(said, "reason"),
            "note": " ".join(said.get("note", {}).get("text", [])),
        }
        kept = desk.check(case.id, who, decided)
        yield Act(f"{who}/{key}-d", desk.name, desk.about, case.question, who, kept, seen, time)


def _chosen(said: Mapping[str, Mapping[str, Sequence[str]]]) -> list[int] | None:
    """Return the options of an answer; None where there is no answer."""
    if "answer" not in said:
        return None
    return [LETTERS.index(letter) for letter in said["answer"]["choices"] if letter != UNSURE]


def _one(said: Mapping[str, Mapping[str, Sequence[str]]], name: str) -> str:
    return str(next(iter(said.get(name, {}).get("choices", ())), ""))


def _who(by: Any, people: Mapping[str, str]) -> str:
    """Return the curator that a user of Label Studio is. Raises Refused."""
    spelled = (
        [str(by.get("email", "")), str(by.get("id", ""))] if isinstance(by, dict) else [str(by)]
    )
    for name in spelled:
        if name in people:
            return people[name]
    near = did_you_mean(spelled[0], people)
    raise Refused(
        f"nobody is known as {' or '.join(filter(None, spelled))}; {near or 'say it with --users'}"
    )


def _time(text: str) -> str:
    """Return a time of Label Studio as acts have it."""
    found = datetime.fromisoformat(text)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def users_of(text: str, known: Iterable[str]) -> dict[str, str]:
    """Read `ann=ann@example.org,bob=2`: a curator, and who that is there. Raises DocumentError."""
    found, problems, curators = {}, [], sorted(known)
    for each in filter(None, (part.strip() for part in text.split(","))):
        who, _, user = each.partition("=")
        if who not in curators or not user:
            what = f"{each!r} is no `curator=user`"
            problems.append(Problem("--users", 1, what, did_you_mean(who, curators)))
        found[user] = who
    if problems:
        raise DocumentError(problems)
    return found
