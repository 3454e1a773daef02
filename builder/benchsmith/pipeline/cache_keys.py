"""What a build has to do: the name of every piece of work, made of all that it depends on.

Each piece's inputs are written down as facts, a place in words to what stands there, and its name
is their digest: the facts tell, too, why a piece is to be done again. What comes after ingest reads
of the lexicon only what the sources' words need, so it has no name before its sources are ingested;
and export has none before the audit has judged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchsmith import __version__
from benchsmith.audits import audit
from benchsmith.core.model import Case, Choice, Finding, Label, Question, Rejection, Sample, Target
from benchsmith.core.stage_names import JUDGE, ORDER, UNNAMED, WHOLE
from benchsmith.documents.benchmark import Benchmark
from benchsmith.documents.blind_answers import Tried
from benchsmith.documents.excerpt import Facts, excerpt, facts, flat, for_release, synonyms
from benchsmith.documents.lexicon import Lexicon
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Pool
from benchsmith.documents.query import Query
from benchsmith.documents.votes import VOTED
from benchsmith.pipeline.resolved_words import Answers, answers
from benchsmith.pipeline.source_files import Prepared, spaces, unnamed
from benchsmith.plugins import windows_of
from benchsmith.release import export
from benchsmith.stages import ask, ingest, known_pictures, normalise, render, select, tag
from benchsmith.stages.normalise import Normaliser
from benchsmith.tables import nouns as tables
from benchsmith.tables.file_digests import Digests
from benchsmith.tables.partition import Partition, fingerprint

DECIDING = (
    "numpy",
    "opencv-python-headless",
    "pillow",
    "nibabel",
    "pydicom",
    "pylibjpeg-libjpeg",
    "pylibjpeg-openjpeg",
    "deflate",
)
"""Libraries whose version may decide a pixel's value."""
TELLING = {
    "title",
    "citation",
    "obtain",
    "note",
    "homepage",
    "verified",
    "version",
    "licence",
    "labels_are",
    "id_space",
}
"""A recipe's keys that tell of a source but do not decide what is read from it."""
SHOWN = {"title", "description", "version", "exports"}
"""A benchmark's keys that a release shows or follows, and that no question depends on."""
TELL_OF_PEOPLE = frozenset({"card", "report", "validity"})
"""Exports that tell what people said when they reviewed cases and voted on labels."""


@dataclass(slots=True)
class Parts:
    """Every piece of work of a build, as far as they have names."""

    of: dict[str, dict[str, Partition]]
    """By stage, then by source or ``all``."""
    lexicon: Lexicon
    """What of the lexicon questions and releases may read."""
    pools: Mapping[str, Pool]
    """The same of the question pools."""
    waiting: set[tuple[str, str]] = field(default_factory=set)
    """Stage and part of the pieces that have no name yet."""

    def __getitem__(self, stage: str) -> Mapping[str, Partition]:
        """Return the pieces of a stage."""
        return self.of[stage]

    def names(self) -> dict[str, dict[str, str]]:
        """Return the pieces' names, by stage and part."""
        return {s: {part: p.folder.name for part, p in of.items()} for s, of in self.of.items()}


