"""The prompts for stems: for each task, modality, granularity, and some of their labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Template

from benchsmith.core.random_order import order
from benchsmith.documents import shipped, text_file
from benchsmith.documents.labels import words
from benchsmith.documents.library import Library
from benchsmith.documents.pools import Rules
from benchsmith.documents.problems import Problems
from benchsmith.documents.recipe import Source
from benchsmith.documents.stated_sites import stated_sites
from benchsmith.documents.stems import lengths
from benchsmith.stages.normaliser import Normaliser
from benchsmith.text.languages import LANGUAGES

FILE = "question_pools/prompts/draft-questions.txt"
SEED = 0
"""Fixed, so that every run draws the same labels for a task."""
GRANULARITY_TEXT = {
    "image": "the picture as a whole; nothing is marked in it, so ask which of these answers is seen",
    "box": "the content of a box drawn on the picture",
    "mask": "a region of the picture that is shaded with a colour",
    "contour": "a region of the picture whose outline is drawn",
}
NOUN_TEXT = {
    "": "",
    "attribute": ", and <attribute> exactly once, instead of the name of the property asked about",
    "object": ", and <object> exactly once, instead of the plural name of the things counted",
}
"""What a prompt says about the placeholder of a task's noun."""
FIELDS = {"modality", "task", "granularity", "label", "count", "language", "question_mark",
          "shortest", "longest", "task_cues", "view_cues", "choose", "noun"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DraftScope:
    """What to draft stems for; empty tuples mean all."""

    tasks: tuple[str, ...]
    modalities: tuple[str, ...]
    granularities: tuple[str, ...]
    language: str
    labels: int
    candidates: int
    several: bool = False


@dataclass(frozen=True, slots=True)
class Prompt:
    """One prompt, and what it asks stems for."""

    task: str
    modality: str
    granularity: str
    label: str
    text: str

    def digest(self, model: str) -> str:
        """Return the key under which a model's answer is stored."""
        return hashlib.sha256(f"{model}\0{self.text}".encode()).hexdigest()[:32]

    def messages(self) -> list[dict[str, str]]:
        """Return the prompt as a chat of one message."""
        return [{"role": "user", "content": self.text}]


def template(home: Path, problems: Problems) -> Template:
    """Return the prompt template, adding missing and unknown placeholders to `problems`."""
    path = shipped.effective(home / FILE, home)
    text = text_file.collect(path, problems)
    if text is None:
        return Template("")
    found = Template(text)
    used = set(found.get_identifiers())
    for name in sorted(used - FIELDS):
        problems.add(
            path,
            1,
            f"unknown placeholder ${name}",
            f"placeholders are: {', '.join(sorted(FIELDS))}",
        )
    for name in sorted(FIELDS - used):
        problems.add(path, 1, f"lacks the placeholder ${name}")
    if not found.is_valid():
        problems.add(path, 1, "has a $ that is not a placeholder", "write $$ for a dollar")
    return found


def prompts(
    library: Library, rules: Rules, prompt_template: Template, scope: DraftScope
) -> Iterator[Prompt]:
    """Yield the prompts by task, modality, granularity and label."""
    lexicon, language = library.lexicon, LANGUAGES[scope.language]
    seen = imaged(library)
    shortest, longest = lengths(language)
    for task in scope.tasks or sorted(library.pools):
        cues = library.pools[task].words.cues
        placed = {label for (label, _), place in lexicon.placements.items() if place.task == task}
        for modality in scope.modalities or sorted(seen):
            # labels that the sources have in this modality, or else all that are placed there
            labels = placed & seen.get(modality, set() if scope.modalities == () else placed)
            labels = {
                n for n in labels if (place := lexicon.place(n, modality)) and place.task == task
            }
            if modality in lexicon.modalities.nameless:
                continue
            chosen = order(labels, SEED, "draft", task, modality, name=str)[: scope.labels]
            for granularity in scope.granularities or tuple(GRANULARITY_TEXT):
                for label in chosen:
                    text = prompt_template.substitute(
                        modality=lexicon.modalities[modality].name,
                        task=lexicon.tasks[task].name,
                        granularity=GRANULARITY_TEXT[granularity],
                        label=lexicon.labels[label].name,
                        count=scope.candidates,
                        language=language.name,
                        question_mark=language.question_mark,
                        shortest=shortest,
                        longest=longest,
                        task_cues=", ".join(cues),
                        view_cues=", ".join(getattr(rules.cues, granularity)),
                        noun=NOUN_TEXT[library.pools[task].words.noun_of(several=scope.several)],
                        choose="all that are right" if scope.several else "the one that is right",
                    )
                    yield Prompt(task, modality, granularity, label, text)


def imaged(library: Library) -> dict[str, set[str]]:
    """Return the labels in recipes and signed mappings, by modality."""
    normaliser = Normaliser(library.lexicon, stated_sites(library))
    found: dict[str, set[str]] = {}
    for source in library.sources.values():
        mapped = library.lexicon.mappings.get(source.id, {}).values()
        labels = {m.label for m in mapped if m.label}
        own = _words(source)
        normaliser.hear(
            source.id, [(raw, s.modality) for s in source.recipe.samples for raw in own]
        )
        for modality in {s.modality for s in source.recipe.samples} & set(
            library.lexicon.modalities.terms
        ):
            resolved = (normaliser.resolve(raw, source.id, modality) for raw in own)
            known = found.setdefault(modality, set())
            known |= labels | {r.label for r in resolved if r.label}
    return found


def _words(source: Source) -> set[str]:
    """Return the raw labels that are written in a recipe."""
    return {
        w for samples in source.recipe.samples for entry in samples.labels for w in words(entry)
    }
