"""The stages as one chain, from documents to a release; the only wiring."""

from __future__ import annotations

import resource
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from builder import __version__, hiding, plugins, record, relations, store, tables
from builder.audits import identifiers
from builder.audits.audit import SYNONYMS, audit, reasons
from builder.audits.from_release import exam_of
from builder.digests import Digests
from builder.documents import blind, query
from builder.documents.benchmark import Benchmark
from builder.documents.excerpt import synonyms
from builder.documents.library import Library
from builder.documents.problems import DocumentError, Problem, Problems
from builder.documents.query import Query
from builder.earlier import Earlier, adopt, drawn_of, ingested, made_of, rendered
from builder.engine import Engine, Lost, WorkerLost
from builder.exporters import private
from builder.model import Case, Choice, Finding, Label, Question, Rejection, Sample, Target
from builder.plan import JUDGE, STAGES, WHOLE, Parts, partitions
from builder.ports import Progress
from builder.prepared import Prepared, prepare, spaces, unnamed
from builder.reasons import REASONS
from builder.record import Record
from builder.release import Release
from builder.review.validating import validate
from builder.selectors.index import OF_SAMPLES, Index
from builder.stages import ask, export, ingest, known, normalise, render, select, tag
from builder.stages.sizes import by_size
from builder.store import Partition, fingerprint, read_json, write_json
from builder.validation import Validation
from builder.verdicts import Audit, as_json, from_json

AUDIT = "audit.json"
VERDICTS = "verdicts.json"
STOPPED = "report.html"
"""The report of what was not published, beside the verdicts."""


class TooMuchRejected(Exception):
    """A source has more faults than the benchmark tolerates, or no question came of any."""


