"""Exchange cases with Label Studio, in its JSON format of tasks and annotations.

A task has an embedded picture and no key, since Label Studio cannot hide the key until the question
is answered. An annotation becomes the same actions as at the desk; importing it twice stores it once.
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
from benchsmith.documents.reviews import DROP, DROP_REASONS, KEEP
from benchsmith.release.columns import LETTERS
from benchsmith.review.act_store import Action
from benchsmith.review.built_cases import Case
from benchsmith.review.contract import Refused
from benchsmith.review.desks.cases import ANSWERS, Cases, answered
from benchsmith.review.plain_json import parse

TASKS, CONFIG = "tasks.json", "config.xml"
UNSURE = "not sure"


def export(desk: Cases, folder: Path) -> Iterator[str]:
    """Write the tasks and the labelling configuration for the cases of a desk.

    Tasks contain their pictures, so cases whose pictures must not be redistributed are skipped.
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
        yield f"{left} cases have no task: their pictures must not be redistributed"


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
    """Return the labelling interface as XML; :func:`read` expects its names."""

    def choices(name: str, values: Iterable[tuple[str, str]], more: str = "") -> list[str]:
        items = [f"    <Choice value={quoteattr(v)} hint={quoteattr(h)}/>" for v, h in values]
        return [f'  <Choices name="{name}" toName="picture"{more}>', *items, "  </Choices>"]

    letters = [(letter, "") for letter in LETTERS[:most]]
    lines = [
        "<View>",
        '  <Image name="picture" value="$image"/>',
        '  <Header value="$question"/>',
        '  <Text name="listed" value="$options"/>',
        *choices("answer", [*letters, (UNSURE, "choose no option")], ' choice="multiple"'),
        *choices("decision", [(KEEP, ""), (DROP, "")], ' choice="single" required="true"'),
        *choices("reason", DROP_REASONS.items(), ' choice="single"'),
        '  <TextArea name="note" toName="picture" maxSubmissions="1"/>',
        "</View>",
    ]
    return "\n".join(lines) + "\n"


def read(desk: Cases, path: Path, people: Mapping[str, str]) -> Iterator[str]:
    """Store the annotations of a Label Studio export; yield a summary.

    `people` maps its users, by e-mail address or number, to curators. Raises DocumentError with all
    problems; then nothing is stored.
    """
    try:
        tasks = parse(path.read_bytes())
    except (OSError, ValueError) as error:
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {error}")]) from None
    if not isinstance(tasks, list):
        what = "is not a list of tasks"
        raise DocumentError([Problem(str(path), 1, what, "export as JSON, not as JSON-MIN")])
    acts: list[Action] = []
    problems: list[Problem] = []
    for number, task in enumerate(tasks, start=1):
        try:
            acts += _acts(desk, task, people)
        except (
            Refused,
            LookupError,
            TypeError,
            ValueError,
            AttributeError,
            OverflowError,
        ) as error:
            message = (
                str(error)
                if isinstance(error, Refused)
                else f"is not a task of this desk: {error!r}"
            )
            problems.append(Problem(str(path), 1, f"task {number}: {message}"))
    if problems:
        raise DocumentError(problems)
    new = 0
    for act in acts:
        new += desk.store.add(act, once=act.desk == ANSWERS) is act
    yield f"{len(acts)} answers and decisions in {len(tasks)} tasks, {new} of them new"


def _acts(desk: Cases, task: Mapping[str, Any], people: Mapping[str, str]) -> Iterator[Action]:
    """Yield the actions in one task.

    Raises Refused for an invalid decision, and KeyError, TypeError or ValueError for a malformed task.
    """
    data = task["data"]
    case = desk.case(data["case"])
    if data["benchmark"] != desk.about or data["seen"] != desk.seen(case):
        raise Refused(f"the case {case.id} has been rebuilt since it was exported")
    for annotation in task.get("annotations", ()):
        if annotation.get("was_cancelled"):
            continue
        who = _who(annotation["completed_by"], people)
        time = _time(annotation["created_at"])
        results = {r["from_name"]: r["value"] for r in annotation["result"]}
        chosen = _chosen(results)
        identity = f"label-studio/{annotation.get('id')}/{who}/{case.id}/{time}/{sorted(results)}"
        key = sha256(identity.encode()).hexdigest()[:32]
        seen = desk.judged(case)
        if chosen is not None:
            value = answered(case, {"chosen": chosen})
            yield Action(
                f"{who}/{key}-a", ANSWERS, desk.about, case.question, who, value, seen, time
            )
        decided = {
            "decision": _one(results, "decision"),
            "reason": _one(results, "reason"),
            "note": " ".join(results.get("note", {}).get("text", [])),
        }
        kept = desk.check(case.id, who, decided)
        yield Action(f"{who}/{key}-d", desk.name, desk.about, case.question, who, kept, seen, time)


def _chosen(results: Mapping[str, Mapping[str, Sequence[str]]]) -> list[int] | None:
    """Return the positions of the chosen options; None if the question was not answered."""
    if "answer" not in results:
        return None
    return [LETTERS.index(letter) for letter in results["answer"]["choices"] if letter != UNSURE]


def _one(results: Mapping[str, Mapping[str, Sequence[str]]], name: str) -> str:
    return str(next(iter(results.get(name, {}).get("choices", ())), ""))


def _who(by: Any, people: Mapping[str, str]) -> str:
    """Return the curator of a Label Studio user. Raises Refused for an unknown user."""
    spelled = (
        [str(by.get("email", "")), str(by.get("id", ""))] if isinstance(by, dict) else [str(by)]
    )
    for name in spelled:
        if name in people:
            return people[name]
    near = did_you_mean(spelled[0], people)
    raise Refused(
        f"unknown user {' or '.join(filter(None, spelled))}; {near or 'add the user to --users'}"
    )


def _time(text: str) -> str:
    """Return a time of Label Studio in the format of actions."""
    found = datetime.fromisoformat(text)
    found = found if found.tzinfo else found.replace(tzinfo=UTC)
    return found.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def users_of(text: str, known: Iterable[str]) -> dict[str, str]:
    """Parse `ann=ann@example.org,bob=2` to curators by Label Studio user. Raises DocumentError."""
    found, problems, curators = {}, [], sorted(known)
    for each in filter(None, (part.strip() for part in text.split(","))):
        who, _, user = each.partition("=")
        if who not in curators or not user:
            what = f"{each!r} is not `curator=user`"
            problems.append(Problem("--users", 1, what, did_you_mean(who, curators)))
        found[user] = who
    if problems:
        raise DocumentError(problems)
    return found
