"""Adding the pictures that a release may not contain, drawn from a local copy of the data."""

from __future__ import annotations

import hashlib
import heapq
import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchsmith import plugins
from benchsmith.core.alteration import Alteration, Place
from benchsmith.core.build_files import MANIFEST, RELEASE_FOLDER
from benchsmith.core.contracts import DataFault, Progress
from benchsmith.core.drawing import Drawing
from benchsmith.core.model import Box, Form
from benchsmith.documents.lexicon import Window
from benchsmith.documents.library import Library
from benchsmith.documents.problems import DocumentError, Problem, did_you_mean
from benchsmith.exporters.parquet import Row, write_cell
from benchsmith.exporters.rehydrate import FILE, schema
from benchsmith.fetch import packages
from benchsmith.stages import render
from benchsmith.stages.list_units import list_units
from benchsmith.stages.same_images import same_files, same_pixels
from benchsmith.stages.units import Unit
from benchsmith.tables import atomic_files

NO_DATA, NO_FILE, OTHER_FILE, OTHER_PICTURE = (
    "its data are missing",
    "no file is the one from which it was drawn",
    "the file is a different one, or cannot be read",
    "the redrawn picture differs: recipe and versions must be those of the release",
)
"""Why a picture could not be added."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was drawn and what is still missing."""

    drawn: int
    left: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """Number of missing pictures by source and reason; the new folder still lists them."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a release states about the pictures that it lacks."""

    rows: Sequence[Row]
    seed: int
    long_side: int
    windows: Mapping[str, Window]
    meta: Mapping[bytes, bytes]
    paired: bool
    """Whether there are counterfactual questions."""
    skilled: bool
    """Whether there are other skills than recognition."""


def rehydrate(folder: Path, place: Path, library: Library, progress: Progress) -> Outcome:
    """Write the release in `folder`, with all pictures that can be drawn here, to `place`.

    A picture is added only if its bytes have the stated SHA-256. Raises DocumentError, and
    FileExistsError if `place` is not empty.
    """
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise FileExistsError(f"{place} exists: name another folder")
    wanted = _wanted(folder, library)
    readers, painter = plugins.readers(), plugins.painter()
    left: Counter[tuple[str, str]] = Counter()
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = atomic_files.scratch_folder(place)
    try:
        pictures = scratch / "pictures"
        pictures.mkdir()
        draw = partial(_draw, wanted=wanted, readers=readers, painter=painter, pictures=pictures)
        drawn: set[str] = set()
        for source in sorted({row["source"] for row in wanted.rows}):
            rows = [row for row in wanted.rows if row["source"] == source]
            found = packages.roots(library.home, library.sources[source])
            if isinstance(found, str):
                left[source, NO_DATA] += len(rows)
                continue
            units, _ = list_units(library.sources[source], found, readers)
            digests = {row["image_sha256"] for row in rows}
            searched = progress.track(f"search {source}", len(units), iter(units))
            here = same_files(searched, digests, readers)
            groups = _by_sample(rows)
            for sample in progress.track(f"draw {source}", len(groups), iter(groups)):
                own = groups[sample]
                same = same_pixels(here.get(own[0]["image_sha256"], ()), own[0], readers)
                why = _draw_from(same, own, draw, pictures)
                left.update({(source, reason): n for reason, n in why.items()})
                drawn |= {r["id"] for r in own if (pictures / r["id"]).is_file()}
        _write(folder, scratch / RELEASE_FOLDER, wanted, drawn, pictures)
        atomic_files.replace_folder(scratch / RELEASE_FOLDER, place)
    finally:
        shutil.rmtree(scratch)
    return Outcome(len(drawn), left)


def _wanted(folder: Path, library: Library) -> Wanted:
    path = folder / FILE
    if not path.is_file() or not (folder / MANIFEST).is_file():
        what = f"there is no {FILE} and {MANIFEST} in it: no picture of it is left out"
        raise DocumentError([Problem(str(folder), 1, what, "name a release's folder")])
    try:
        columns = pq.read_schema(path)
        paired, skilled = "pair" in columns.names, "skill" in columns.names
        table = pq.read_table(path, schema=schema(paired=paired, skilled=skilled))
        meta = columns.metadata
        windows = [Window(**w) for w in json.loads(meta[b"windows"])]
        drawn_by = plugins.windows_of(meta[b"intensity"].decode(), windows)
        wanted = Wanted(
            table.to_pylist(),
            int(meta[b"seed"]),
            int(meta[b"long_side"]),
            drawn_by,
            meta,
            paired,
            skilled,
        )
    except (pa.ArrowException, OSError, KeyError, TypeError, ValueError) as error:
        first = str(error).partition("\n")[0]
        raise DocumentError([Problem(str(path), 1, f"cannot be read: {first}")]) from error
    known = library.sources
    problems = [
        Problem(str(path), 1, f"there is no recipe of the source {name!r}",
                did_you_mean(name, known) or "name the project that has it with --home")
        for name in sorted({row["source"] for row in wanted.rows}) if name not in known
    ]  # fmt: skip
    if problems:
        raise DocumentError(problems)
    return wanted


