"""What each build works out of the program's own files, worked out when this module is imported.

A server of processes imports it, and each build that is forked from it has it.
"""

from __future__ import annotations

from pathlib import Path

from benchsmith.audits.public_texts import program_text
from benchsmith.audits.word_forms import public_words
from benchsmith.exporters import templates

public_words(program_text())
for template in Path(templates.__file__).parent.glob("*.jinja"):
    kind = template.name.partition(".")[2]
    templates.environment(str(template.parent), kind).get_template(template.name)
