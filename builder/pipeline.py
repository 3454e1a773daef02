"""The stages as one chain, from documents to a release; the only wiring."""

from __future__ import annotations

import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

from builder import __version__, packages, plugins, store, tables
from builder.digests import Digests
from builder.documents.benchmark import Benchmark
from builder.documents.library import Library
from builder.documents.recipe import Source
from builder.engine import Engine
from builder.model import Case, Choice, Finding, Label, Question, Rejection, Sample, Target
from builder.ports import Progress
from builder.reasons import REASONS
from builder.release import Release
from builder.stages import ask, export, ingest, normalise, render, select, tag
from builder.stages.units import Unit, plan
from builder.store import Partition, fingerprint, write_json

STAGES = ("ingest", "normalise", "tag", "select", "ask", "render", "export")


class TooMuchRejected(Exception):
    """A source has more faults than the benchmark tolerates."""


@dataclass(slots=True)
class Prepared:
    """A source that was looked at, but not read yet."""

    source: Source
    units: list[Unit] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    digest: str = ""
    """Fingerprint of the source's files."""


@dataclass(slots=True)
class Outcome:
    """What a build came to."""

    folder: Path
    nothing_to_do: bool
    questions: int = 0
    rejected: int = 0
    missing: tuple[str, ...] = ()


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
        self.output = output / name
        self._engine, self._progress = engine, progress
        self._readers = plugins.readers()
        self._digests = Digests(output / ".digests.jsonl")
        self._steps: list[dict[str, Any]] = []
        self._docs = _Documents(library.home, self._digests)

    # -- what there is to do ------------------------------------------------------------------

    def prepare(self) -> list[Prepared]:
        """Find every source's files, without reading a pixel."""
        prepared = [self._prepare(self.library.sources[s]) for s in self.benchmark.sources]
        self._digests.save()
        return prepared

    def _prepare(self, source: Source) -> Prepared:
        roots = packages.roots(self.library.home, source)
        if isinstance(roots, str):
            gone = Rejection(stage="ingest", source=source.id, subject=source.id,
                             reason="source-missing", detail=roots)  # fmt: skip
            return Prepared(source, rejected=[gone], digest=fingerprint("missing", roots))
        units, rejected = plan(source, roots, self._readers)
        files: dict[str, Path] = {}
        for unit in units:
            found = [*self._readers.members(unit.path)]
            for labels in unit.samples.labels:
                found += [path for path, _ in unit.find(labels.file)]
                if names := getattr(labels, "names_file", None):
                    found += [path for path, _ in unit.find(names)]
            files |= {unit.show(path): path for path in found}
        named = [(name, self._digests.of(path)) for name, path in sorted(files.items())]
        subjects = sorted((r.subject, r.reason) for r in rejected)
        return Prepared(source, units, rejected, fingerprint(named, subjects))

    def partitions(self, prepared: Sequence[Prepared]) -> dict[str, dict[str, Partition]]:
        """Name every piece of work: by stage, then by source (or ``all``)."""
        b, docs = self.benchmark, self._docs
        found: dict[str, dict[str, Partition]] = {stage: {} for stage in STAGES}

        def put(stage: str, part: str, *inputs: object) -> str:
            name = fingerprint(stage, __version__, *inputs)
            found[stage][part] = Partition(self.output / "stages" / stage / name)
            return name

        tags = []
        read = {}
        for p in prepared:
            s = p.source.id
            recipe = p.source.recipe.model_dump(
                mode="json", exclude={"title", "citation", "note", "homepage", "verified"}
            )
            read[s] = put("ingest", s, s, ingest.REVISION, tables.digest(Sample, Finding, Rejection), recipe,
                          b.slices.model_dump(mode="json"), p.digest, _libraries())  # fmt: skip
            words = put("normalise", s, normalise.REVISION, read[s], tables.digest(Label), docs.of(
                "lexicon/tree/label.tsv", "lexicon/tree/modality.tsv", "lexicon/abbreviations.tsv",
                f"lexicon/mappings/{s}.tsv"))  # fmt: skip
            tags.append(
                put(
                    "tag",
                    s,
                    tag.REVISION,
                    words,
                    tables.digest(Target),
                    docs.of(
                        "lexicon/placements.tsv",
                        "lexicon/windows.tsv",
                        "lexicon/tree/label.tsv",
                        "lexicon/tree/modality.tsv",
                    ),
                )
            )
        chosen = put("select", "all", select.REVISION, tags, tables.digest(Choice), b.seed,
                     b.quota.model_dump(), b.split.model_dump())  # fmt: skip
        asked = put("ask", "all", ask.REVISION, chosen, tables.digest(Question), b.seed, b.views,
                    b.options.model_dump(), b.truth.model_dump(), docs.of("question_pools", "lexicon/tree",
                    "lexicon/confusables.tsv"))  # fmt: skip
        drawn = [
            put(
                "render",
                p.source.id,
                p.source.id,
                render.REVISION,
                asked,
                read[p.source.id],
                tables.digest(Case),
                b.picture.model_dump(),
                docs.of("lexicon/windows.tsv"),
                _libraries(),
            )
            for p in prepared
        ]
        put(
            "export",
            "all",
            export.REVISION,
            self.name,
            drawn,
            b.model_dump(mode="json"),
            docs.of(
                "lexicon/licences.tsv",
                "lexicon/tree",
                *(f"raw_sources/{p.source.id}/recipe.yaml" for p in prepared),
            ),
        )
        return found

    # -- doing it ------------------------------------------------------------------------------

    def run(self) -> Outcome:
        """Build what is not there yet. Raises TooMuchRejected, WorkerLost or OSError."""
        self.output.mkdir(parents=True, exist_ok=True)
        store.sweep(self.output)
        prepared = self.prepare()
        parts = self.partitions(prepared)
        final = parts["export"]["all"]
        place = self.output / "release"
        missing = tuple(p.source.id for p in prepared if not p.units)
        if self._released(final, place):
            done = final.manifest()
            return Outcome(place, True, done["rows"]["out"], done["rejected_in_all"], missing)
        self._record(parts)
        self._sources("ingest", prepared, parts, self._ingest)
        for stage, work in (("normalise", self._normalise), ("tag", self._tag)):
            self._sources(stage, prepared, parts, work)
        self._check_faults(prepared, parts)
        self._whole("select", parts, Choice, lambda: self._select(parts))
        self._whole("ask", parts, Question, lambda: self._ask(parts))
        self._sources("render", prepared, parts, self._render)
        self._export(parts, prepared, final)
        scratch = store.scratch_folder(place)
        shutil.copytree(final.folder / "release", scratch, dirs_exist_ok=True)
        store.replace_folder(scratch, place)
        write_json(self.output / "build.json", {"steps": self._steps, "peak_mb": _peak_mb()})
        done = final.manifest()
        return Outcome(place, False, done["rows"]["out"], done["rejected_in_all"], missing)

    def _released(self, final: Partition, place: Path) -> bool:
        """Say whether the release is this build's, every file of it."""
        if not final.done or not (place / "manifest.json").is_file():
            return False
        wanted = final.manifest()["files"]
        there = {p.relative_to(place).as_posix(): p for p in place.rglob("*") if p.is_file()}
        return there.keys() == wanted.keys() and all(
            self._digests.of(there[name]) == sha256 for name, sha256 in wanted.items()
        )

    def _record(self, parts: Mapping[str, Mapping[str, Partition]]) -> None:
        """Write down which pieces of work this build is made of, for `explain`."""
        write_json(self.output / "latest.json", {
            stage: {part: p.folder.name for part, p in of.items()} for stage, of in parts.items()
        })  # fmt: skip

    def _sources(
        self,
        stage: str,
        prepared: Sequence[Prepared],
        parts: Mapping[str, Mapping[str, Partition]],
        work: Callable[[Prepared, Mapping[str, Mapping[str, Partition]], Partition], None],
    ) -> None:
        for p in prepared:
            partition = parts[stage][p.source.id]
            if not partition.done:
                start = time.monotonic()
                work(p, parts, partition)
                self._step(stage, p.source.id, start, partition)

    def _whole(self, stage: str, parts: Mapping[str, Mapping[str, Partition]], noun: type,
               work: Callable[[], tuple[int, Iterable[Any]]]) -> None:  # fmt: skip
        partition = parts[stage]["all"]
        if not partition.done:
            start = time.monotonic()
            rows_in, results = work()
            _publish(partition, stage, "all", rows_in, results, noun)
            self._step(stage, "all", start, partition)

    def _step(self, stage: str, part: str, start: float, partition: Partition) -> None:
        rows = partition.manifest()["rows"]
        seconds = time.monotonic() - start
        self._steps.append({"stage": stage, "part": part, "seconds": round(seconds, 3),
                            "peak_mb": _peak_mb(), **rows})  # fmt: skip
        self._progress.say(
            f"  {stage} {part}: {rows['out']} out, {rows['rejected']} left out ({seconds:.1f} s)"
        )

    def _ingest(
        self, p: Prepared, parts: Mapping[str, Mapping[str, Partition]], partition: Partition
    ) -> None:
        work = partial(ingest.ingest, settings=self.benchmark.slices, plugins=self._readers)
        samples: list[Sample] = []
        findings: list[Finding] = []
        rejected = list(p.rejected)
        stated = len(rejected)
        results: Iterator[ingest.Ingested] = self._engine.map(work, p.units)
        for result in self._progress.track(f"ingest {p.source.id}", len(p.units), results):
            samples += result.samples
            findings += result.findings
            rejected += result.rejected
            stated += result.stated
        extra = {"samples.parquet": tables.to_table(samples, Sample)}
        _publish(partition, "ingest", p.source.id, stated, [*findings, *rejected], Finding, extra)

    def _normalise(
        self, p: Prepared, parts: Mapping[str, Mapping[str, Partition]], partition: Partition
    ) -> None:
        findings = rows(parts["ingest"][p.source.id], Finding)
        normaliser = normalise.Normaliser(self.library.lexicon)
        _publish(partition, "normalise", p.source.id, len(findings),
                 normalise.normalise(findings, normaliser), Label)  # fmt: skip

    def _tag(
        self, p: Prepared, parts: Mapping[str, Mapping[str, Partition]], partition: Partition
    ) -> None:
        labels = rows(parts["normalise"][p.source.id], Label)
        _publish(
            partition,
            "tag",
            p.source.id,
            len(labels),
            tag.tag(labels, self.library.lexicon),
            Target,
        )

    def _check_faults(
        self, prepared: Sequence[Prepared], parts: Mapping[str, Mapping[str, Partition]]
    ) -> None:
        """Stop where a source has more faults than the benchmark tolerates."""
        bad = []
        for p in prepared:
            manifests = [parts[s][p.source.id].manifest() for s in ("ingest", "normalise", "tag")]
            faults = sum(n for m in manifests for r, n in m["reasons"].items() if REASONS[r].fault)
            stated = sum(m["rows"]["in"] + m["rows"]["variants"] for m in manifests[:1])
            if faults and faults > self.benchmark.tolerate.faults * stated:
                most = Counter(
                    {r: n for m in manifests for r, n in m["reasons"].items() if REASONS[r].fault}
                )
                top = ", ".join(f"{n} {r}" for r, n in most.most_common(3))
                bad.append(f"{p.source.id}: {faults} of {stated} are faulty ({top})")
        if bad:
            raise TooMuchRejected("; ".join(bad))

    def _select(self, parts: Mapping[str, Mapping[str, Partition]]) -> tuple[int, Iterable[Any]]:
        targets = [t for p in parts["tag"].values() for t in rows(p, Target)]
        return len(targets), select.select(targets, self.benchmark)

    def _ask(self, parts: Mapping[str, Mapping[str, Partition]]) -> tuple[int, Iterable[Any]]:
        choices = rows(parts["select"]["all"], Choice)
        lexicon, pools = self.library.lexicon, self.library.pools
        return len(choices), ask.ask(choices, self.benchmark, lexicon, pools)

    def _render(
        self, p: Prepared, parts: Mapping[str, Mapping[str, Partition]], partition: Partition
    ) -> None:
        questions = [q for q in rows(parts["ask"]["all"], Question) if q.source == p.source.id]
        choices = {c.id: c for c in rows(parts["select"]["all"], Choice)}
        samples = {
            s.id: s.sha256 for s in rows(parts["ingest"][p.source.id], Sample, "samples.parquet")
        }
        windows = {w.id: w for w in self.library.lexicon.windows}
        orders = render.orders(p.units, samples, questions, choices, windows,
                               self.benchmark.picture.long_side, self.benchmark.seed)  # fmt: skip
        work = partial(render.render, plugins=self._readers, painter=plugins.painter())
        results = self._progress.track(
            f"render {p.source.id}", len(orders), self._engine.map(work, orders)
        )
        cases = [case for batch in results for case in batch]
        _publish(partition, "render", p.source.id, len(questions), cases, Case)

    def _export(
        self,
        parts: Mapping[str, Mapping[str, Partition]],
        prepared: Sequence[Prepared],
        final: Partition,
    ) -> None:
        if final.done:
            return
        start = time.monotonic()
        release = Release(
            name=self.name,
            benchmark=self.benchmark,
            lexicon=self.library.lexicon,
            sources={p.source.id: p.source.recipe for p in prepared},
            build=final.folder.name,
            questions=rows(parts["ask"]["all"], Question),
            choices={c.id: c for c in rows(parts["select"]["all"], Choice)},
            samples={s.id: s for p in parts["ingest"].values() for s in rows(p, Sample, "samples.parquet")},
            case_files=[p.folder / "rows.parquet" for p in parts["render"].values()],
            manifests={stage: {part: p.manifest() for part, p in parts[stage].items()} for stage in STAGES[:-1]},
            rejected=[r for s in STAGES[:-1] for p in parts[s].values() for r in rows(p, Rejection, "rejected.parquet")],
        )  # fmt: skip
        with final.writing() as folder:
            files = export.export(
                release, {e: plugins.EXPORTS[e] for e in self.benchmark.exports}, folder / "release"
            )
            count = len(release.order)
            write_json(folder / "manifest.json", {
                "stage": "export", "part": "all", "files": files, "rejected_in_all": len(release.rejected),
                "rows": {"in": count, "variants": 0, "out": count, "rejected": 0}, "reasons": {},
            })  # fmt: skip
        self._step("export", "all", start, final)