def _by_sample(rows: Sequence[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["sample"], []).append(row)
    return groups


def _draw_from(
    units: Sequence[Unit],
    rows: Sequence[Row],
    draw: Callable[[Unit, Sequence[Row]], Counter[str]],
    pictures: Path,
) -> Counter[str]:
    """Draw the pictures of one image from the first unit that gives each; count the missing ones by reason.

    Several units have the same image if the data contain a file twice, possibly with different labels.
    """
    why = Counter({NO_FILE: len(rows)})
    for unit in units:
        rows = [row for row in rows if not (pictures / row["id"]).is_file()]
        if rows:
            why = draw(unit, rows)
    return why


def _draw(
    unit: Unit,
    rows: Sequence[Row],
    wanted: Wanted,
    readers: Any,
    painter: render.Painter,
    pictures: Path,
) -> Counter[str]:
    """Draw the pictures of one image into files named by id; count the missing ones by reason."""
    drawings = [_drawing(row) for row in rows]
    sha256 = rows[0]["image_sha256"]
    try:
        drawn = render.draw(
            unit, sha256, drawings, wanted.windows, wanted.long_side, readers, painter
        )
    except DataFault:
        return Counter({OTHER_FILE: len(rows)})
    why: Counter[str] = Counter()
    for row, one in zip(rows, drawn, strict=True):
        if hashlib.sha256(one.png).hexdigest() == row["picture_sha256"]:
            (pictures / row["id"]).write_bytes(one.png)
        else:
            why[OTHER_PICTURE] += 1
    return why


def _drawing(row: Row) -> Drawing:
    told = json.loads(row["drawing"])
    crop, change, form = (told.pop(key, None) for key in ("crop", "alteration", "form"))
    return Drawing(
        **told,
        crop=Box(**crop) if crop else None,
        alteration=_alteration(change) if change else None,
        form=_form(form) if form else None,
    )


def _form(told: Mapping[str, Any]) -> Form:
    frame = told["frame"]
    parts = {
        "boxes": tuple(Box(**one) for one in told["boxes"]),
        "tiles": tuple(told["tiles"]),
        "frame": Box(**frame) if frame else None,
    }
    return Form(**{**told, **parts})


def _alteration(told: Mapping[str, Any]) -> Alteration:
    places = {
        "asked": Place(**told["asked"]),
        "painted": tuple(Place(**one) for one in told["painted"]),
        "copied": Place(**told["copied"]) if told["copied"] else None,
    }
    return Alteration(**{**told, **places})


def _write(folder: Path, place: Path, wanted: Wanted, drawn: set[str], pictures: Path) -> None:
    """Write the new release: the earlier cases and the drawn ones, in the order of ids."""
    kept = ["data", FILE, MANIFEST]
    shutil.copytree(folder, place, ignore=lambda at, names: kept if Path(at) == folder else [])
    (place / "data").mkdir()
    new: dict[str, list[Row]] = {}
    for row in wanted.rows:
        if row["id"] in drawn:
            new.setdefault(row["cell"], []).append(row)
    old: dict[str, list[Path]] = {}
    for path in sorted((folder / "data").glob("*.parquet")):
        old.setdefault(path.stem.rpartition("--")[0], []).append(path)
    for cell in sorted(new.keys() | old.keys()):
        added = sorted(new.get(cell, ()), key=lambda r: str(r["id"]))
        rows = heapq.merge(
            _rows(old.get(cell, ())), _with_pictures(added, pictures), key=lambda r: str(r["id"])
        )
        write_cell(place / "data", cell, rows, paired=wanted.paired, skilled=wanted.skilled)
    left = [row for row in wanted.rows if row["id"] not in drawn]
    if left:
        table = pa.Table.from_pylist(
            left, schema=schema(paired=wanted.paired, skilled=wanted.skilled)
        ).replace_schema_metadata(wanted.meta)
        pq.write_table(table, place / FILE, compression="zstd")
    manifest = json.loads((folder / MANIFEST).read_text("utf-8"))
    for row in (r for rows in new.values() for r in rows):
        manifest["cases"][row["split"]] = manifest["cases"].get(row["split"], 0) + 1
    manifest["rehydrated"] = manifest.get("rehydrated", 0) + len(drawn)
    manifest["files"] = {
        p.relative_to(place).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(place.rglob("*"))
        if p.is_file()
    }
    atomic_files.write_json(place / MANIFEST, manifest)


def _rows(paths: Sequence[Path]) -> Iterator[Row]:
    for path in paths:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=64):
                yield from batch.to_pylist()


def _with_pictures(rows: Sequence[Row], pictures: Path) -> Iterator[Row]:
    """Yield rows in the form of the tables: with the picture, without its drawing."""
    for row in rows:
        told = {k: v for k, v in row.items() if k not in ("cell", "drawing", "sample")}
        png = (pictures / row["id"]).read_bytes()
        yield {**told, "image": {"bytes": png, "path": f"{row['id']}.png"}}
