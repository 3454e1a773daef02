"""NLM's XML: descriptors (`desc2025.xml`) and supplementary records (`supp2025.xml`), as a stream.

Elements as in NLM's DTD (nlm.nih.gov/mesh/xml_data_elements.html). The parser is expat itself, and
not a tree of it: memory is that of one record, and whoever declares an entity is refused, so that
nothing is expanded or fetched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from benchsmith.documents.problems import DocumentError
from benchsmith.mesh.concept import LARGEST_RECORD, Concept, fault

ROOTS = {"DescriptorRecordSet": "DescriptorRecord", "SupplementalRecordSet": "SupplementalRecord"}
UIS = {"DescriptorRecord": "DescriptorUI", "SupplementalRecord": "SupplementalRecordUI"}
NAMES = {"DescriptorRecord": "DescriptorName", "SupplementalRecord": "SupplementalRecordName"}
READ = frozenset({"String", "TreeNumber", "ConceptUI", "ScopeNote", *UIS.values()})
"""Elements whose text is read."""
DEEPEST = 64
CUT_OFF = {
    expat.errors.codes[what]
    for what in (
        expat.errors.XML_ERROR_NO_ELEMENTS,
        expat.errors.XML_ERROR_UNCLOSED_TOKEN,
        expat.errors.XML_ERROR_PARTIAL_CHAR,
        expat.errors.XML_ERROR_UNCLOSED_CDATA_SECTION,
    )
}
"""What expat says of a file that ends within something."""
_UI = re.compile(r"[DC]\d{6,9}")
_CONCEPT_UI = re.compile(r"M\d{7,9}")


@dataclass(slots=True)
class _Record:
    """What was read of a record so far."""

    ui: str = ""
    name: str = ""
    trees: list[str] = field(default_factory=list)
    concepts: list[_Part] = field(default_factory=list)


@dataclass(slots=True)
class _Part:
    """What was read of a concept so far."""

    preferred: bool
    ui: str = ""
    name: str = ""
    note: str = ""
    terms: dict[str, None] = field(default_factory=dict)


class Reader:
    """Reads one file; `year` is the MeSH year that its document type names, or empty."""

    def __init__(self, path: Path) -> None:
        self.path, self.year = path, ""
        self._done: list[Concept] = []
        self._stack: list[str] = []
        self._text: list[str] = []
        self._kind = ""
        self._record = _Record()
        self._since = self._records = 0
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.EntityDeclHandler = self._entity
        self._parser.SkippedEntityHandler = self._entity
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def concepts(self, chunks: Iterable[bytes]) -> Iterator[Concept]:
        """Yield every concept. Raises DocumentError for what is no MeSH, or no XML."""
        try:
            for piece in chunks:
                self._since += len(piece)
                self._parser.Parse(piece, False)
                if self._since > LARGEST_RECORD:
                    raise self._fault("has a record of more than 64 MiB", "download it again")
                yield from self._take()
            self._parser.Parse(b"", True)
        except expat.ExpatError as error:
            what = f"is no sound XML: {expat.ErrorString(error.code)}"
            if error.code in CUT_OFF:
                what = "ends too early"
            raise fault(self.path, error.lineno, what, "download it again") from None
        yield from self._take()
        if not self._records:
            raise self._fault("holds no record", "take NLM's descYEAR.xml")

    def _take(self) -> list[Concept]:
        done, self._done = self._done, []
        return done

    def _fault(self, what: str, hint: str) -> DocumentError:
        return fault(self.path, self._parser.CurrentLineNumber, what, hint)

    def _doctype(self, name: str, system: str | None, public: str | None, inside: int) -> None:
        if found := re.search(r"(?:_|desc|supp)((?:19|20)\d\d)(?:\d{4})?\.dtd$", system or ""):
            self.year = found[1]

    def _entity(self, name: str, *_: object) -> None:
        raise self._fault(
            f"has the entity {name!r}, and NLM's files have none", "take the file from NLM"
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if not self._stack:
            self._root(tag)
        self._stack.append(tag)
        if tag in READ:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append
        elif tag == "Concept":
            self._record.concepts.append(_Part(attributes.get("PreferredConceptYN") == "Y"))
        elif tag == self._kind and len(self._stack) == 2:
            self._record = _Record()
        elif len(self._stack) > DEEPEST:
            raise self._fault(f"nests deeper than {DEEPEST} elements", "take the file from NLM")

    def _root(self, tag: str) -> None:
        if tag not in ROOTS:
            hint = "take NLM's descYEAR.xml"
            if tag.casefold() == "html":
                raise self._fault("is a web page", hint)
            raise self._fault(f"is XML of another kind: its root is {tag!r}", hint)
        self._kind = ROOTS[tag]

    def _end(self, tag: str) -> None:
        self._stack.pop()
        if tag in READ:
            self._parser.CharacterDataHandler = None
            self._keep(tag, " ".join("".join(self._text).split()))
        elif tag == self._kind and len(self._stack) == 1:
            self._finish()

    def _keep(self, tag: str, text: str) -> None:
        """Put a text where it belongs; texts about other records belong nowhere."""
        record, parent = self._record, self._stack[-1]
        if tag == UIS[self._kind] and parent == self._kind:
            record.ui = text
        elif tag == "TreeNumber" and parent == "TreeNumberList":
            record.trees.append(text)
        elif tag == "String" and parent == NAMES[self._kind] and len(self._stack) == 3:
            record.name = text
        elif not record.concepts:
            return
        elif parent == "Term":
            record.concepts[-1].terms[text] = None
        elif tag == "String" and parent == "ConceptName":
            record.concepts[-1].name = text
        elif tag == "ConceptUI" and parent == "Concept":
            record.concepts[-1].ui = text
        elif tag == "ScopeNote":
            record.concepts[-1].note = text

    def _finish(self) -> None:
        record = self._record
        if not _UI.fullmatch(record.ui) or not record.name or not record.concepts:
            raise self._fault(
                f"has a record without UI, name or concept: {record.ui or record.name or '?'}",
                "download it again",
            )
        for part in record.concepts:
            if not _CONCEPT_UI.fullmatch(part.ui) or not part.name:
                raise self._fault(f"{record.ui} has a concept without UI or name: {part.ui or '?'}",
                                  "download it again")  # fmt: skip
            self._done.append(
                Concept(
                    concept=part.ui,
                    name=part.name,
                    descriptor=record.ui,
                    descriptor_name=record.name,
                    preferred=part.preferred,
                    tree_numbers=tuple(record.trees),
                    terms=tuple({part.name: None} | part.terms),
                    scope_note=part.note,
                )
            )
        self._records += 1
        self._since = 0
        self._record = _Record()
