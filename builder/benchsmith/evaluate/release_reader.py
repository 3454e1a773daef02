"""Read a release folder: its Parquet files, without the project that built it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchsmith.core.build_files import MANIFEST
from benchsmith.core.evidence import RECOGNITION
from benchsmith.core.random_order import order
from benchsmith.documents.problems import DocumentError, Problem
from benchsmith.evaluate.items import PERSON, Item
from benchsmith.evaluate.published_evidence import with_evidence
from benchsmith.release.columns import LETTERS, key
from benchsmith.release.content import content

REQUIRED = ("id", "image", "question", "options", "answer", "task", "department", "modality",
          "granularity", "split")  # fmt: skip
OPTIONAL = ("label", "source", "target", "answers", "mirror", "group", "pair", "altered", "skill",
            "language")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Released:
    """The cases of a release, in the order of its files."""

    name: str
    items: tuple[Item, ...]
    grouped_by: str
    """Source of the items' `group`: ``group``, ``patient`` of the provenance, or ``target``."""
    _place: dict[str, tuple[Path, int, int]]
    """Position of each id: file, row group, row."""

    def some(self, split: str, limit: int = 0) -> list[Item]:
        """Return the items of a split, or of ``all``; at most `limit`, chosen by rank (0 = all).

        A smaller limit gives a subset of a larger one. Raises DocumentError for an unknown split.
        """
        splits = sorted({item.split for item in self.items})
        if split not in ("all", *splits):
            what = f"there is no split {split!r}; it has {', '.join(splits)}"
            raise DocumentError([Problem(self.name, 1, what, "or `all`")])
        found = [item for item in self.items if split in ("all", item.split)]
        if limit:
            kept = {i.id for i in order(found, 0, "limit", name=lambda i: i.id)[:limit]}
            found = [item for item in found if item.id in kept]
        return found

    def swapped(self, others: Mapping[str, str]) -> Released:
        """Return the cases in `others` (id to other id), each with the other case's picture.

        They are in the order in which these pictures are stored.
        """
        place = {id_: self._place[other] for id_, other in others.items()}
        by_id = {item.id: item for item in self.items}
        items = tuple(
            replace(
                by_id[id_],
                content=content(by_id[id_].content, (), by_id[others[id_]].content.encode()),
            )
            for id_ in sorted(place, key=lambda id_: (place[id_], id_))
        )
        return Released(self.name, items, self.grouped_by, place)

    def pictures(self, items: Iterable[Item]) -> Iterator[tuple[Item, bytes]]:
        """Yield items with the bytes of their pictures; one row group is in memory at a time."""
        import pyarrow.parquet as pq

        open_at: tuple[Path, int] | None = None
        rows: list[Any] = []
        for item in items:
            path, group, row = self._place[item.id]
            if open_at != (path, group):
                with pq.ParquetFile(path) as file:
                    table = file.read_row_group(group, columns=["image"])
                rows, open_at = table.column("image").to_pylist(), (path, group)
            yield item, rows[row]["bytes"]


def read(folder: Path) -> Released:
    """Read every `data/*.parquet` of a release folder.

    Raises DocumentError with all problems.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    paths = sorted((folder / "data").glob("*.parquet"))
    if not paths:
        what = "is not a release: it has no data/*.parquet"
        raise DocumentError([Problem(str(folder), 1, what, "build it, or name a release folder")])
    person = _provenance(folder)
    items: list[Item] = []
    place: dict[str, tuple[Path, int, int]] = {}
    problems: list[Problem] = []
    grouped = {"group"}
    for path in paths:
        try:
            with pq.ParquetFile(path) as file:
                names = set(file.schema_arrow.names)
                if missing := [n for n in REQUIRED if n not in names]:
                    what = f"has no column {', '.join(missing)}"
                    problems.append(Problem(str(path), 1, what, "is it a file of a release?"))
                    continue
                wanted = [n for n in (*REQUIRED, *OPTIONAL, *PERSON) if n in names]
                for group in range(file.num_row_groups):
                    rows = file.read_row_group(group, columns=wanted).to_pylist()
                    for row, values in enumerate(rows):
                        if fault := _fault(values, place):
                            problems.append(Problem(str(path), len(items) + 1, fault, ""))
                            continue
                        item, by = _item(values, person)
                        grouped.add(by)
                        items.append(item)
                        place[item.id] = (path, group, row)
        except (pa.ArrowException, OSError) as error:
            first = str(error).partition("\n")[0]
            problems.append(Problem(str(path), 1, f"cannot be read: {first}", "copy it again"))
    if problems:
        raise DocumentError(problems[:20])
    by = next(b for b in ("target", "patient", "group") if b in grouped)
    kept = with_evidence(items, folder / "provenance.parquet")
    return Released(name_of(folder), tuple(kept), by, place)


def name_of(folder: Path) -> str:
    """Return the name of a release's benchmark, otherwise of its folder."""
    return _stated(folder, "benchmark") or folder.resolve().name


