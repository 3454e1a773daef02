"""The stages as one chain, from documents to a release; the only wiring."""

from __future__ import annotations

import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from builder import __version__, hiding, plugins, relations, store, tables
from builder.audits import identifiers
from builder.audits.audit import audit, reasons
from builder.audits.from_release import exam_of
from builder.digests import Digests
from builder.documents import query
from builder.documents.benchmark import Benchmark
from builder.documents.library import Library
from builder.documents.problems import DocumentError, Problem
from builder.documents.query import Query
from builder.engine import Engine
from builder.exporters import private
from builder.model import Case, Choice, Finding, Label, Question, Rejection, Sample, Target
from builder.plan import STAGES, WHOLE, Parts, Prepared, partitions, prepare, spaces, unnamed
from builder.ports import Progress
from builder.reasons import REASONS
from builder.release import Release
from builder.selectors.index import OF_SAMPLES, Index
from builder.stages import ask, export, ingest, known, normalise, render, select, tag
from builder.store import Partition, write_json
from builder.verdicts import Audit, as_json

AUDIT = "audit.json"


class TooMuchRejected(Exception):
    """A source has more faults than the benchmark tolerates, or no question came of any."""


class NothingHere(Exception):
    """None of the benchmark's sources has its files here."""


class GateFailed(Exception):
    """A release was made that must not be published."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("nothing is published:\n" + "\n".join(f"  {r}" for r in reasons))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a build came to."""

    folder: Path
    nothing_to_do: bool
    questions: int
    rejected: int
    missing: tuple[str, ...]
    """Sources whose files are not here."""


