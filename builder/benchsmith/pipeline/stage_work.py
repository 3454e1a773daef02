"""Each piece of work of a build: what its stage does with a source, or with all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from benchsmith import plugins
from benchsmith.core.errors import SourceChanged
from benchsmith.core.model import Case, Choice, Finding, Label, Question, Sample, Target
from benchsmith.core.stage_names import WHOLE
from benchsmith.engine import Lost, WorkerLost
from benchsmith.pipeline.cache_keys import Parts
from benchsmith.pipeline.context import Setting
from benchsmith.pipeline.reuse import Ingesting, Rendering, drawn_of, made_of
from benchsmith.pipeline.source_files import Prepared, spaces, unnamed
from benchsmith.selectors.candidate_files import Sources
from benchsmith.stages import ask, ingest, known_pictures, normalise, render, select, tag
from benchsmith.stages.unit_memory import by_size
from benchsmith.tables.partition import Partition
from benchsmith.tables.stage_tables import ROWS, SAMPLES, rows, some, turned, writing

PICTURES = 256
"""Rows of a row group where a row holds a picture."""


def ingest_source(setting: Setting, p: Prepared, partition: Partition) -> None:
    """Read the images that no earlier build has read as they are now."""
    wanted = made_of(p, partition.inputs)
    taken = list(setting.earlier.take("ingest", p.source.id, wanted))
    held = {id_ for one in taken for id_ in one.ids()}
    units = [unit for unit in p.units if unit.sample not in held]
    work = partial(ingest.ingest, settings=setting.benchmark.slices, plugins=setting.readers)
    source, killed = p.source.id, list[str]()
    units, memory = by_size(units)
    running = setting.engine.map(work, units, memory)
    with writing(partition, "ingest", source, Finding, len(p.rejected)) as written:
        tabled = Ingesting(written, p.source.recipe.licence, p.rejected)
        for number, found in setting.progress.track(f"ingest {source}", len(units), running):
            gone = isinstance(found, Lost)
            if gone:
                killed.append(units[number].sample)
            tabled.add(ingest.lost(units[number], found.why) if gone else found, wanted)
        for one in taken:
            tabled.take(one)
        _unchanged(setting, p)
        images = {"in": len(p.units), "out": tabled.samples.taken}
        written.also = {"images": images, "taken": len(held), "lost": sorted(killed)}


def normalise_source(setting: Setting, p: Prepared, parts: Parts, partition: Partition) -> None:
    """Give a source's findings their labels."""
    work = partial(normalise.normalise, normaliser=setting.normaliser)
    turned(parts["ingest"][p.source.id], partition, "normalise", p.source.id, Label, work)


def tag_source(setting: Setting, p: Prepared, parts: Parts, partition: Partition) -> None:
    """Give a source's labels their places."""
    work = partial(tag.tag, lexicon=setting.library.lexicon)
    turned(parts["normalise"][p.source.id], partition, "tag", p.source.id, Target, work)


def select_all(
    setting: Setting, prepared: Sequence[Prepared], parts: Parts, partition: Partition
) -> None:
    """Choose among the targets of all sources."""
    names = sorted(p.source.id for p in prepared)
    sources = Sources(
        [parts["tag"][name].folder / ROWS for name in names],
        [parts["ingest"][name].folder / SAMPLES for name in names],
    )
    pictures, unread = _known(setting)
    found = select.select(
        sources,
        setting.benchmark,
        setting.query,
        spaces(prepared),
        pictures,
        setting.solved,
        setting.library.dropped,
    )
    counts = partition, "select", WHOLE, Choice, len(sources)
    with writing(*counts, in_order=True) as written:
        written.kept.add_table(found.chosen)
        for table in found.rejected:
            written.rejected.add_table(table)
        written.also = {
            **found.notes,
            "no_patient": unnamed(prepared),
            "known": {"pictures": len(pictures), "unread": unread},
        }


def ask_all(setting: Setting, parts: Parts, partition: Partition) -> None:
    """Ask about what was chosen."""
    choices = rows(parts["select"][WHOLE], Choice)
    with writing(partition, "ask", WHOLE, Question, len(choices)) as written:
        written.add(ask.ask(choices, setting.benchmark, parts.lexicon, parts.pools, setting.query))


def render_source(setting: Setting, p: Prepared, parts: Parts, partition: Partition) -> None:
    """Draw the pictures that no earlier build has drawn as they are now."""
    source = p.source.id
    questions = some(parts["ask"][WHOLE], Question, "source", [source])
    choices = {c.id: c for c in some(parts["select"][WHOLE], Choice, "source", [source])}
    samples = some(parts["ingest"][source], Sample, "id", (q.sample for q in questions), SAMPLES)
    windows = plugins.windows_of(
        setting.benchmark.picture.intensity, setting.library.lexicon.windows
    )
    wanted = drawn_of(p, partition.inputs, questions, choices, windows)
    taken = list(setting.earlier.take("render", source, wanted))
    held = {id_ for one in taken for id_ in one.ids()}
    units, memory = by_size(p.units)
    orders = render.orders(
        units,
        {s.id: s.sha256 for s in samples},
        [q for q in questions if q.id not in held],
        choices,
        windows,
        setting.benchmark.picture.long_side,
        setting.benchmark.seed,
    )
    work = partial(render.render, plugins=setting.readers, painter=plugins.painter())
    running = setting.engine.map(work, orders, memory)
    killed: list[str] = []
    with writing(partition, "render", source, Case, len(questions), PICTURES) as written:
        tabled = Rendering(written)
        for number, found in setting.progress.track(f"render {source}", len(orders), running):
            gone = isinstance(found, Lost)
            if gone:
                killed += [question.id for question, _ in orders[number].wanted]
            tabled.add(render.lost(orders[number], found.why) if gone else found, wanted)
        for one in taken:
            tabled.take(one)
        _unchanged(setting, p)
        written.also = {"taken": len(held), "lost": sorted(killed)}


def _unchanged(setting: Setting, p: Prepared) -> None:
    """Stop where a file is not what the work on it was named for: nothing mixed is kept."""
    for path, sha256 in p.files.items():
        try:
            same = setting.digests.of(path) == sha256
        except OSError:
            same = False
        if not same:
            setting.digests.save()
            raise SourceChanged(
                f"{path} changed while the build read it; what was read of {p.source.id} now "
                "is thrown away, what was finished before is kept: run the build again"
            )


def _known(setting: Setting) -> tuple[list[known_pictures.Known], list[str]]:
    """Look at the pictures that models may know; name the files that are none."""
    pictures: list[known_pictures.Known] = []
    unread: list[str] = []
    for name in setting.benchmark.contamination:
        folder = setting.library.home / name
        files = known_pictures.files(folder)
        work = partial(known_pictures.look, folder=folder, plugins=setting.readers)
        running = setting.engine.map(work, files)
        tracked = setting.progress.track(f"look at {name}", len(files), running)
        for number, looked in sorted(tracked, key=lambda one: one[0]):
            if isinstance(looked, Lost):
                raise WorkerLost(f"{files[number]}: {looked.why}")
            pictures += looked.pictures
            unread += looked.unread
    return pictures, unread
