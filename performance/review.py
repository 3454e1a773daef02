"""How fast a desk answers: the first view of many cases, and votes of people who act at once.

    python -m performance.review [CASES] [PEOPLE]

Writes a made-up build into a scratch folder (a picture is noise of the size of a real one), serves it
on the loopback, and asks as browsers do. A vote's time runs until the desk has acknowledged it, which
is after it is on the disk.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith.core.build_files import ALTERED
from benchsmith.core.model import Case, Choice, Finding, Label, Question, Rejection
from benchsmith.core.random_order import public_id, rank
from benchsmith.documents import lexicon as lexicons
from benchsmith.documents.lexicon import Lexicon
from benchsmith.exporters import parquet
from benchsmith.imaging.rendering import png
from benchsmith.tables import record_tables
from benchsmith.tables.atomic_files import write_json

HOME = Path(__file__).resolve().parents[1]
SOURCE, NAME = "amos22", "large"
PICTURES = 200
"""Different pictures; cases share them."""
SIDE, GRAIN = 512, 24
"""Pixels of a picture, and of a patch of noise in it: together a file as large as a CT slice's."""
VOTES = 40
"""Votes of each person."""
TIMES = 5


def main() -> None:
    """Print seconds and milliseconds."""
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 25_000
    people = [f"p{n}" for n in range(int(sys.argv[2]) if len(sys.argv) > 2 else 10)]
    lexicon = lexicons.read(HOME / "lexicon")
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        project(home, people)
        build(home / "output" / NAME, lexicon, cases)
        size = sum(f.stat().st_size for f in (home / "output").rglob("*.parquet")) / 1e6
        print(f"{cases:,} cases, {size:.0f} MB of Parquet, {len(people)} people")
        start = time.perf_counter()
        server, links = serve(home, people)
        try:
            print(f"until it serves     {time.perf_counter() - start:8.2f} s")
            while "\nopen: " not in (home / "desk.log").read_text():
                if server.poll() is not None:
                    raise RuntimeError((home / "desk.log").read_text())
                time.sleep(0.02)
            print(f"until desks are open{time.perf_counter() - start:8.2f} s")
            first = Person(links[people[0]])
            for name in ("cases", "atlas", "tags", "mappings", "questions", ""):
                seconds = statistics.median(first.view(name) for _ in range(TIMES))
                print(f"first view {name or 'home':9}{seconds:8.3f} s")
            votes([Person(links[who]) for who in people])
            print(f"memory of the desk  {peak(server.pid):8d} MB")
        finally:
            server.terminate()
            server.wait()


