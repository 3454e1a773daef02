"""The stages as one chain, from documents to a release; the only wiring."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchsmith import plugins
from benchsmith.audits.audit import reasons
from benchsmith.core.build_files import AUDIT
from benchsmith.core.contracts import Progress
from benchsmith.core.errors import GateFailed, NothingHere, TooMuchRejected
from benchsmith.core.stage_names import JUDGE, STAGES, WHOLE
from benchsmith.documents import blind_answers
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.library import Library
from benchsmith.documents.problems import DocumentError, Problem, Problems
from benchsmith.documents.query import Query
from benchsmith.engine import Engine
from benchsmith.pipeline import build_record, stage_work
from benchsmith.pipeline.build_record import Record
from benchsmith.pipeline.cache_keys import Parts, partitions
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.gather_release import gather
from benchsmith.pipeline.reuse import adopt
from benchsmith.pipeline.run_audit import audited, judge, verdicts, write_audit
from benchsmith.pipeline.source_files import Prepared, prepare
from benchsmith.pipeline.tolerance import check_faults
from benchsmith.pipeline.write_release import export_all, publish, released, validated, write
from benchsmith.release import export, hidden_splits
from benchsmith.release.model import Release
from benchsmith.stages import ingest, render
from benchsmith.tables import partition as store
from benchsmith.tables.partition import Partition

STOPPED = "report.html"
"""The report of what was not published, beside the verdicts."""


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
        self.setting = Setting(name, benchmark, library, output, engine, progress)
        self.folder = self.setting.folder
        self._record = Record(self.folder)
        _ = self.setting.query  # what is wrong with it is said before anything is read

    def run(self) -> Outcome:
        """Build what is not there yet.

        Raises TooMuchRejected, NothingHere, WorkerLost, and OSError where the disk refuses.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        store.sweep(self.folder)
        with self._record.writing(self.setting.name):
            outcome = self._run()
            self._record.finished = True
        if not outcome.nothing_to_do:
            from benchsmith.pages.build_page import build_page

            page = build_page(build_record.read(self.folder))
            store.replace_file(self.folder / "build.html", page.encode())
        return outcome

    def _run(self) -> Outcome:
        prepared = self._prepare()
        missing = tuple(p.source.id for p in prepared if not p.units)
        if len(missing) == len(prepared):
            reasons = sorted({r.detail for p in prepared for r in p.rejected})
            raise NothingHere(f"no source of {self.setting.name} is here: {'; '.join(reasons)}")
        parts, place = self._parts(prepared), self.folder / "release"
        if self._try_again(parts):
            parts = self._parts(prepared)
        nothing_to_do = self.released(parts)
        if not nothing_to_do:
            parts = self._stages(prepared, parts)
            if not self.released(parts):
                self._publish(parts["export"][WHOLE], place)
        done = parts["export"][WHOLE].manifest()
        return Outcome(place, nothing_to_do, done["rows"]["out"], done["rejected_in_all"], missing)

    def _publish(self, final: Partition, place: Path) -> None:
        start = time.monotonic()
        publish(self.setting, final, place)
        seconds, rows = time.monotonic() - start, final.manifest()["rows"]
        self._record.step("release", WHOLE, seconds, build_record.peak_mb(), rows, 0, "")

    def released(self, parts: Parts) -> bool:
        """Say whether the release is this build's, every file of it."""
        return released(self.setting, parts)

    def _answered_blind(self) -> list[blind_answers.Tried]:
        """Return what models got right without the picture. Raises DocumentError."""
        problems = Problems(self.setting.library.home)
        found = blind_answers.read(
            blind_answers.path_of(self.setting.library.home, self.setting.name), problems
        )
        problems.raise_any()
        return found

    def planned(self) -> tuple[list[Prepared], Parts]:
        """Find the sources' files and name the pieces of work that have names yet."""
        prepared = self._prepare()
        return prepared, self._parts(prepared)

    def _prepare(self) -> list[Prepared]:
        sources = [self.setting.library.sources[s] for s in self.setting.benchmark.sources]
        prepared = [
            prepare(
                self.setting.library,
                s,
                self.setting.readers,
                self.setting.digests,
                self.setting.benchmark.forbidden,
            )
            for s in sources
        ]
        if self.setting.benchmark.hidden:
            self.setting.secret = hidden_splits.key_of(self.folder / "private" / "key")
        self.setting.digests.save()
        return prepared

    def _parts(self, prepared: Sequence[Prepared]) -> Parts:
        self.setting.tried = self._answered_blind()  # it may be newer than this build
        self.setting.solved = blind_answers.solved(self.setting.tried, self.setting.benchmark)
        found = partitions(
            self.setting.name,
            self.folder,
            self.setting.benchmark,
            self.setting.library,
            prepared,
            self.setting.digests,
            self.setting.query,
            self.setting.tried,
            self.setting.solved,
            self.setting.secret,
        )
        self.setting.digests.save()
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
            raise NothingHere(
                f"{self.setting.name} is not built: run `benchsmith build {self.setting.name}` first"
            )
        release = gather(self.setting, prepared, parts, wanted)
        if not release.order:
            raise NothingHere(f"no question of {self.setting.name} is in {wanted.text!r}")
        if wanted.tells() and any(
            split in self.setting.benchmark.hidden for split, _ in release.order
        ):
            hidden = ", ".join(self.setting.benchmark.hidden)
            what = f"{wanted.text!r} would tell what the answers of the hidden split {hidden} are"
            raise DocumentError([Problem("query", 1, what, f"leave it out: `split!={hidden}`")])
        release.audit = audited(self.setting, parts, release)
        if why := reasons(release.audit):
            raise GateFailed(why)
        scratch = store.scratch_folder(place)
        try:
            write(self.setting, prepared, release, scratch / "release")
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
            self.setting.progress.say(
                f"tried again: images of {', '.join(sorted(again))}, lost before"
            )
        return bool(again)

    def _stages(self, prepared: Sequence[Prepared], parts: Parts) -> Parts:
        """Do what is not done yet; return the pieces of work, all of them named."""
        self._record.note()
        for p in prepared:
            self._do(
                "ingest", p.source.id, parts, partial(stage_work.ingest_source, self.setting, p)
            )
        if parts.waiting:
            parts = self._parts(prepared)
            self._record.note()
        for p in prepared:
            self._do(
                "normalise",
                p.source.id,
                parts,
                partial(stage_work.normalise_source, self.setting, p, parts),
            )
            self._do(
                "tag", p.source.id, parts, partial(stage_work.tag_source, self.setting, p, parts)
            )
        check_faults(self.setting, prepared, parts)
        self._do(
            "select", WHOLE, parts, partial(stage_work.select_all, self.setting, prepared, parts)
        )
        self._do("ask", WHOLE, parts, partial(stage_work.ask_all, self.setting, parts))
        for p in prepared:
            self._do(
                "render",
                p.source.id,
                parts,
                partial(stage_work.render_source, self.setting, p, parts),
            )
        if any(p.lost for p in parts["render"].values()):
            parts = self._parts(prepared)  # what comes after has other names than of all images
        if not any(p.manifest()["rows"]["out"] for p in parts["render"].values()):
            hint = "`benchsmith explain SOURCE` says why"
            raise TooMuchRejected(f"no question came of {self.setting.name}; {hint}")
        self._do(JUDGE, WHOLE, parts, partial(judge, self.setting, prepared, parts))
        if parts.waiting:
            parts = self._parts(prepared)
            self._record.note()
        found, page = verdicts(parts), self.folder / STOPPED
        write_audit(self.setting.name, parts["export"][WHOLE].folder.name, found, self.folder)
        if why := reasons(found):
            release = gather(self.setting, prepared, parts)
            release.audit = found
            release.validation = validated(self.setting, release)
            export.write(release.public(), plugins.EXPORTS["report"], self.folder)
            raise GateFailed([*why, f"all verdicts: {self.folder / AUDIT}; with pictures: {page}"])
        page.unlink(missing_ok=True)
        self._do("export", WHOLE, parts, partial(export_all, self.setting, prepared, parts))
        return parts

    def _do(self, stage: str, part: str, parts: Parts, work: Callable[[Partition], None]) -> None:
        """Do one piece of work unless it is done, here or for another benchmark."""
        partition = parts[stage][part]
        if partition.done:
            return
        start = time.monotonic()
        same = self.setting.earlier.same(partition)
        if same is None:
            work(partition)
        else:
            adopt(same, partition)
        seconds = time.monotonic() - start
        manifest = partition.manifest()
        rows = manifest["rows"]
        other = same.folder.parents[2].name if same else ""
        taken = manifest.get("taken", 0)
        self._record.step(stage, part, seconds, build_record.peak_mb(), rows, taken, other)
        out = f"{rows['out']} out, {rows['rejected']} left out"
        also = f", as built for {other}" if other else f", {taken} as before" if taken else ""
        self.setting.progress.say(f"  {stage} {part}: {out}{also} ({seconds:.1f} s)")

    def audited(self) -> Release:
        """Check the benchmark as far as it is built, and return it with the verdicts.

        Raises NothingHere where no picture has been drawn.
        """
        prepared, parts = self.planned()
        release = self._drawn(prepared, parts)
        judged = parts[JUDGE][WHOLE].done
        release.audit = verdicts(parts) if judged else audited(self.setting, parts, release)
        write_audit(self.setting.name, release.build, release.audit, self.folder)
        return release

    def built(self) -> Release:
        """Return the benchmark as far as it is built. Raises NothingHere, as :meth:`audited` does."""
        return self._drawn(*self.planned())

    def _drawn(self, prepared: Sequence[Prepared], parts: Parts) -> Release:
        if not all(p.done for stage in STAGES[:-1] for p in parts[stage].values()):
            raise NothingHere(
                f"{self.setting.name} is not built: run `benchsmith build {self.setting.name}` first"
            )
        return gather(self.setting, prepared, parts)
