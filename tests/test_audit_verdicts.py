"""What stops publication, who may sign, and what verdicts say."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from benchsmith.audits.audit import audit, load, reasons
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.registry import CHECKS
from benchsmith.core.verdict_json import as_json, from_json
from benchsmith.core.verdicts import FAIL, PASS, WARN, Audit
from benchsmith.documents.benchmark import Benchmark, Cleared, Marks, Waiver
from benchsmith.exporters.verdict_words import UNDECIDED, groups, judgement
from tests.audit_tables import Flaws, audit_table, flawed, verdict


def test_a_signed_failure_warns_and_names_who() -> None:
    waiver = Waiver(check="meta-options", who="dr-a", why="the scale has an `unknown`")
    found = audit(flawed(meta=1), Marks(waive=(waiver,)), ["meta-options"])
    one = found.of("meta-options")
    assert one.outcome == WARN and one.waived_by == "dr-a"
    assert "the scale has an `unknown`" in one.says
    assert not reasons(found)


def test_a_waiver_of_what_passes_changes_nothing() -> None:
    waiver = Waiver(check="meta-options", who="dr-a", why="just in case")
    one = verdict("meta-options", audit_table(1), Marks(waive=(waiver,)))
    assert one.outcome == PASS and not one.waived_by


def test_a_cleared_pair_is_offered() -> None:
    questions = flawed(synonym=True)
    names = {
        t: label for row in questions.rows for label, t in zip(row.labels, row.options, strict=True)
    }
    pair = Cleared(
        a=names["lung calcification"], b=names["pulmonary calcification"], who="dr-a", why="two"
    )
    assert verdict("related-options", questions, Marks(cleared=(pair,))).outcome == PASS


def test_only_hard_failures_stop_and_say_what_to_do() -> None:
    found = audit(flawed(meta=1), Marks(), ["meta-options", "region-size"])
    assert [v.check for v in found.stops()] == ["meta-options"]
    said = "\n".join(reasons(found))
    assert (
        "meta-options: Is every option free of" in said and "what to do: Drop such labels" in said
    )
    soft = audit(flawed(tiny=1), Marks(), ["region-size"])
    assert soft.of("region-size").outcome == FAIL and not soft.stops()


def test_verdicts_survive_json() -> None:
    found = audit(flawed(meta=1), Marks())
    text = json.dumps(as_json(found, {"benchmark": "made up"}))
    assert from_json(json.loads(text)) == found
    assert json.loads(text)["publishable"] is False


def test_remedies_name_keys_that_exist() -> None:
    """A key in a remedy or a formula, such as `near.modalities`, is one of the benchmark file."""
    sections = {name: field.annotation for name, field in Benchmark.model_fields.items()}
    named = set()
    for name in CHECKS:
        text = f"{load(name).remedy} {load(name).formula}"
        for section, key in re.findall(r"\b([a-z]+)\.([a-z_]+)\b(?!\.)", text):
            if section in sections and key not in ("tsv", "yaml"):
                named.add((section, key))
    assert ("near", "modalities") in named and ("options", "draw") in named
    for section, key in named:
        assert key in sections[section].model_fields, f"{section}.{key}"  # type: ignore[union-attr]


def test_every_check_has_its_words() -> None:
    sections = [load(name).section for name in CHECKS]
    letters = "ABCDEFGHSMP"
    assert [letters.index(s[0]) for s in sections] == sorted(letters.index(s[0]) for s in sections)
    for name in CHECKS:
        one = load(name)
        assert one.asks.endswith("?") and one.formula and one.remedy.endswith("."), name


def test_the_order_of_columns_and_labels_names_decide_nothing() -> None:
    """The same table under other ids of labels gives the same figures."""
    questions = audit_table(5, Flaws(long_tail=True))
    renamed = [
        replace(r, labels=tuple(f"x{label[::-1]}" for label in r.labels), label=f"x{r.label[::-1]}")
        for r in questions.rows
    ]
    for name in ("prior-attack", "row-order", "positions", "count-independence"):
        one, other = verdict(name, questions), verdict(name, AuditTable(renamed, 5))
        assert one.outcome == other.outcome
        assert one.value == pytest.approx(other.value, abs=0.01)


def test_a_warning_that_cannot_tell_says_so() -> None:
    """Its interval holds the threshold; one that found something lists it, or has no interval."""
    found = audit(audit_table(1), Marks())
    undecided = [v for v in found.verdicts if v.undecided]
    assert undecided and all(v.outcome == WARN for v in undecided)
    for v in undecided:
        if v.low is not None and v.high is not None and v.mark is not None:
            assert v.low <= v.mark <= v.high or v.low <= -v.mark <= v.high, v.check
        assert re.search("too (few|small) to tell|random orders|by chance", v.says), v.check
    for v in found.verdicts:
        assert v.undecided or "to tell" not in v.says, v.check


def test_all_verdicts_are_reported_in_a_sentence() -> None:
    clean = judgement(audit(audit_table(1), Marks(), ["meta-options", "ids-unique"]))
    assert clean == ("pass", "No check fails.", "")
    bad = judgement(audit(flawed(meta=1, tiny=1), Marks(), ["meta-options", "region-size"]))
    assert bad == ("fail", "2 checks fail, which stops publication: meta-options, region-size.", "")
    assert judgement(Audit()).style == "not-run"
    kinds = groups(audit(flawed(meta=1), Marks()))
    names = [kind.name for kind in kinds]
    order = ["FAIL", "WARN", UNDECIDED, "NOT RUN", "INFO", "PASS"]
    assert names == [n for n in order if n in names] and names[0] == "FAIL"
    assert sum(len(kind.verdicts) for kind in kinds) == len(audit(flawed(meta=1), Marks()).verdicts)