class Person:
    """Somebody with a link and one connection."""

    def __init__(self, link: str) -> None:
        host, _, self._path = link.removeprefix("http://").partition("/")
        self._host, self._cookie = host, ""
        self._connection = http.client.HTTPConnection(host)
        self._connection.request("GET", f"/{self._path}")
        answer = self._connection.getresponse()
        answer.read()
        self._cookie = answer.headers["set-cookie"].partition(";")[0]
        self.form = self.data("")["form"]

    def ask(self, path: str, body: bytes | None = None) -> bytes:
        """Return an answer. Raises where it is a refusal."""
        headers = {"Cookie": self._cookie}
        if body is not None:
            headers |= {"Origin": f"http://{self._host}", "X-Form-Token": self.form,
                        "Content-Type": "application/json"}  # fmt: skip
        self._connection.request("POST" if body else "GET", path, body, headers)
        answer = self._connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {text[:200]!r}")
        return text

    def data(self, name: str) -> dict[str, Any]:
        """Return a page's data."""
        text = self.ask(f"/{name}")
        block = re.search(rb'id="data">(.*?)</script>', text, re.DOTALL)
        assert block
        found: dict[str, Any] = json.loads(block[1])
        return found

    def view(self, name: str) -> float:
        """Return the seconds of a page with its scripts, styles and first pictures."""
        start = time.perf_counter()
        text = self.ask(f"/{name}")
        for file in re.findall(rb'(?:src|href)="(/static/[^"]+)"', text):
            self.ask(file.decode())
        data = json.loads(re.search(rb'id="data">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
        shown = [data["first"]["picture"]] if name == "cases" else []
        if name == "atlas":
            shown = [case["small"] for case in data["page"]["cases"]]
        for picture in shown:
            self.ask(picture)
        return time.perf_counter() - start


def votes(people: Sequence[Person]) -> None:
    """Have everybody answer and decide at once; print how long the desk took to acknowledge."""
    queues = [person.data("cases")["queue"] for person in people]
    times: list[list[float]] = [[] for _ in people]

    def work(n: int) -> None:
        person = people[n]
        for number, case in enumerate(queues[n][: VOTES // 2]):
            seen = json.loads(person.ask(f"/cases/item?id={case}"))["seen"]
            for step, value in enumerate(({"do": "answer", "chosen": [0]},
                                          {"do": "decide", "decision": "keep", "reason": "", "note": ""})):  # fmt: skip
                body = {
                    "key": f"key-{number:04}-{step}",
                    "item": case,
                    "value": value,
                    "seen": seen,
                }
                start = time.perf_counter()
                person.ask("/cases/act", json.dumps(body).encode())
                times[n].append(time.perf_counter() - start)

    start = time.perf_counter()
    threads = [threading.Thread(target=work, args=(n,)) for n in range(len(people))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    every = sorted(t * 1000 for own in times for t in own)
    print(f"a vote, {len(people)} at once  {statistics.median(every):8.1f} ms median,"
          f" {every[int(len(every) * 0.95)]:.1f} ms of 95 %, {len(every) / seconds:.0f} votes a second")  # fmt: skip


def project(home: Path, people: Sequence[str]) -> None:
    """Write the documents: ours, with more curators."""
    for name in ("lexicon", "question_pools", "raw_sources"):
        shutil.copytree(HOME / name, home / name, ignore=shutil.ignore_patterns("data"))
    with (home / "lexicon/curators.tsv").open("a", encoding="utf-8") as file:
        file.writelines(f"{who}\t{who}\ttest\n" for who in people)
    (home / "benchmarks").mkdir()
    (home / "benchmarks" / f"{NAME}.yaml").write_text(
        f"title: Large\ndescription: made up\nseed: 1\nsources: [{SOURCE}]\n", "utf-8"
    )


def build(folder: Path, lexicon: Lexicon, count: int) -> None:
    """Write the tables that a finished build leaves, and its release's Parquet."""
    placed = sorted((label, p.task, p.department) for (label, _), p in lexicon.placements.items())
    modalities = sorted(lexicon.modalities.terms)
    pictures = [picture(n) for n in range(PICTURES)]
    choices, questions, cases, released = [], [], [], []
    for n in range(count):
        label, task, department = placed[rank(1, "label", str(n)) % len(placed)]
        target = f"{SOURCE}/{n:06}#{label}@z3"
        modality = modalities[rank(1, "modality", str(n)) % len(modalities)]
        common = {"source": SOURCE, "sample": f"{SOURCE}/{n:06}", "modality": modality, "task": task,
                  "department": department, "label": label, "split": "test"}  # fmt: skip
        others = [placed[rank(1, "option", str(n), str(k)) % len(placed)][0] for k in range(3)]
        options = [label, *others]
        choices.append({**common, "id": target, "patient": f"{SOURCE}/{n // 3}", "axis": "axial",
                        "index": 3, "plane": [SIDE, SIDE], "cluster": f"{SOURCE}/{n // 3}"})  # fmt: skip
        questions.append({**common, "id": f"{target}:box", "target": target, "view": "box",
                          "question": "Which structure is in the box?", "options": options,
                          "option_labels": options, "answers": [0]})  # fmt: skip
        case = public_id(1, f"{target}:box")
        cases.append({"id": case, "question": f"{target}:box", "png_sha256": f"{n:064x}"})
        released.append(
            {"id": case, "image": {"bytes": pictures[n % PICTURES], "path": f"{case}.png"}}
        )
    parts: dict[str, dict[str, str]] = {}
    for stage, noun, rows in (("ingest", Finding, []), ("normalise", Label, []), ("select", Choice, choices),
                              ("ask", Question, questions), ("render", Case, cases)):  # fmt: skip
        parts[stage] = {SOURCE if stage in ("ingest", "normalise", "render") else "all": "one"}
        place = folder / "stages" / stage / "one"
        place.mkdir(parents=True)
        record_tables.write(filled(rows, record_tables.schema(noun)), place / "rows.parquet")
        record_tables.write(filled([], record_tables.schema(Rejection)), place / "rejected.parquet")
        write_json(place / "manifest.json", {})
        if stage == "ask":
            record_tables.write(filled([], record_tables.schema(Choice)), place / ALTERED)
    write_json(folder / "latest.json", parts)
    data = folder / "release" / "data"
    data.mkdir(parents=True)
    schema = parquet.SCHEMA
    with pq.ParquetWriter(data / "test--all--all--0.parquet", schema, compression="zstd") as writer:
        for start in range(0, count, 100):
            writer.write_table(filled(released[start : start + 100], schema))


def filled(rows: Sequence[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows as a table; what they do not say is empty."""
    empty = {f.name: None if f.nullable else blank(f.type) for f in schema}
    return pa.Table.from_pylist([{**empty, **row} for row in rows], schema=schema)


def blank(kind: pa.DataType) -> Any:
    """Return an empty value of a type."""
    if pa.types.is_struct(kind):
        return {f.name: None if f.nullable else blank(f.type) for f in kind}
    if pa.types.is_list(kind):
        return []
    if pa.types.is_string(kind):
        return ""
    if pa.types.is_boolean(kind):
        return False
    return b"" if pa.types.is_binary(kind) else 0


def picture(number: int) -> bytes:
    """Return a PNG of patches, with noise as a scanner has it."""
    bits = np.frombuffer(
        b"".join(rank(number, "noise", str(n)).to_bytes(8, "big") for n in range(SIDE * SIDE // 128)), np.uint8
    )  # fmt: skip
    noise = np.resize(bits, (SIDE, SIDE)) % 3
    patch = (
        np.resize(bits, (SIDE // GRAIN + 1, SIDE // GRAIN + 1)).repeat(GRAIN, 0).repeat(GRAIN, 1)
    )
    grey = (patch[:SIDE, :SIDE] // 2 + noise).astype(np.uint8)
    return png.encode(np.repeat(grey[:, :, None], 3, axis=2))


def serve(home: Path, people: Sequence[str]) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Start the desk, and return it with everybody's link."""
    log = home / "desk.log"
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "benchsmith", "review", NAME, "--port", "0", "--labels", "task=bone",
             "--annotators", ",".join(people), "--curator", people[0]],
            cwd=home, env={**os.environ, "PYTHONPATH": str(HOME / "builder")}, stdout=output, stderr=output,
        )  # fmt: skip
    while "\nstop with" not in log.read_text():
        if server.poll() is not None:
            raise RuntimeError(log.read_text())
        time.sleep(0.02)
    return server, dict(re.findall(r"(\w+)(?:, the curator)?: (http\S+)", log.read_text()))


def peak(process: int) -> int:
    """Return the largest resident size of a process so far, in MB (Linux)."""
    with closing(Path(f"/proc/{process}/status").open()) as status:
        return next(int(line.split()[1]) // 1024 for line in status if line.startswith("VmHWM"))


if __name__ == "__main__":
    main()
