"""Files in NLM's own forms, with a few records in our own words."""

from __future__ import annotations

from xml.sax.saxutils import escape

PROLOGUE = (
    '<?xml version="1.0"?>\n<!DOCTYPE DescriptorRecordSet SYSTEM'
    ' "https://www.nlm.nih.gov/databases/dtd/nlmdescriptorrecordset_20250101.dtd">\n'
)
Concepts = dict[str, list[str]]
"""Concept UI to its terms, the name first; the preferred concept first."""
RECORDS: dict[str, tuple[list[str], Concepts]] = {
    "D008099": (["A03.620"], {"M0012632": ["Liver", "Livers", "Hepatic Organ"]}),
    "D006689": (
        ["C04.557.386.355", "C15.604.515.569.355"],
        {
            "M0010364": ["Hodgkin Disease", "Hodgkin Lymphoma", "Lymphoma, Hodgkin's"],
            "M0023443": ["Nodular Lymphocyte Predominant Hodgkin's & Kin"],
        },
    ),
    "D000001": (["D03.633"], {"M0000001": ["Calcimycin", "Wartomycin"]}),
}


def descriptors(records: dict[str, tuple[list[str], Concepts]] = RECORDS) -> str:
    """Return a set of descriptors as `desc2025.xml` has it."""
    body = "".join(_record(ui, *record) for ui, record in records.items())
    return f'{PROLOGUE}<DescriptorRecordSet LanguageCode = "eng">\n{body}</DescriptorRecordSet>\n'


def _record(ui: str, trees: list[str], concepts: Concepts) -> str:
    name = escape(next(iter(concepts.values()))[0])
    return (
        f'<DescriptorRecord DescriptorClass = "1">\n  <DescriptorUI>{ui}</DescriptorUI>\n'
        f"  <DescriptorName>\n   <String>{name}</String>\n  </DescriptorName>\n"
        "  <DateCreated>\n   <Year>1999</Year>\n   <Month>01</Month>\n   <Day>01</Day>\n"
        "  </DateCreated>\n  <AllowableQualifiersList>\n   <AllowableQualifier>\n"
        "    <QualifierReferredTo>\n     <QualifierUI>Q000000981</QualifierUI>\n"
        "     <QualifierName>\n      <String>diagnostic imaging</String>\n     </QualifierName>\n"
        "    </QualifierReferredTo>\n    <Abbreviation>DG</Abbreviation>\n"
        "   </AllowableQualifier>\n  </AllowableQualifiersList>\n"
        "  <SeeRelatedList>\n   <SeeRelatedDescriptor>\n    <DescriptorReferredTo>\n"
        "     <DescriptorUI>D999999</DescriptorUI>\n     <DescriptorName>\n"
        "      <String>Another One</String>\n     </DescriptorName>\n"
        "    </DescriptorReferredTo>\n   </SeeRelatedDescriptor>\n  </SeeRelatedList>\n"
        "  <TreeNumberList>\n"
        + "".join(f"   <TreeNumber>{t}</TreeNumber>\n" for t in trees)
        + "  </TreeNumberList>\n  <ConceptList>\n"
        + "".join(_concept(i, *c) for i, c in enumerate(concepts.items()))
        + "  </ConceptList>\n</DescriptorRecord>\n"
    )


def _concept(place: int, ui: str, terms: list[str]) -> str:
    return (
        f'   <Concept PreferredConceptYN="{"YN"[place > 0]}">\n'
        f"    <ConceptUI>{ui}</ConceptUI>\n    <ConceptName>\n"
        f"     <String>{escape(terms[0])}</String>\n    </ConceptName>\n"
        "    <ScopeNote>Our own words on it,\n      on two lines.\n    </ScopeNote>\n"
        "    <ConceptRelationList>\n"
        '     <ConceptRelation RelationName="NRW">\n      <Concept1UI>M0000000</Concept1UI>\n'
        "      <Concept2UI>M0000009</Concept2UI>\n     </ConceptRelation>\n"
        "    </ConceptRelationList>\n    <TermList>\n"
        + "".join(
            '     <Term  ConceptPreferredTermYN="N"  LexicalTag="NON">\n'
            f"      <TermUI>T{i:06d}</TermUI>\n      <String>{escape(term)}</String>\n"
            "     </Term>\n"
            for i, term in enumerate(terms)
        )
        + "    </TermList>\n   </Concept>\n"
    )


SUPPLEMENTARY = """<?xml version="1.0"?>
<!DOCTYPE SupplementalRecordSet SYSTEM "https://www.nlm.nih.gov/databases/dtd/nlmsupplementalrecordset_20250101.dtd">
<SupplementalRecordSet LanguageCode = "eng">
<SupplementalRecord SCRClass = "3">
  <SupplementalRecordUI>C535340</SupplementalRecordUI>
  <SupplementalRecordName>
   <String>Rare syndrome of nobody</String>
  </SupplementalRecordName>
  <HeadingMappedToList>
   <HeadingMappedTo>
    <DescriptorReferredTo>
     <DescriptorUI>*D008099</DescriptorUI>
     <DescriptorName>
      <String>Liver</String>
     </DescriptorName>
    </DescriptorReferredTo>
   </HeadingMappedTo>
  </HeadingMappedToList>
  <ConceptList>
   <Concept PreferredConceptYN="Y">
    <ConceptUI>M0536103</ConceptUI>
    <ConceptName>
     <String>Rare syndrome of nobody</String>
    </ConceptName>
    <TermList>
     <Term  ConceptPreferredTermYN="Y">
      <TermUI>T753341</TermUI>
      <String>Rare syndrome of nobody</String>
     </Term>
    </TermList>
   </Concept>
  </ConceptList>
</SupplementalRecord>
</SupplementalRecordSet>
"""
ASCII = """*NEWRECORD
RECTYPE = D
MH = Liver
AQ = AB AH CH DG
PRINT ENTRY = Hepatic Organ|T023|NON|EQV|NLM (1994)|930624|abbcdef
ENTRY = Livers
MN = A03.620
MS = Our own words on it.
UI = D008099

*NEWRECORD
RECTYPE = D
MH = Hodgkin Disease
ENTRY = Lymphoma, Hodgkin|T191|EPO|NRW|NLM (1966)|990101|abcdef
ENTRY = Mépivalymphoma
MN = C04.557.386.355
MN = C15.604.515.569.355
UI = D006689
"""