def partitions(
    name: str,
    folder: Path,
    benchmark: Benchmark,
    library: Library,
    prepared: Sequence[Prepared],
    digests: Digests,
    query: Query,
    tried: Sequence[Tried],
    solved: Mapping[str, Tried],
    secret: bytes = b"",
) -> Parts:
    """Name every piece of work that has its name yet."""
    namer = _Namer(folder, f"benchmarks/{name}.yaml", benchmark)
    for p in prepared:
        namer.name(ingest.NAME, p.source.id, _ingest(p, namer, library.home))
    read = {s: p for s, p in namer.found[ingest.NAME].items() if p.done}
    every = Normaliser(library.lexicon)
    said = {s: answers(p.folder, s, every, library.lexicon) for s, p in read.items()}
    own_windows = {
        p.source.id: {e.window for e in p.source.recipe.samples if e.window is not None}
        for p in prepared
    }
    chosen_of = excerpt(
        library.lexicon,
        {label for one in said.values() for label in one.labels},
        {modality for one in said.values() for modality in one.modalities},
        {id_ for s, one in said.items() for id_ in (*one.windows, *own_windows[s])},
        {p.source.recipe.licence for p in prepared},
    )
    pools = {task: pool for task, pool in library.pools.items() if task in chosen_of.tasks}
    parts = Parts(namer.found, chosen_of, pools, namer.waiting)
    whole = len(said) == len(prepared)
    for p in prepared:
        _of_source(p.source.id, said.get(p.source.id), namer)
    _of_all(prepared, parts, namer, library, digests, query, solved)
    windows = windows_of(benchmark.picture.intensity, library.lexicon.windows)
    for p in prepared:
        s = p.source.id
        used = {
            id_
            for id_ in (*own_windows[s], *(said[s].windows if s in said else ()))
            if id_ in windows
        }
        shown = {f"lexicon/windows.tsv: {id_}": _window(windows[id_]) for id_ in sorted(used)}
        inputs = {
            **namer.program(render.REVISION, Case),
            **namer.settings("seed", "picture"),
            **libraries(),
            **shown,
            **namer.after((ask.NAME, WHOLE), (ingest.NAME, s)),
        }
        namer.name(render.NAME, s, inputs, waits=not whole)
    drawn = namer.after(*((render.NAME, p.source.id) for p in prepared))
    judged = {
        **namer.program(audit.REVISION),
        **namer.settings(*(key for key in type(benchmark).model_fields if key not in SHOWN)),
        **facts(chosen_of, benchmark.language),
        "key of the hidden splits": fingerprint(secret.hex()),
        **{f"reviews/{name}.blind.tsv: {' '.join(t.key)}": asdict(t) for t in tried},
        **drawn,
    }
    namer.name(JUDGE, WHOLE, {**judged, **synonyms(chosen_of)}, waits=not whole)
    _export(name, judged, prepared, parts, namer, library)
    return parts


def _ingest(p: Prepared, namer: _Namer, home: Path) -> Facts:
    recipe = p.source.recipe.model_dump(mode="json", exclude=TELLING)
    said = f"raw_sources/{p.source.id}/recipe.yaml"
    return {
        **namer.program(ingest.REVISION, Sample, Finding, Rejection),
        **namer.settings("slices", shared=True),
        **flat(said, recipe),
        f"{said}: licence": p.source.recipe.licence,
        f"images of {p.source.id}": p.digest,
        **libraries(),
    }


def _of_source(s: str, said: Answers | None, namer: _Namer) -> None:
    """Name normalise and tag of a source."""
    read = {
        **namer.program(normalise.REVISION, Label),
        **namer.after((ingest.NAME, s)),
        **(said.words if said else {}),
    }
    namer.name(normalise.NAME, s, read, waits=said is None)
    placed = {
        **namer.program(tag.REVISION, Target),
        **namer.after((normalise.NAME, s)),
        **(said.places if said else {}),
    }
    namer.name(tag.NAME, s, placed, waits=said is None)


def _of_all(
    prepared: Sequence[Prepared],
    parts: Parts,
    namer: _Namer,
    library: Library,
    digests: Digests,
    query: Query,
    solved: Mapping[str, Tried],
) -> None:
    """Name select and ask."""
    b = namer.benchmark
    sources = [p.source.id for p in prepared]
    whole = not any((tag.NAME, s) in namer.waiting for s in sources)
    wanted = {
        f"query {term.axis}, part {i}": [term.holds, None if term.ids is None else sorted(term.ids)]
        for i, term in enumerate(query.terms, start=1)
    }
    seen = {
        f"{f}/{path.relative_to(library.home / f).as_posix()}": digests.of(path)
        for f in b.contamination
        for path in known_pictures.files(library.home / f)
    }
    chosen = {
        **namer.program(select.REVISION, Choice),
        **namer.settings("seed", "quota", "split", "subset", "quality", "near", "contamination"),
        **namer.settings("picture"),
        **namer.after(*((tag.NAME, s) for s in sources)),
        "sources that share patients": spaces(prepared),
        "sources without patients": unnamed(prepared),
        **wanted,
        **seen,
        # not the file: more answers that decide the same change nothing
        **{f"solved blind: {target}": asdict(solved[target]) for target in sorted(solved)},
        **{f"dropped on review: {target}": why for target, why in sorted(library.dropped.items())},
    }
    namer.name(select.NAME, WHOLE, chosen, waits=not whole)
    asked = {
        **namer.program(ask.REVISION, Question),
        **namer.settings("language", "seed", "views", "answers", "options", "several", "truth"),
        **namer.settings("slices", "split", "subset"),
        **namer.after((select.NAME, WHOLE)),
        **facts(parts.lexicon, b.language),
        **wanted,
        **{fact: v for pool in parts.pools.values() for fact, v in _stems(pool).items()},
    }
    namer.name(ask.NAME, WHOLE, asked, waits=not whole)


