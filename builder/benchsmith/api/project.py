"""A project folder: check its documents, build its benchmarks, and open what was built."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchsmith.core.contracts import Progress
from benchsmith.core.errors import InputMissing
from benchsmith.core.silent_progress import Silent

if TYPE_CHECKING:
    import pandas as pd

    from benchsmith.api.loaded_release import LoadedRelease
    from benchsmith.api.source_preview import SourcePreview
    from benchsmith.documents.benchmark import Benchmark
    from benchsmith.documents.lexicon import Lexicon
    from benchsmith.documents.library import Library
    from benchsmith.engine import Engine
    from benchsmith.pipeline.build import Build, Outcome
    from benchsmith.pipeline.changed_words import ChangedWord
    from benchsmith.pipeline.planned_steps import Step

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of documents and entries that a check read."""

    benchmarks: int
    recipes: int
    labels: int
    placements: int
    languages: int
    stems: int


class Project:
    """A project: a folder with `lexicon/`, `question_pools/`, `raw_sources/` and `benchmarks/`.

    Nothing is read before a method needs it, and a changed document is read again by the next call.
    """

    def __init__(self, folder: str | Path = ".", output: str | Path | None = None) -> None:
        """Open a project. Builds go to `output`, by default the folder `output/` of the project."""
        self.folder = Path(folder).resolve()
        self.output = Path(output).resolve() if output is not None else self.folder / "output"

    def __repr__(self) -> str:
        return f"Project({str(self.folder)!r})"

    @property
    def benchmarks(self) -> tuple[str, ...]:
        """The names of the project's own benchmarks, sorted: the files of `benchmarks/`.

        The shipped benchmarks, such as ``demo``, can be built in any project as well.
        """
        return tuple(sorted(p.stem for p in (self.folder / "benchmarks").glob("*.yaml")))

    @property
    def sources(self) -> tuple[str, ...]:
        """The names of the sources with a recipe, sorted: the project's and the shipped ones."""
        from benchsmith.documents.recipe import source_ids

        return tuple(source_ids(self.folder))

    def lexicon(self) -> Lexicon:
        """Return the lexicon. Raises DocumentError with all problems."""
        from benchsmith.documents import lexicon

        return lexicon.read(self.folder / "lexicon")

    def benchmark(self, name: str, library: Library | None = None) -> tuple[Benchmark, Library]:
        """Return a benchmark with the documents it needs. Raises DocumentError with all problems.

        `library` is all documents of the project, if they were read already without a problem.
        """
        from benchsmith.audits.registry import CHECKS
        from benchsmith.documents.library import read_benchmark
        from benchsmith.plugins import EXPORTS

        exports, checks = frozenset(EXPORTS), frozenset(CHECKS)
        return read_benchmark(self.folder, name, exports, checks, library)

    def check(self, name: str = "", *, allow_local_urls: bool = False) -> Counts:
        """Check all documents and one benchmark, or all of them, and return what was read.

        Where a source's data are here, its pictures must have different keys, and its paths lead to
        files.
        Raises DocumentError with all problems, and InputMissing if the folder is not a project.
        """
        from benchsmith.api.checked_documents import check_documents

        return check_documents(self, name, allow_local_urls=allow_local_urls).counts

    def changed_words(self, library: Library | None = None) -> list[ChangedWord]:
        """Return the words of the last builds whose labels have changed in today's lexicon.

        `library` holds all documents of the project where they were read already.

        Each has its source, word, modality, old and new label, and the benchmarks that were built
        with the old one. Raises DocumentError with all problems.
        """
        from benchsmith.core.build_files import LATEST
        from benchsmith.documents import library as documents
        from benchsmith.pipeline.changed_words import changed_words

        if not any(self.output.glob(f"*/{LATEST}")):
            return []
        return changed_words(self.output, library or documents.read(self.folder))

    def fetch(
        self,
        name: str,
        *,
        cache_gb: float = 100.0,
        allow_local_urls: bool = False,
        progress: Progress | None = None,
    ) -> bool:
        """Download the packages and files of a benchmark; return whether anything was downloaded.

        Raises DocumentError, StorageError, and OSError if the disk is full.
        """
        from benchsmith.fetch.fetch_sources import fetch

        _, library = self.benchmark(name)
        sources = library.sources.values()
        limit, say = int(cache_gb * GIB), progress or Silent()
        return bool(fetch(self.folder, sources, limit, say, allow_local=allow_local_urls))

    def build(
        self,
        name: str,
        *,
        workers: int = 0,
        engine: str = "processes",
        progress: Progress | None = None,
    ) -> Outcome:
        """Build a benchmark, redoing only work that is out of date; return where its release is.

        `workers` and `engine` are those of `benchsmith build`. Work runs in fresh processes, so a
        script must call this below `if __name__ == "__main__":`, unless `workers` is 1. Raises
        DocumentError, TooMuchRejected, InputMissing, SourceChanged, GateFailed, WorkerLost, and
        OSError where the disk is full.
        """
        from benchsmith.engine import engine as start

        with closing(start(workers, engine)) as running:
            return self._build(name, running, progress or Silent()).run()

    def plan(self, name: str) -> list[Step]:
        """Return the steps that a build would take, and why, without taking them (a dry run)."""
        from benchsmith.engine import engine as start
        from benchsmith.pipeline.dry_run import plan_steps

        with closing(start(1)) as running:
            return plan_steps(self._build(name, running, Silent()))

    def explain(self, name: str) -> list[str]:
        """Return the history of a question, case, target, file or label in all builds, as lines."""
        from benchsmith.explore.explain import explain

        return explain(self.output, name, None)

    def preview(self, source: str, pictures: int = 12) -> SourcePreview:
        """Read some pictures of a source as a build would, and return what its recipe reads.

        Raises DocumentError, and InputMissing if the source's files are not here.
        """
        from benchsmith.api.source_preview import preview_of

        return preview_of(self.folder, source, pictures)

    def audit(self, name: str) -> pd.DataFrame:
        """Return the verdicts of a benchmark's last audit. Raises InputMissing if it has none."""
        from benchsmith.api.verdicts_frame import verdicts_frame
        from benchsmith.core.build_files import AUDIT

        return verdicts_frame(self.output / name / AUDIT)

    def subset(self, name: str, query: str, folder: str | Path) -> int:
        """Write the questions of a built benchmark that a query of the tree accepts as a release.

        `query` is a text such as ``"task=bone granularity=box"``. Returns the number of questions.
        Raises DocumentError for a wrong query, InputMissing where it accepts nothing, GateFailed
        where the subset fails the audit, and FileExistsError if `folder` is not a release.
        """
        from benchsmith.documents.query import parse
        from benchsmith.engine import engine as start
        from benchsmith.pipeline.cut_subset import cut_subset

        with closing(start(1)) as running:
            build = self._build(name, running, Silent())
            library = build.context.library
            wanted = parse(query, library.lexicon, library.sources)
            return cut_subset(build, wanted, Path(folder).resolve())

    def _repr_html_(self) -> str:
        from html import escape

        from benchsmith.api.notebook import table

        rows = [
            (name, "built" if (self.output / name / "release/data").is_dir() else "not built")
            for name in self.benchmarks
        ]
        count = f"{len(self.sources)} sources with a recipe"
        return f"<p>{escape(str(self.folder))}: {count}</p>" + table(["benchmark", "release"], rows)

    def release(self, name: str) -> LoadedRelease:
        """Open the release of a built benchmark. Raises InputMissing if it is not built."""
        from benchsmith.api.loaded_release import load_release

        folder = self.output / name / "release"
        if not (folder / "data").is_dir():
            raise InputMissing(f"{name} is not built: run `benchsmith build {name}` first")
        return load_release(folder)

    def _build(self, name: str, running: Engine, say: Progress) -> Build:
        from benchsmith.pipeline.build import Build

        benchmark, library = self.benchmark(name)
        return Build(name, benchmark, library, self.output, running, say)