class SourceChanged(Exception):
    """A file changed while a build read it: what was read is kept nowhere."""


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
        self._secret = b""
        self._tried: list[blind.Tried] = []
        self._solved: dict[str, blind.Tried] = {}
        self._earlier = Earlier(output)
        self._record = Record(self.folder)
        self._query = query.parse(benchmark.subset, library.lexicon, library.sources)

    def run(self) -> Outcome:
        """Build what is not there yet.

        Raises TooMuchRejected, NothingHere, WorkerLost, and OSError where the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        store.sweep(self.folder)
        with self._record.writing(self.name):
            outcome = self._run()
            self._record.finished = True
        if not outcome.nothing_to_do:
            from builder.pages.build import build_page

            page = build_page(record.read(self.folder))
            store.replace_file(self.folder / "build.html", page.encode())
        return outcome

    def _run(self) -> Outcome:
        prepared = self._prepare()
        missing = tuple(p.source.id for p in prepared if not p.units)
        if len(missing) == len(prepared):
            reasons = sorted({r.detail for p in prepared for r in p.rejected})
            raise NothingHere(f"no source of {self.name} is here: {'; '.join(reasons)}")
        parts, place = self._parts(prepared), self.folder / "release"
        if self._try_again(parts):
            parts = self._parts(prepared)
        nothing_to_do = self.released(parts)
        if not nothing_to_do:
            parts = self._stages(prepared, parts)
            if not self.released(parts):
                self._publish_release(parts["export"][WHOLE], place)
        done = parts["export"][WHOLE].manifest()
        return Outcome(place, nothing_to_do, done["rows"]["out"], done["rejected_in_all"], missing)

    def _answered_blind(self) -> list[blind.Tried]:
        """Return what models got right without the picture. Raises DocumentError."""
        problems = Problems(self.library.home)
        found = blind.read(blind.path_of(self.library.home, self.name), problems)
        problems.raise_any()
        return found

    def planned(self) -> tuple[list[Prepared], Parts]:
        """Find the sources' files and name the pieces of work that have names yet."""
        prepared = self._prepare()
        return prepared, self._parts(prepared)

    def _prepare(self) -> list[Prepared]:
        sources = [self.library.sources[s] for s in self.benchmark.sources]
        prepared = [
            prepare(self.library, s, self._readers, self._digests, self.benchmark.forbidden)
            for s in sources
        ]
        if self.benchmark.hidden:
            self._secret = hiding.key_of(self.folder / "private" / "key")
        self._digests.save()
        return prepared

    def _parts(self, prepared: Sequence[Prepared]) -> Parts:
        self._tried = self._answered_blind()  # it may be newer than this build
        self._solved = blind.solved(self._tried, self.benchmark)
        found = partitions(
            self.name,
            self.folder,
            self.benchmark,
            self.library,
            prepared,
            self._digests,
            self._query,
            self._tried,
            self._solved,
            self._secret,
        )
        self._digests.save()
        self._record.parts = found.of
        return found

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
        prepared, parts = self.planned()
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

    def _try_again(self, parts: Parts) -> bool:
        """Forget what lacks images whose workers were killed; what was made of it has other names."""
        again = {
            part: partition
            for stage in (ingest.NAME, render.NAME)
            for part, partition in parts[stage].items()
            if partition.lost
        }
        for partition in again.values():
            store.forget(partition)
        if again:
            self._progress.say(f"tried again: images of {', '.join(sorted(again))}, lost before")
        return bool(again)

    def released(self, parts: Parts) -> bool:
        """Say whether the release is this build's, every file of it."""
        final, place = parts["export"][WHOLE], self.folder / "release"
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

    def _stages(self, prepared: Sequence[Prepared], parts: Parts) -> Parts:
        """Do what is not done yet; return the pieces of work, all of them named."""
        self._record.note()
        for p in prepared:
            self._do("ingest", p.source.id, parts, partial(self._ingest, p))
        if parts.waiting:
            parts = self._parts(prepared)
            self._record.note()
        for p in prepared:
            self._do("normalise", p.source.id, parts, partial(self._normalise, p, parts))
            self._do("tag", p.source.id, parts, partial(self._tag, p, parts))
        self._check_faults(prepared, parts)
        self._do("select", WHOLE, parts, partial(self._select, prepared, parts))
        self._do("ask", WHOLE, parts, partial(self._ask, parts))
        for p in prepared:
            self._do("render", p.source.id, parts, partial(self._render, p, parts))
        if any(p.lost for p in parts["render"].values()):
            parts = self._parts(prepared)  # what comes after has other names than of all images
        if not any(p.manifest()["rows"]["out"] for p in parts["render"].values()):
            hint = "`benchsmith explain SOURCE` says why"
            raise TooMuchRejected(f"no question came of {self.name}; {hint}")
        self._do(JUDGE, WHOLE, parts, partial(self._judge, prepared, parts))
        if parts.waiting:
            parts = self._parts(prepared)
            self._record.note()
        found, page = self._verdicts(parts), self.folder / STOPPED
        write_audit(self.name, parts["export"][WHOLE].folder.name, found, self.folder)
        if why := reasons(found):
            release = self._release(prepared, parts)
            release.audit = found
            release.validation = self._validated(release)
            export.write(release.public(), plugins.EXPORTS["report"], self.folder)
            raise GateFailed([*why, f"all verdicts: {self.folder / AUDIT}; with pictures: {page}"])
        page.unlink(missing_ok=True)
        self._do("export", WHOLE, parts, partial(self._export, prepared, parts))
        return parts

    def _do(self, stage: str, part: str, parts: Parts, work: Callable[[Partition], None]) -> None:
        """Do one piece of work unless it is done, here or for another benchmark."""
        partition = parts[stage][part]
        if partition.done:
            return
        start = time.monotonic()
        same = self._earlier.same(partition)
        if same is None:
            work(partition)
        else:
            adopt(same, partition)
        seconds = time.monotonic() - start
        manifest = partition.manifest()
        rows = manifest["rows"]
        other = same.folder.parents[2].name if same else ""
        taken = manifest.get("taken", 0)
        self._record.step(stage, part, seconds, peak_mb(), rows, taken, other)
        out = f"{rows['out']} out, {rows['rejected']} left out"
        also = f", as built for {other}" if other else f", {taken} as before" if taken else ""
        self._progress.say(f"  {stage} {part}: {out}{also} ({seconds:.1f} s)")

    def _unchanged(self, p: Prepared) -> None:
        """Stop where a file is not what the work on it was named for: nothing mixed is kept."""
        for path, sha256 in p.files.items():
            try:
                same = self._digests.of(path) == sha256
            except OSError:
                same = False
            if not same:
                self._digests.save()
                raise SourceChanged(
                    f"{path} changed while the build read it; what was read of {p.source.id} now "
                    "is thrown away, what was finished before is kept: run the build again"
                )

    def _ingest(self, p: Prepared, partition: Partition) -> None:
        """Read the images that no earlier build has read as they are now."""
        wanted = made_of(p, partition.inputs)
        taken = list(self._earlier.take("ingest", p.source.id, wanted))
        held = {id_ for one in taken for id_ in one.ids()}
        units = [unit for unit in p.units if unit.sample not in held]
        work = partial(ingest.ingest, settings=self.benchmark.slices, plugins=self._readers)
        samples: list[Sample] = []
        findings: list[Finding] = []
        made: list[dict[str, Any]] = []
        lost: list[tuple[str, Rejection]] = [("", r) for r in p.rejected]
        stated, killed = len(lost), list[str]()
        units, memory = by_size(units)
        running = self._engine.map(work, units, memory)
        for number, found in self._progress.track(f"ingest {p.source.id}", len(units), running):
            if isinstance(found, Lost):
                killed.append(units[number].sample)
            one = ingest.lost(units[number], found.why) if isinstance(found, Lost) else found
            samples += one.samples
            findings += one.findings
            lost += [(one.sample, r) for r in one.rejected]
            stated += one.stated
            if one.sample:
                made.append(
                    {"id": one.sample, "fingerprint": wanted[one.sample], "stated": one.stated}
                )
        self._unchanged(p)
        tabled = ingested(p, samples, findings, lost, made, taken)
        stated += sum(one.stated for one in taken)
        also = {
            "images": {"in": len(p.units), "out": tabled["samples.parquet"].num_rows},
            "taken": len(held),
            "lost": sorted(killed),
        }
        kept, rejected = tabled.pop("rows.parquet"), tabled.pop("rejected.parquet")
        keep(partition, "ingest", p.source.id, stated, kept, rejected, tabled, also)

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
            index,
            self.benchmark,
            self._query,
            spaces(prepared),
            pictures,
            self._solved,
            self.library.dropped,
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
            tracked = self._progress.track(f"look at {name}", len(files), running)
            for number, looked in sorted(tracked, key=lambda one: one[0]):
                if isinstance(looked, Lost):
                    raise WorkerLost(f"{files[number]}: {looked.why}")
                pictures += looked.pictures
                unread += looked.unread
        return pictures, unread

    def _ask(self, parts: Parts, partition: Partition) -> None:
        choices = rows(parts["select"][WHOLE], Choice)
        results = ask.ask(choices, self.benchmark, parts.lexicon, parts.pools, self._query)
        finish(partition, "ask", WHOLE, len(choices), results, Question)

    def _render(self, p: Prepared, parts: Parts, partition: Partition) -> None:
        """Draw the pictures that no earlier build has drawn as they are now."""
        source = p.source.id
        questions = [q for q in rows(parts["ask"][WHOLE], Question) if q.source == source]
        choices = {c.id: c for c in rows(parts["select"][WHOLE], Choice) if c.source == source}
        samples = rows(parts["ingest"][source], Sample, "samples.parquet")
        windows = plugins.windows_of(self.benchmark.picture.intensity, self.library.lexicon.windows)
        wanted = drawn_of(p, partition.inputs, questions, choices, windows)
        taken = list(self._earlier.take("render", source, wanted))
        held = {id_ for one in taken for id_ in one.ids()}
        units, memory = by_size(p.units)
        orders = render.orders(
            units,
            {s.id: s.sha256 for s in samples},
            [q for q in questions if q.id not in held],
            choices,
            windows,
            self.benchmark.picture.long_side,
            self.benchmark.seed,
        )
        work = partial(render.render, plugins=self._readers, painter=plugins.painter())
        running = self._engine.map(work, orders, memory)
        results: list[Case | Rejection] = []
        killed: list[str] = []
        for number, found in self._progress.track(f"render {source}", len(orders), running):
            if isinstance(found, Lost):
                killed += [question.id for question, _ in orders[number].wanted]
            results += render.lost(orders[number], found.why) if isinstance(found, Lost) else found
        self._unchanged(p)
        tabled = rendered(results, wanted, taken)
        kept, rejected = tabled.pop("rows.parquet"), tabled.pop("rejected.parquet")
        also = {"taken": len(held), "lost": sorted(killed)}
        keep(partition, "render", source, len(questions), kept, rejected, tabled, also)

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
            lexicon=parts.lexicon,
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
        release.audit = self._verdicts(parts)
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

    def _judge(self, prepared: Sequence[Prepared], parts: Parts, partition: Partition) -> None:
        """Check what was made; a check that reads no synonym is not asked again for one."""
        bare = fingerprint(
            {k: v for k, v in partition.inputs.items() if k not in synonyms(parts.lexicon)}
        )
        known: Audit | None = None
        for before in self._earlier.of(JUDGE, WHOLE):
            if before.manifest()["bare"] == bare:
                known = from_json(read_json(before.folder / VERDICTS))
                break
        release = self._release(prepared, parts)
        found = as_json(self._audit(parts, release, known), {})
        count = len(release.order)
        counts = {"in": count, "variants": 0, "out": count, "rejected": 0}
        manifest = {"stage": JUDGE, "part": WHOLE, "rows": counts, "reasons": {}, "bare": bare,
                    "digest": fingerprint(found), "taken": count if known else 0}  # fmt: skip
        with partition.writing() as folder:
            write_json(folder / VERDICTS, found)
            write_json(folder / "manifest.json", manifest)

    def _verdicts(self, parts: Parts) -> Audit:
        return from_json(read_json(parts[JUDGE][WHOLE].folder / VERDICTS))

    def audited(self) -> Release:
        """Check the benchmark as far as it is built, and return it with the verdicts.

        Raises NothingHere where no picture has been drawn.
        """
        prepared, parts = self.planned()
        release = self._drawn(prepared, parts)
        judged = parts[JUDGE][WHOLE].done
        release.audit = self._verdicts(parts) if judged else self._audit(parts, release)
        write_audit(self.name, release.build, release.audit, self.folder)
        return release

    def built(self) -> Release:
        """Return the benchmark as far as it is built. Raises NothingHere, as :meth:`audited` does."""
        return self._drawn(*self.planned())

    def _drawn(self, prepared: Sequence[Prepared], parts: Parts) -> Release:
        if not all(p.done for stage in STAGES[:-1] for p in parts[stage].values()):
            raise NothingHere(f"{self.name} is not built: run `benchsmith build {self.name}` first")
        return self._release(prepared, parts)

    def _audit(self, parts: Parts, release: Release, known: Audit | None = None) -> Audit:
        """Check a release, and beside it what the published rule would have drawn.

        With `known` verdicts only the checks that read synonyms are asked.
        """
        marks = self.benchmark.audit
        if known is not None:
            again = audit(exam_of(release, looked_at=False), marks, SYNONYMS).verdicts
            new = {v.check: v for v in again}
            return Audit(tuple(new.get(v.check, v) for v in known.verdicts))
        choices = rows(parts["select"][WHOLE], Choice)
        rule = {"rule": "paper-observed", "draw": "uniform", "prefer": "any"}
        drawn = self.benchmark.options.model_copy(update=rule)
        other = self.benchmark.model_copy(update={"options": drawn, "answers": ("one",)})
        asked = ask.ask(choices, other, parts.lexicon, parts.pools, self._query)
        uniform = [q for q in asked if isinstance(q, Question)]
        return audit(exam_of(release, uniform, self._tried), marks)

    def _write(
        self, prepared: Sequence[Prepared], release: Release, folder: Path
    ) -> dict[str, str]:
        """Write every export, and stop where an identifier that was seen stands in one.

        Returns the SHA-256 of every file. Raises GateFailed.
        """
        exporters = {name: plugins.EXPORTS[name] for name in self.benchmark.exports}
        release.validation = self._validated(release)
        files = export.export(release.public(), exporters, folder)
        used = {release.choices[q.target].sample for q in release.asked()}
        units = [unit for p in prepared for unit in p.units if unit.sample in used]
        public = identifiers.public_text(self.library.home, [p.source.path for p in prepared])
        hits = identifiers.look(folder, units, self._readers.identifiers, public)
        if hits:
            raise GateFailed([f"{hit.file} holds what a source has as {hit.kind}" for hit in hits])
        return files

    def _validated(self, release: Release) -> Validation:
        return validate(release, self.library.reviewed, self.library.votes)

    def _publish_release(self, final: Partition, place: Path) -> None:
        start = time.monotonic()
        scratch = store.scratch_folder(place)
        shutil.copytree(final.folder / "release", scratch, dirs_exist_ok=True)
        if self.benchmark.hidden:  # first: a release without its answers would look finished
            shutil.copytree(final.folder / "private", self.folder / "private", dirs_exist_ok=True)
        store.replace_folder(scratch, place)
        seconds, rows = time.monotonic() - start, final.manifest()["rows"]
        self._record.step("release", WHOLE, seconds, peak_mb(), rows, 0, "")
        store.replace_file(
            self.folder / "left_out.tsv", (final.folder / "left_out.tsv").read_bytes()
        )


def write_audit(name: str, build: str, found: Audit, folder: Path) -> None:
    """Write the verdicts for whoever builds, whether or not anything is published."""
    about = {"benchmark": name, "build": build, "version": __version__}
    folder.mkdir(parents=True, exist_ok=True)
    store.replace_file(folder / AUDIT, store.json_bytes(as_json(found, about)))


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
) -> None:
    """Write a stage's rows and rejections, and the counts that must reconcile.

    One row in may become several (a structure has several candidate pictures, a target several
    granularities); how many more is written down as `variants`, so that always
    in + variants = out + rejected.
    """
    kept: list[Any] = []
    rejected: list[Rejection] = []
    for row in results:
        (rejected if isinstance(row, Rejection) else kept).append(row)
    tabled = tables.to_table(kept, noun), tables.to_table(rejected, Rejection)
    keep(partition, stage, part, rows_in, *tabled)


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
    """Write a stage's tables of rows and rejections; as :func:`finish` says.

    `extra` are more tables, `also` more of the manifest.
    """
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