def version_of(folder: Path) -> str:
    """Return the version of a release; empty if its manifest has none."""
    return _stated(folder, "version")


def _stated(folder: Path, key: str) -> str:
    """Return what the manifest of a release states; empty if nothing."""
    try:
        return str(json.loads((folder / MANIFEST).read_text("utf-8"))[key])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _provenance(folder: Path) -> dict[str, dict[str, str]]:
    """Return the provenance of each case's person by id; empty if there is no provenance."""
    import pyarrow.parquet as pq

    path = folder / "provenance.parquet"
    if not path.is_file():
        return {}
    with pq.ParquetFile(path) as file:  # `pq.read_table` would import pandas
        names = set(file.schema_arrow.names)
        rows = file.read([n for n in ("id", "patient", *PERSON) if n in names]).to_pylist()
    return {str(row["id"]): {k: str(v) for k, v in row.items() if v is not None} for row in rows}


def _fault(values: dict[str, Any], seen: dict[str, Any]) -> str:
    """Return the problem of a row; empty if there is none."""
    options, answer, image = values["options"], values["answer"], values["image"]
    kept_back = ("answer", "department")
    missing = [n for n in REQUIRED if n not in ("image", *kept_back) and values[n] is None]
    if missing:
        return f"a case has no {', '.join(missing)}"
    if values["id"] in seen:
        return f"{values['id']} is repeated"
    if not 2 <= len(options) <= len(LETTERS) or None in options:
        return f"{values['id']} has {len(options)} options"
    if not isinstance(image, dict) or not image.get("bytes"):
        return f"{values['id']} has no embedded picture"
    try:
        key(answer, len(options))
    except ValueError as error:
        return f"{values['id']} {error}"
    return ""


def _item(values: dict[str, Any], person: dict[str, dict[str, str]]) -> tuple[Item, str]:
    """Return a row as an item, and the source of its group."""
    id_ = str(values["id"])
    known = person.get(id_, {})
    options = tuple(map(str, values["options"]))
    right = key(values["answer"], len(options))
    several = values["answers"] == "several" if values.get("answers") else len(right) > 1
    target = str(values.get("target") or id_)
    by, group = next(
        (by, str(value))
        for by, value in (("group", values.get("group")), ("patient", known.get("patient")),
                          ("target", target))
        if value
    )  # fmt: skip
    texts = {n: str(values[n] or "") for n in REQUIRED if n not in ("image", "answer", "options")}
    item = Item(
        **texts,
        options=options,
        key=right,
        several=several,
        label=str(values.get("label") or ""),
        source=str(values.get("source") or ""),
        target=target,
        group=group,
        mirror=str(values.get("mirror") or ""),
        pair=str(values.get("pair") or ""),
        altered=str(values.get("altered") or ""),
        skill=str(values.get("skill") or RECOGNITION),
        language=str(values.get("language") or ""),
        sex=str(values.get("sex") or known.get("sex", "")),
        age_band=str(values.get("age_band") or known.get("age_band", "")),
        content=content(values["question"], options, values["image"]["bytes"]),
    )
    return item, by