class Build:
    """One build of one benchmark."""

    def __init__(
        self,
        name: str,
        benchmark: Benchmark,
        library: Library,
        output: Path,
        engine: Engine,
        progress: Progress,
    ) -> None:
        self.name, self.benchmark, self.library = name, benchmark, library
        self.folder = output / name
        self._engine, self._progress = engine, progress
        self._readers = plugins.readers()
        self._digests = Digests(output / ".digests.jsonl")
        self._steps: list[dict[str, Any]] = []
        self._secret = b""
        self._query = query.parse(benchmark.subset, library.lexicon, library.sources)

    def run(self) -> Outcome:
        """Build what is not there yet.

        Raises TooMuchRejected, NothingHere, WorkerLost, and OSError where the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        store.sweep(self.folder)
        prepared, parts = self._plan()
        missing = tuple(p.source.id for p in prepared if not p.units)
        if len(missing) == len(prepared):
            reasons = sorted({r.detail for p in prepared for r in p.rejected})
            raise NothingHere(f"no source of {self.name} is here: {'; '.join(reasons)}")
        final, place = parts["export"][WHOLE], self.folder / "release"
        nothing_to_do = self._released(final, place)
        if not nothing_to_do:
            self._record(parts)
            self._stages(prepared, parts)
            self._publish_release(final, place)
        done = final.manifest()
        return Outcome(place, nothing_to_do, done["rows"]["out"], done["rejected_in_all"], missing)

    def _plan(self) -> tuple[list[Prepared], Parts]:
        """Find the sources' files and name every piece of work."""
        sources = [self.library.sources[s] for s in self.benchmark.sources]
        prepared = [
            prepare(self.library, s, self._readers, self._digests, self.benchmark.forbidden)
            for s in sources
        ]
        if self.benchmark.hidden:
            self._secret = hiding.key_of(self.folder / "private" / "key")
        parts = partitions(
            self.name,
            self.folder,
            self.benchmark,
            self.library,
            prepared,
            self._digests,
            self._secret,
        )
        self._digests.save()
        return prepared, parts

    def cut(self, wanted: Query, place: Path) -> int:
        """Write the release of what a query accepts, from a finished build; return its cases.

        Pictures, questions and options stay as they are. Raises NothingHere where the build is
        not finished or nothing is accepted, FileExistsError where `place` is something else than
        a release, and GateFailed.
        """
        if (
            place.exists()
            and not (place / "manifest.json").is_file()
            and (not place.is_dir() or any(place.iterdir()))
        ):
            raise FileExistsError(f"{place} is there and is no release: name another folder")
        prepared, parts = self._plan()
        if not parts["export"][WHOLE].done:
            raise NothingHere(f"{self.name} is not built: run `benchsmith build {self.name}` first")
        release = self._release(prepared, parts, wanted)
        if not release.order:
            raise NothingHere(f"no question of {self.name} is in {wanted.text!r}")
        if wanted.tells() and any(split in self.benchmark.hidden for split, _ in release.order):
            hidden = ", ".join(self.benchmark.hidden)
            what = f"{wanted.text!r} would tell what the answers of the hidden split {hidden} are"
            raise DocumentError([Problem("query", 1, what, f"leave it out: `split!={hidden}`")])
        release.audit = self._audit(parts, release)
        if why := reasons(release.audit):
            raise GateFailed(why)
        scratch = store.scratch_folder(place)
        try:
            self._write(prepared, release, scratch / "release")
            store.replace_folder(scratch / "release", place)
        finally:
            shutil.rmtree(scratch)
        return len(release.order)

    def _released(self, final: Partition, place: Path) -> bool:
        """Say whether the release is this build's, every file of it."""
        if not final.done or not place.is_dir():
            return False
        if self.benchmark.hidden and not (self.folder / "private" / "answers.parquet").is_file():
            return False
        wanted = final.manifest()["files"]
        there = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}
        same = there.keys() == wanted.keys() and all(
            self._digests.of(there[name]) == sha256 for name, sha256 in wanted.items()
        )
        self._digests.save()
        return same

    def _record(self, parts: Parts) -> None:
        """Write down which pieces of work this build is made of, for `explain`."""
        names = {s: {part: p.folder.name for part, p in of.items()} for s, of in parts.items()}
        scratch = store.scratch_folder(self.folder / "latest")
        write_json(scratch / "latest.json", names)
        (scratch / "latest.json").replace(self.folder / "latest.json")
        scratch.rmdir()

    def _stages(self, prepared: Sequence[Prepared], parts: Parts) -> None:
        for p in prepared:
            self._do("ingest", p.source.id, parts, partial(self._ingest, p))
            self._do("normalise", p.source.id, parts, partial(self._normalise, p, parts))
            self._do("tag", p.source.id, parts, partial(self._tag, p, parts))
        self._check_faults(prepared, parts)
        self._do("select", WHOLE, parts, partial(self._select, prepared, parts))
        self._do("ask", WHOLE, parts, partial(self._ask, parts))
        for p in prepared:
            self._do("render", p.source.id, parts, partial(self._render, p, parts))
        if not any(p.manifest()["rows"]["out"] for p in parts["render"].values()):
            hint = "`benchsmith explain SOURCE` says why"
            raise TooMuchRejected(f"no question came of {self.name}; {hint}")
        self._do("export", WHOLE, parts, partial(self._export, prepared, parts))

    def _do(self, stage: str, part: str, parts: Parts, work: Callable[[Partition], None]) -> None:
        """Do one piece of work unless it is done, and write down what it took."""
        partition = parts[stage][part]
        if partition.done:
            return
        start = time.monotonic()
        work(partition)
        seconds = time.monotonic() - start
        rows = partition.manifest()["rows"]
        self._steps.append(
            {
                "stage": stage,
                "part": part,
                "seconds": round(seconds, 3),
                "peak_mb": peak_mb(),
                **rows,
            }
        )
        out = f"{rows['out']} out, {rows['rejected']} left out"
        self._progress.say(f"  {stage} {part}: {out} ({seconds:.1f} s)")

    def _ingest(self, p: Prepared, partition: Partition) -> None:
        work = partial(ingest.ingest, settings=self.benchmark.slices, plugins=self._readers)
        samples: list[Sample] = []
        results: list[Finding | Rejection] = [*p.rejected]
        stated = len(results)
        running: Iterator[ingest.Ingested] = self._engine.map(work, p.units)
        for one in self._progress.track(f"ingest {p.source.id}", len(p.units), running):
            samples += one.samples
            results += [*one.findings, *one.rejected]
            stated += one.stated
        samples.sort(key=lambda s: s.id)
        extra = {"samples.parquet": tables.to_table(samples, Sample)}
        images = {"images": {"in": len(p.units), "out": len(samples)}}
        finish(partition, "ingest", p.source.id, stated, results, Finding, extra, images)

    def _normalise(self, p: Prepared, parts: Parts, partition: Partition) -> None:
        findings = rows(parts["ingest"][p.source.id], Finding)
        normaliser = normalise.Normaliser(self.library.lexicon)
        results = normalise.normalise(findings, normaliser)
        finish(partition, "normalise", p.source.id, len(findings), results, Label)

    def _tag(self, p: Prepared, parts: Parts, partition: Partition) -> None:
        labels = rows(parts["normalise"][p.source.id], Label)
        results = tag.tag(labels, self.library.lexicon)
        finish(partition, "tag", p.source.id, len(labels), results, Target)

    def _check_faults(self, prepared: Sequence[Prepared], parts: Parts) -> None:
        """Stop where a source has more faults than the benchmark tolerates.

        Counted are images that gave nothing, and at each stage the rows that were faulty: a lost
        volume must not vanish among the many candidate pictures of the others.
        """
        bad: list[str] = []
        for p in prepared:
            manifests = {s: parts[s][p.source.id].manifest() for s in STAGES[:3]}
            images = manifests["ingest"]["images"]
            shares = [(images["in"] - images["out"], images["in"], "images gave nothing")]
            most: Counter[str] = Counter()
            for stage, manifest in manifests.items():
                faulty = {r: n for r, n in manifest["reasons"].items() if REASONS[r].fault}
                most.update(faulty)
                total = manifest["rows"]["in"]
                shares.append((sum(faulty.values()), total, f"rows are faulty at {stage}"))
            top = ", ".join(f"{n} {r}" for r, n in most.most_common(3))
            bad += [
                f"{p.source.id}: {faults} of {total} {what} ({top})"
                for faults, total, what in shares
                if faults > self.benchmark.tolerate.faults * total
            ]
        if bad:
            bad.append("`benchsmith explain SOURCE` names each; `tolerate` is the limit")
            raise TooMuchRejected("\n".join(bad))

    def _select(self, prepared: Sequence[Prepared], parts: Parts, partition: Partition) -> None:
        index = Index(
            [p.folder / "rows.parquet" for p in parts["tag"].values()],
            pa.concat_tables(
                tables.read(p.folder / "samples.parquet", list(OF_SAMPLES))
                for p in parts["ingest"].values()
            ).combine_chunks(),
        )
        pictures, unread = self._known()
        found = select.select(
            index, self.benchmark, self._query, spaces(prepared), pictures, self.library.dropped
        )
        also = {
            **found.notes,
            "no_patient": unnamed(prepared),
            "known": {"pictures": len(pictures), "unread": unread},
        }
        keep(partition, "select", WHOLE, len(index), found.chosen, found.rejected, also=also)

    def _known(self) -> tuple[list[known.Known], list[str]]:
        """Look at the pictures that models may know; name the files that are none."""
        pictures: list[known.Known] = []
        unread: list[str] = []
        for name in self.benchmark.contamination:
            folder = self.library.home / name
            files = known.files(folder)
            work = partial(known.look, folder=folder, plugins=self._readers)
            running = self._engine.map(work, files)
            for looked in self._progress.track(f"look at {name}", len(files), running):
                pictures += looked.pictures
                unread += looked.unread
        return pictures, unread

    def _ask(self, parts: Parts, partition: Partition) -> None:
        choices = rows(parts["select"][WHOLE], Choice)
        lexicon, pools = self.library.lexicon, self.library.pools
        results = ask.ask(choices, self.benchmark, lexicon, pools, self._query)
        finish(partition, "ask", WHOLE, len(choices), results, Question)

    def _render(self, p: Prepared, parts: Parts, partition: Partition) -> None:
        source = p.source.id
        questions = [q for q in rows(parts["ask"][WHOLE], Question) if q.source == source]
        choices = {c.id: c for c in rows(parts["select"][WHOLE], Choice) if c.source == source}
        samples = rows(parts["ingest"][source], Sample, "samples.parquet")
        orders = render.orders(
            p.units,
            {s.id: s.sha256 for s in samples},
            questions,
            choices,
            plugins.windows_of(self.benchmark.picture.intensity, self.library.lexicon.windows),
            self.benchmark.picture.long_side,
            self.benchmark.seed,
        )
        work = partial(render.render, plugins=self._readers, painter=plugins.painter())
        running = self._engine.map(work, orders)
        batches = self._progress.track(f"render {source}", len(orders), running)
        cases = [case for batch in batches for case in batch]
        finish(partition, "render", source, len(questions), cases, Case)

    def _release(
        self, prepared: Sequence[Prepared], parts: Parts, wanted: Query | None = None
    ) -> Release:
        before = STAGES[:-1]
        asked = hiding.shuffled(
            rows(parts["ask"][WHOLE], Question), self.benchmark.hidden, self._secret
        )
        if wanted is not None:
            accepted = set(self._accepted(parts, wanted))
            asked = [q for q in asked if q.id in accepted]
        return Release(
            name=self.name,
            benchmark=self.benchmark,
            lexicon=self.library.lexicon,
            sources={p.source.id: p.source.recipe for p in prepared},
            build=parts["export"][WHOLE].folder.name,
            subset=wanted.text if wanted else self.benchmark.subset,
            questions=asked,
            choices={c.id: c for c in rows(parts["select"][WHOLE], Choice)},
            samples={
                s.id: s for p in parts["ingest"].values() for s in rows(p, Sample, "samples.parquet")
            },
            case_files=[p.folder / "rows.parquet" for p in parts["render"].values()],
            manifests={s: {part: p.manifest() for part, p in parts[s].items()} for s in before},
            rejected=[
                r for s in before for p in parts[s].values() for r in rows(p, Rejection, "rejected.parquet")
            ],
            secret=self._secret,
        )  # fmt: skip

    def _accepted(self, parts: Parts, wanted: Query) -> list[str]:
        """Return the ids of the questions that have a picture and that a query accepts."""
        asked, chosen = (parts[s][WHOLE].folder / "rows.parquet" for s in ("ask", "select"))
        drawn = [p.folder / "rows.parquet" for p in parts["render"].values()]
        with relations.built(asked, chosen, drawn) as there:
            return list(there.ids(wanted))

    def _export(self, prepared: Sequence[Prepared], parts: Parts, partition: Partition) -> None:
        release = self._release(prepared, parts)
        release.audit = self._audit(parts, release)
        write_audit(release, self.folder)
        if why := reasons(release.audit):
            raise GateFailed([*why, f"all verdicts: {self.folder / AUDIT}"])
        with partition.writing() as folder:
            files = self._write(prepared, release, folder / "release")
            if self.benchmark.hidden:
                private.write(release, folder / "private")
            count = len(release.order)
            counts = {"in": count, "variants": 0, "out": count, "rejected": 0}
            manifest = {"stage": "export", "part": WHOLE, "files": files, "rows": counts,
                        "reasons": {}, "rejected_in_all": len(release.rejected)}  # fmt: skip
            _write_left_out(release.rejected, folder / "left_out.tsv")
            write_json(folder / "manifest.json", manifest)

    def audited(self) -> Release:
        """Check the benchmark as far as it is built, and return it with the verdicts.

        Raises NothingHere where no picture has been drawn.
        """
        prepared, parts = self._plan()
        if not all(p.done for stage in STAGES[:-1] for p in parts[stage].values()):
            raise NothingHere(f"{self.name} is not built: run `benchsmith build {self.name}` first")
        release = self._release(prepared, parts)
        release.audit = self._audit(parts, release)
        write_audit(release, self.folder)
        return release

    def _audit(self, parts: Parts, release: Release) -> Audit:
        """Check a release, and beside it what the published rule would have drawn."""
        choices = rows(parts["select"][WHOLE], Choice)
        rule = {"rule": "paper-observed", "draw": "uniform", "prefer": "any"}
        drawn = self.benchmark.options.model_copy(update=rule)
        other = self.benchmark.model_copy(update={"options": drawn, "answers": ("one",)})
        lexicon, pools = self.library.lexicon, self.library.pools
        asked = ask.ask(choices, other, lexicon, pools, self._query)
        uniform = [q for q in asked if isinstance(q, Question)]
        return audit(exam_of(release, uniform), self.benchmark.audit)

    def _write(
        self, prepared: Sequence[Prepared], release: Release, folder: Path
    ) -> dict[str, str]:
        """Write every export, and stop where an identifier that was seen stands in one.

        Returns the SHA-256 of every file. Raises GateFailed.
        """
        exporters = {name: plugins.EXPORTS[name] for name in self.benchmark.exports}
        files = export.export(release.public(), exporters, folder)
        used = {release.choices[q.target].sample for q in release.asked()}
        units = [unit for p in prepared for unit in p.units if unit.sample in used]
        public = identifiers.public_text(self.library.home, [p.source.path for p in prepared])
        hits = identifiers.look(folder, units, self._readers.identifiers, public)
        if hits:
            raise GateFailed([f"{hit.file} holds what a source has as {hit.kind}" for hit in hits])
        return files

    def _publish_release(self, final: Partition, place: Path) -> None:
        scratch = store.scratch_folder(place)
        shutil.copytree(final.folder / "release", scratch, dirs_exist_ok=True)
        if self.benchmark.hidden:  # first: a release without its answers would look finished
            shutil.copytree(final.folder / "private", self.folder / "private", dirs_exist_ok=True)
        store.replace_folder(scratch, place)
        shutil.copyfile(final.folder / "left_out.tsv", self.folder / "left_out.tsv")
        write_json(self.folder / "build.json", {"steps": self._steps, "peak_mb": peak_mb()})