def _export(
    name: str,
    judged: Facts,
    prepared: Sequence[Prepared],
    parts: Parts,
    namer: _Namer,
    library: Library,
) -> None:
    """Name export, if the audit has judged: by its verdicts, and not by what it read."""
    verdicts = namer.found[JUDGE][WHOLE]
    recipes = {
        fact: value
        for p in prepared
        for fact, value in flat(
            f"raw_sources/{p.source.id}/recipe.yaml", p.source.recipe.model_dump(mode="json")
        ).items()
    }
    inputs = {
        **judged,
        **namer.program(export.REVISION),
        **namer.settings(),
        "name": name,
        **recipes,
        **for_release(parts.lexicon),
        **_said(name, namer.benchmark, library, parts.lexicon),
        "verdicts": verdicts.manifest()["digest"] if verdicts.done else "",
    }
    namer.name(export.NAME, WHOLE, inputs, waits=not verdicts.done)


def _said(name: str, benchmark: Benchmark, library: Library, words: Lexicon) -> Facts:
    """Return what people said of cases and labels, where an export tells of it."""
    if TELL_OF_PEOPLE.isdisjoint(benchmark.exports):
        return {}
    decided = {
        f"reviews/{name}.tsv: {r.question}, {r.who}": [r.decision, r.reason, r.answered, r.seen]
        for r in library.reviewed
    }
    voted = {
        f"lexicon/votes/{round_}.tsv: {v.label} in {v.modality}, {v.annotator}": [v.of(a) for a in VOTED]
        for round_, votes in library.votes.items()
        for v in votes
        if v.label in words.labels
    }  # fmt: skip
    return {**decided, **voted}


def _stems(pool: Pool) -> Facts:
    """Return a task's stems by where they stand."""
    return {
        f"{stem.at} ({block}, {view}, {i})": stem.text
        for block, views in (("stems", pool.stems), ("several", pool.several))
        for view, stems in views.items()
        for i, stem in enumerate(stems)
    }


def _window(window: Any) -> list[Any]:
    return [window.id, window.kind, window.level, window.width, window.low, window.high]


@cache
def libraries() -> Facts:
    """Return the versions of what decides a pixel's value."""
    return {f"library {each}": version(each) for each in DECIDING}


class _Namer:
    """Gives pieces of work their names."""

    def __init__(self, folder: Path, file: str, benchmark: Benchmark) -> None:
        self._folder, self._file, self.benchmark = folder, file, benchmark
        self._settings = benchmark.model_dump(mode="json")
        self.found: dict[str, dict[str, Partition]] = {stage: {} for stage in ORDER}
        self.waiting: set[tuple[str, str]] = set()

    def name(self, stage: str, part: str, inputs: Facts, *, waits: bool = False) -> None:
        """Name a piece of work, unless it waits for others to know its inputs."""
        name = UNNAMED if waits else fingerprint(stage, part, inputs)
        if waits:
            self.waiting.add((stage, part))
        self.found[stage][part] = Partition(self._folder / "stages" / stage / name, inputs)

    def after(self, *pieces: tuple[str, str]) -> Facts:
        """Return the names of earlier pieces of work, and what they lost."""
        found: dict[str, Any] = {}
        for stage, part in pieces:
            piece = self.found[stage][part]
            found[f"{stage} {part}"] = piece.folder.name
            if piece.lost:
                found[f"{stage} {part}: lost"] = piece.lost
        return found

    def settings(self, *keys: str, shared: bool = False) -> Facts:
        """Return some settings of the benchmark, all by default.

        Shared are those of a stage that other benchmarks may have done already.
        """
        wanted: Iterable[str] = keys or self._settings
        place = "the benchmark" if shared else self._file
        return flat(place, {key: self._settings[key] for key in wanted})

    def program(self, revision: int, *nouns: type) -> Facts:
        """Return what of the program itself a stage depends on."""
        return {"program": [__version__, revision, tables.digest(*nouns)]}
