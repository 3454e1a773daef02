"""How long MeSH takes to be read, and suggestions to be found: against difflib, and how often right.

    python -m performance.vocabulary

Makes NLM's form of 30,000 descriptors (330 MB), reads it in a process of its own, and asks for
1,000 words. Words that mappings map, and that no name of the lexicon has, are asked for as if they
were not mapped.
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from benchsmith.documents import library
from benchsmith.documents.problems import Problems
from benchsmith.mesh import concept_table
from benchsmith.mesh.suggest import Suggester
from benchsmith.text.laterality import take_side
from benchsmith.text.normal_form import normal

HOME = Path(__file__).resolve().parents[1]
COUNT = 30_000
TERMS = 9
SYLLABLES = ("ba", "cor", "den", "fi", "gan", "hep", "lo", "mus", "ner", "os", "pul", "ren", "tib")
READ = (
    "import resource, sys, time\nfrom pathlib import Path\nfrom benchsmith.mesh import table\n"
    "start = time.perf_counter()\n"
    "print(next(table.import_mesh(Path(sys.argv[1]), [Path(sys.argv[2])])))\n"
    "print(f'{time.perf_counter() - start:.1f} s, peak '\n"
    "      f'{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB')\n"
)


def word(number: int) -> str:
    """Return a made-up word of four syllables, another one for each number up to 28,561.

    >>> word(0), word(1)
    ('babababa', 'corbababa')
    """
    return "".join(SYLLABLES[number // 13**i % 13] for i in range(4))


def write(path: Path) -> None:
    """Write descriptors as large as NLM's are, with as many terms."""
    qualifiers = "".join(
        f"   <AllowableQualifier>\n    <QualifierReferredTo>\n     <QualifierUI>Q{q:09d}"
        "</QualifierUI>\n     <QualifierName>\n      <String>some qualifier</String>\n"
        "     </QualifierName>\n    </QualifierReferredTo>\n    <Abbreviation>AA</Abbreviation>\n"
        "   </AllowableQualifier>\n"
        for q in range(22)
    )
    date = (
        "      <DateCreated>\n       <Year>1999</Year>\n       <Month>01</Month>\n"
        "       <Day>01</Day>\n      </DateCreated>\n"
    )
    with path.open("w", encoding="utf-8") as file:
        file.write('<?xml version="1.0"?>\n<DescriptorRecordSet LanguageCode = "eng">\n')
        for i in range(COUNT):
            names = [f"{word(i)} {word(7 * i + 3)} {word(31 * k + i)}" for k in range(TERMS)]
            terms = "".join(
                f'     <Term LexicalTag="NON">\n      <TermUI>T{k:06d}</TermUI>\n'
                f"      <String>{name}</String>\n{date}      <ThesaurusIDlist>\n"
                "       <ThesaurusID>NLM (1966)</ThesaurusID>\n      </ThesaurusIDlist>\n"
                "     </Term>\n"
                for k, name in enumerate(names)
            )
            file.write(
                f'<DescriptorRecord DescriptorClass = "1">\n  <DescriptorUI>D{i:06d}</DescriptorUI>\n'
                f"  <DescriptorName>\n   <String>{names[0]}</String>\n  </DescriptorName>\n"
                f"  <AllowableQualifiersList>\n{qualifiers}  </AllowableQualifiersList>\n"
                f"  <TreeNumberList>\n   <TreeNumber>C01.{i}</TreeNumber>\n  </TreeNumberList>\n"
                '  <ConceptList>\n   <Concept PreferredConceptYN="Y">\n'
                f"    <ConceptUI>M{i:07d}</ConceptUI>\n    <ConceptName>\n"
                f"     <String>{names[0]}</String>\n    </ConceptName>\n    <ScopeNote>"
                + "Some words about it. "
                * 12
                + f"\n    </ScopeNote>\n    <TermList>\n{terms}    </TermList>\n   </Concept>\n"
                "  </ConceptList>\n</DescriptorRecord>\n"
            )
        file.write("</DescriptorRecordSet>\n")


def main() -> None:
    """Print the times and how often the right label is suggested."""
    lexicon = library.collect(HOME, Problems(HOME)).lexicon
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        write(home / "desc2025.xml")
        print(f"desc2025.xml: {(home / 'desc2025.xml').stat().st_size / 1e6:.0f} MB")
        command = [sys.executable, "-c", READ, folder, str(home / "desc2025.xml")]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")
        mesh = concept_table.read(home)
    start = time.perf_counter()
    suggester = Suggester(lexicon, mesh)
    built = time.perf_counter() - start
    start = time.perf_counter()
    suggester.suggest([f"{word(5 * i)} {word(3 * i)}x" for i in range(1000)])
    asked = time.perf_counter() - start
    print(f"1,000 words, {COUNT * TERMS:,} terms: {built:.1f} s to sort, {asked:.1f} s to ask")
    known = {
        (raw, row.label)
        for rows in lexicon.mappings.values()
        for raw, row in rows.items()
        if row.label and len(raw) > 4 and not lexicon.labels.by_name(raw)
    }
    words = sorted(known)
    bare = Suggester(replace(lexicon, mappings={}, abbreviations={}))
    names = lexicon.labels.names()

    def by_difflib(raws: list[str]) -> list[list[str]]:
        near = [
            difflib.get_close_matches(take_side(normal(raw)).name, names, n=3, cutoff=0.5)
            for raw in raws
        ]
        return [[t.id for n in each if (t := lexicon.labels.by_name(n))] for each in near]

    def by_us(raws: list[str]) -> list[list[str]]:
        return [[s.label for s in each if s.label] for each in bare.suggest(raws)]

    ways: dict[str, Callable[[list[str]], list[list[str]]]] = {"difflib": by_difflib, "ours": by_us}
    for name, way in ways.items():
        start = time.perf_counter()
        found = way([raw for raw, _ in words])
        took = time.perf_counter() - start
        pairs = list(zip(found, words, strict=True))
        first = sum(each[:1] == [label] for each, (_, label) in pairs) / len(words)
        three = sum(label in each for each, (_, label) in pairs) / len(words)
        print(f"{name}: {len(words)} words, first {first:.1%}, in three {three:.1%}, {took:.1f} s")


if __name__ == "__main__":
    main()
