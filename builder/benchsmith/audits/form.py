"""Form: every question is readable and answerable, and does not state its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from benchsmith.audits.audit_row import AuditRow
from benchsmith.audits.audit_table import AuditTable
from benchsmith.audits.contract import check, none_of
from benchsmith.audits.word_folding import folded
from benchsmith.core.verdicts import Found, Offender
from benchsmith.documents.benchmark import Marks
from benchsmith.release.columns import letters
from benchsmith.text.normal_form import normal

META = re.compile(
    r"\b(?:all|none|neither|any|both|two|more) (?:of|or) (?:the |these |those )?(?:above|these|those|them|following)"
    r"|^(?:both|all|none|neither|unknown|other|others|not sure|unsure|undetermined|indeterminate|uncertain"
    r"|cannot (?:tell|say|be determined)|(?:i )?do(?: not|n't) know|no idea|unspecified|n/?a|not applicable)$"
    r"|^both .+ and |以上|都不是|不确定|无法(?:判断|确定)|^其他$|^未知$"
)
"""Options that refer to other options, or to not knowing."""
PLACEHOLDER = re.compile(r"<[^>]*>|\{[^}]*\}|\[[A-Z_]{3,}\]")
MIN_SIDE_PX = 64
MAX_CHANCE_LETTERS = 3
"""Synonyms of at most this many letters occur in sentences by chance."""
_CJK = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]")


@check(
    "A1",
    asks="Is the answer among the options?",
    formula="questions without an answer, with an answer that is not an option, or in which every option is right",
    remedy="This is a bug in the program that generated the questions; please report it.",
    hard=True,
    every=True,
)
def key_offered(table: AuditTable, marks: Marks) -> Found:
    """Every answer is an option, and at least one option is wrong."""

    def bad(row: AuditRow) -> str:
        given, k = set(row.answers), len(row.options)
        if row.hidden:
            return ""
        if not given or len(given) != len(row.answers):
            return f"the answers are {letters(row.answers) or 'missing'}"
        if beyond := [a for a in row.answers if not 0 <= a < k]:
            return f"the answer {letters(beyond)} is none of the {k} options"
        return "every option is right" if len(given) == k else ""

    shown = sum(not row.hidden for row in table.rows)
    return none_of(_offenders(table, bad), shown, "impossible answers")


@check(
    "A2",
    asks="Is the number of options as declared?",
    formula="questions with fewer than 2 or more than 26 options, with a different number of labels than options, or with more wrong options than their pool has",
    remedy="Add labels to the pool, or leave the question out.",
    hard=True,
    every=True,
)
def option_count(table: AuditTable, marks: Marks) -> Found:
    """Two to 26 options, each with a label, and no more wrong ones than the pool has."""

    def bad(row: AuditRow) -> str:
        k = len(row.options)
        if not 2 <= k <= 26 or len(row.labels) != k:
            return f"{k} options, {len(row.labels)} labels"
        if row.pool_size is not None and k - len(row.answers) > row.pool_size:
            return f"{k - len(row.answers)} wrong options from a pool of {row.pool_size}"
        return ""

    return none_of(_offenders(table, bad), len(table), "questions with a wrong number of options")


@check(
    "A3",
    asks="Do all options of a question differ?",
    formula="questions with two options that are equal after folding Unicode form (NFKC), case, punctuation and plural",
    remedy="Merge the two labels in lexicon/tree/label.tsv, or list the pair in lexicon/confusables.tsv.",
    hard=True,
    every=True,
)
def options_distinct(table: AuditTable, marks: Marks) -> Found:
    """No two options read the same."""

    def bad(row: AuditRow) -> str:
        seen: dict[tuple[str, ...], str] = {}
        for text in row.options:
            other = seen.setdefault(folded(text) or (text,), text)
            if other is not text:
                return f"{other!r} and {text!r}"
        return "" if len(seen) == len(row.options) else "an option occurs twice"

    return none_of(_offenders(table, bad), len(table), "questions with a duplicate option")


@check(
    "A4",
    asks="Is every option free of references to other options or to not knowing?",
    formula="questions with an option such as `all of the above`, `both`, `unknown`, `other`, `not sure`",
    remedy="Drop such labels in the source's mapping (relation `drop`).",
    hard=True,
    every=True,
)
def meta_options(table: AuditTable, marks: Marks) -> Found:
    """An option names a thing; it is not a remark."""

    def bad(row: AuditRow) -> str:
        return next((repr(t) for t in row.options if META.search(normal(t))), "")

    return none_of(_offenders(table, bad), len(table), "questions with a meta option")


@check(
    "A5",
    asks="Is every id unique?",
    formula="questions whose id another question has too",
    remedy="This is a bug in the program that generated the ids; please report it.",
    hard=True,
    every=True,
)
def ids_unique(table: AuditTable, marks: Marks) -> Found:
    """An id belongs to one question."""
    seen: set[str] = set()

    def bad(row: AuditRow) -> str:
        twice = row.id in seen
        seen.add(row.id)
        return "another question has this id" if twice else ""

    return none_of(_offenders(table, bad), len(table), "duplicate ids")


@check(
    "A6",
    asks="Is every question free of the names of single options?",
    formula="questions that contain all words of an option or of one of its synonyms, unless they contain every option",
    remedy="Reword the stem in question_pools/tasks/, or remove the label from the pool.",
    hard=True,
    every=True,
)
def option_in_question(table: AuditTable, marks: Marks) -> Found:
    """A word of the question must not point at an option."""

    def bad(row: AuditRow) -> str:
        words = frozenset(folded(row.question))
        text = normal(row.question)
        names = [
            (option, table.knowledge.names_of(label, option))
            for option, label in zip(row.options, row.labels, strict=False)
        ]
        named = [o for o, own in names if any(_occurs(n, n == o, words, text) for n in own)]
        if not named:
            return ""
        # a name of one character points at nothing alone; it counts if the question names the others
        every = all(
            o in named or any(_CJK.search(n) and normal(n) in text for n in own) for o, own in names
        )
        return "" if every and len(names) == len(row.options) else f"it contains {named[0]!r}"

    return none_of(_offenders(table, bad), len(table), "questions that name an option")


def _occurs(name: str, is_shown: bool, words: frozenset[str], text: str) -> bool:
    """Say whether a question contains all words of a name."""
    if _CJK.search(name):
        return len(name) > 1 and normal(name) in text
    own = folded(name)
    if not own or (not is_shown and all(len(w) <= MAX_CHANCE_LETTERS for w in own)):
        return False
    return words.issuperset(own)


@check(
    "A7",
    asks="Is every stem filled in?",
    formula="questions with an unfilled placeholder, without the name of their modality, or without a question mark at the end",
    remedy="Fix the stem in question_pools/tasks/.",
    hard=True,
    every=True,
)
def stem_filled(table: AuditTable, marks: Marks) -> Found:
    """No placeholder remains, and the modality is named."""

    def bad(row: AuditRow) -> str:
        if left := PLACEHOLDER.search(row.question):
            return f"{left.group()!r} is not filled in"
        if (
            row.modality_name is None
        ):  # of an adopted benchmark, which words its questions as it likes
            return ""
        if not row.question.strip().endswith(("?", "\uff1f")):
            return "it does not end with a question mark"
        if normal(row.modality_name) not in normal(row.question):
            return f"it does not contain {row.modality_name!r}"
        return ""

    return none_of(_offenders(table, bad), len(table), "stems that are not filled in")


@check(
    "A8",
    asks="Is every picture valid?",
    formula="pictures that are empty, are not 8-bit RGB, or have a side below 64 pixels",
    remedy="Leave the picture out; `benchsmith explain ID` prints its file.",
    hard=True,
    every=True,
    needs=("width", "height"),
)
def picture_sound(table: AuditTable, marks: Marks) -> Found:
    """Pictures can be opened and are not tiny."""

    def bad(row: AuditRow) -> str:
        if row.file_bytes == 0 or row.rgb8 is False:
            return "not an 8-bit RGB picture"
        small = min(row.width or 0, row.height or 0) < MIN_SIDE_PX
        return f"{row.width} x {row.height} pixels" if small else ""

    return none_of(_offenders(table, bad), len(table), "unusable pictures")


@check(
    "A9",
    asks="Is the mark visible?",
    formula="marked pictures that equal the same target's picture at another granularity, byte for byte",
    remedy="This is a bug in the renderer, or a region without pixels; please report it.",
    hard=True,
    every=True,
    needs=("picture",),
)
def mark_visible(table: AuditTable, marks: Marks) -> Found:
    """A box, mask or contour changes the picture."""
    seen: dict[tuple[str, str | None], AuditRow] = {}
    several: set[str] = set()
    offenders: list[Offender] = []
    views: dict[str, set[str]] = {}
    for row in table.rows:
        views.setdefault(row.target, set()).add(row.view)
    for row in table.rows:
        if len(views[row.target]) < 2:
            continue
        several.add(row.id)
        other = seen.setdefault((row.target, row.picture), row)
        if other.view != row.view:
            offenders.append(Offender(row.id, f"the {row.view} view equals the {other.view} view"))
    return none_of(offenders, len(several), "invisible marks")


def _offenders(table: AuditTable, bad: Callable[[AuditRow], str]) -> Iterator[Offender]:
    """Yield the rows for which `bad` returns a reason."""
    for row in table.rows:
        if why := bad(row):
            yield Offender(row.id, why)