def rows(partition: Partition, noun: type, file: str = "") -> list[Any]:
    """Return a finished partition's rows."""
    return tables.from_table(tables.read(partition.folder / (file or "rows.parquet")), noun)


def _publish(
    partition: Partition, stage: str, part: str, rows_in: int, results: Iterable[Any], noun: type,
    extra: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Write a stage's rows and rejections, and the counts that must reconcile.

    One row in may become several (a structure has several candidate pictures, a target several
    granularities); how many more is written down as `variants`, so that always
    in + variants = out + rejected.
    """
    kept: list[Any] = []
    rejected: list[Rejection] = []
    for row in results:
        (rejected if isinstance(row, Rejection) else kept).append(row)
    kept.sort(key=lambda r: r.id)
    if len({r.id for r in kept}) != len(kept):
        twice = next(a.id for a, b in pairwise(kept) if a.id == b.id)
        raise AssertionError(f"{stage} made two rows with the id {twice}")
    rejected.sort(key=lambda r: (r.source, r.subject, r.reason, r.detail))
    with partition.writing() as folder:
        tables.write(tables.to_table(kept, noun), folder / "rows.parquet")
        tables.write(tables.to_table(rejected, Rejection), folder / "rejected.parquet")
        for name, table in (extra or {}).items():
            tables.write(table, folder / name)
        variants = len(kept) + len(rejected) - rows_in
        write_json(folder / "manifest.json", {
            "stage": stage, "part": part, "reasons": dict(Counter(r.reason for r in rejected)),
            "rows": {"in": rows_in, "variants": variants, "out": len(kept), "rejected": len(rejected)},
        })  # fmt: skip


class _Documents:
    """Fingerprints of documents, by path relative to the project."""

    def __init__(self, home: Path, digests: Digests) -> None:
        self._home, self._digests = home, digests

    def of(self, *names: str) -> list[tuple[str, str]]:
        found = []
        for name in names:
            path = self._home / name
            files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
            found += [
                (f.relative_to(self._home).as_posix(), self._digests.of(f))
                for f in files
                if f.is_file()
            ]
        return found


def _libraries() -> dict[str, str]:
    """Return the versions of what decides a pixel's value."""
    from importlib.metadata import version

    names = (
        "numpy",
        "opencv-python-headless",
        "pillow",
        "nibabel",
        "pydicom",
        "pylibjpeg-libjpeg",
        "pylibjpeg-openjpeg",
    )
    return {name: version(name) for name in names}


def _peak_mb() -> int:
    """Return the largest resident size of this process or any worker so far, in MB."""
    sizes = (
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return max(sizes) // 1024