def write_audit(release: Release, folder: Path) -> None:
    """Write the verdicts for whoever builds, whether or not anything is published."""
    folder.mkdir(parents=True, exist_ok=True)
    scratch = store.scratch_folder(folder / AUDIT)
    about = {"benchmark": release.name, "build": release.build, "version": __version__}
    write_json(scratch / AUDIT, as_json(release.audit, about))
    (scratch / AUDIT).replace(folder / AUDIT)
    scratch.rmdir()


def _write_left_out(rejected: Sequence[Rejection], path: Path) -> None:
    """Write what was left out, with the sources' own names: for whoever builds, not published."""
    columns = ("source", "stage", "reason", "subject", "detail")
    lines = ["\t".join((*columns, "what"))]
    for one in rejected:
        cells = [*(getattr(one, c) for c in columns), REASONS[one.reason].sentence]
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8", newline="\n")


def rows(partition: Partition, noun: type, file: str = "rows.parquet") -> list[Any]:
    """Return a finished partition's rows."""
    return tables.from_table(tables.read(partition.folder / file), noun)


def finish(
    partition: Partition,
    stage: str,
    part: str,
    rows_in: int,
    results: Iterable[Any],
    noun: type,
    extra: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Write a stage's rows and rejections, and the counts that must reconcile.

    One row in may become several (a structure has several candidate pictures, a target several
    granularities); how many more is written down as `variants`, so that always
    in + variants = out + rejected. `extra` are more tables, `also` more of the manifest.
    """
    kept: list[Any] = []
    rejected: list[Rejection] = []
    for row in results:
        (rejected if isinstance(row, Rejection) else kept).append(row)
    tabled = tables.to_table(kept, noun), tables.to_table(rejected, Rejection)
    keep(partition, stage, part, rows_in, *tabled, extra, also)


def keep(
    partition: Partition,
    stage: str,
    part: str,
    rows_in: int,
    kept: pa.Table,
    rejected: pa.Table,
    extra: Mapping[str, Any] | None = None,
    also: Mapping[str, Any] | None = None,
) -> None:
    """Write a stage's tables of rows and rejections; as :func:`finish` says."""
    kept = kept.sort_by("id")
    assert pc.count_distinct(kept["id"]).as_py() == kept.num_rows, (
        f"{stage} made two rows of one id"
    )
    rejected = rejected.sort_by(
        [(c, "ascending") for c in ("source", "subject", "reason", "detail")]
    )
    counts = {
        "in": rows_in,
        "variants": kept.num_rows + rejected.num_rows - rows_in,
        "out": kept.num_rows,
        "rejected": rejected.num_rows,
    }
    reasons = {r["values"]: r["counts"] for r in rejected["reason"].value_counts().to_pylist()}
    manifest = {"stage": stage, "part": part, "rows": counts, "reasons": reasons, **(also or {})}
    with partition.writing() as folder:
        tables.write(kept, folder / "rows.parquet")
        tables.write(rejected, folder / "rejected.parquet")
        for name, table in (extra or {}).items():
            tables.write(table, folder / name)
        write_json(folder / "manifest.json", manifest)


def peak_mb() -> int:
    """Return the largest resident size of this process or any worker so far, in MB."""
    whose = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(who).ru_maxrss for who in whose) // 1024
