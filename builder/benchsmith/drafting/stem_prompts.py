"""What a model is asked: for each modality, task and granularity, stems around some labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Any

from benchsmith.core.chance import order
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Rules
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Source
from benchsmith.documents.stems import lengths
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.languages import LANGUAGES

FILE = "question_pools/prompts/draft-questions.txt"
SEED = 0
"""Which labels speak for a task does not change from run to run."""
GRANULARITY = {
    "image": "the picture as a whole; nothing is marked in it",
    "box": "what a box drawn on the picture encloses",
    "mask": "a region of the picture that is shaded with a colour",
    "contour": "a region of the picture whose outline is drawn",
}
FIELDS = {"modality", "task", "granularity", "label", "count", "language", "question_mark",
          "shortest", "longest", "task_cues", "view_cues", "choose"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """What stems are wanted for; empty tuples mean all there are."""

    tasks: tuple[str, ...]
    modalities: tuple[str, ...]
    granularities: tuple[str, ...]
    language: str
    labels: int
    candidates: int
    several: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """One question to the model, and what it is about."""

    task: str
    modality: str
    granularity: str
    label: str
    text: str

    def digest(self, model: str) -> str:
        """Return the name under which the answer of a model is kept."""
        return hashlib.sha256(f"{model}\0{self.text}".encode()).hexdigest()[:32]

    def messages(self) -> list[dict[str, str]]:
        """Return it as a conversation of one message."""
        return [{"role": "user", "content": self.text}]


def template(home: Path, problems: Problems) -> Template:
    """Read the prompt's file, noting placeholders that are missing or that nothing fills."""
    path = home / FILE
    try:
        found = Template(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.add(path, 1, "the file is missing")
        return Template("")
    except UnicodeDecodeError:
        problems.add(path, 1, "is not UTF-8", "save the file as UTF-8")
        return Template("")
    said = set(found.get_identifiers())
    for name in sorted(said - FIELDS):
        problems.add(
            path, 1, f"nothing fills in ${name}", f"there are: {', '.join(sorted(FIELDS))}"
        )
    for name in sorted(FIELDS - said):
        problems.add(path, 1, f"does not say ${name}")
    if not found.is_valid():
        problems.add(path, 1, "has a $ that is no placeholder", "write $$ for a dollar")
    return found


def prompts(library: Library, rules: Rules, form: Template, wanted: Wanted) -> Iterator[Prompt]:
    """Yield every prompt: by task, modality, granularity and label."""
    lexicon, language = library.lexicon, LANGUAGES[wanted.language]
    seen = imaged(library)
    shortest, longest = lengths(language)
    for task in wanted.tasks or sorted(library.pools):
        cues = library.pools[task].cues
        placed = {label for (label, _), place in lexicon.placements.items() if place.task == task}
        for modality in wanted.modalities or sorted(seen):
            # what the sources have in this modality, else whatever is placed there
            labels = placed & seen.get(modality, set() if wanted.modalities == () else placed)
            labels = {
                n for n in labels if (place := lexicon.place(n, modality)) and place.task == task
            }
            if modality in lexicon.modalities.nameless:
                continue
            chosen = order(labels, SEED, "draft", task, modality, name=str)[: wanted.labels]
            for granularity in wanted.granularities or tuple(GRANULARITY):
                for label in chosen:
                    text = form.substitute(
                        modality=lexicon.modalities[modality].name,
                        task=lexicon.tasks[task].name,
                        granularity=GRANULARITY[granularity],
                        label=lexicon.labels[label].name,
                        count=wanted.candidates,
                        language=language.name,
                        question_mark=language.question_mark,
                        shortest=shortest,
                        longest=longest,
                        task_cues=", ".join(cues),
                        view_cues=", ".join(getattr(rules.cues, granularity)),
                        choose="all that are right" if wanted.several else "the one that is right",
                    )
                    yield Prompt(task, modality, granularity, label, text)


def imaged(library: Library) -> dict[str, set[str]]:
    """Return the labels that the recipes and signed mappings speak of, by modality."""
    normaliser = Normaliser(library.lexicon)
    found: dict[str, set[str]] = {}
    for source in library.sources.values():
        mapped = library.lexicon.mappings.get(source.id, {}).values()
        labels = {m.label for m in mapped if m.label}
        for modality in {s.modality for s in source.recipe.samples} & set(
            library.lexicon.modalities.terms
        ):
            resolved = (normaliser.resolve(raw, source.id, modality) for raw in _words(source))
            of = found.setdefault(modality, set())
            of |= labels | {r.label for r in resolved if r.label}
    return found


def _words(source: Source) -> set[str]:
    """Return the raw labels that a recipe itself spells out."""
    found: set[str] = set()
    for samples in source.recipe.samples:
        for entry in samples.labels:
            for key in ("names", "values", "label", "one_hot", "only"):
                found |= set(_texts(getattr(entry, key, None)))
    return found


def _texts(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return [v for v in value.values() if isinstance(v, str)]
    return [v for v in value or () if isinstance(v, str)]
