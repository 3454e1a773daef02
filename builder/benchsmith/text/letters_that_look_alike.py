"""Letters of other alphabets that look like Latin ones, so that a word reads the same and is written otherwise."""

from __future__ import annotations

import re

_CYRILLIC = dict(
    zip(
        "асеоріјѕхуһԁԛԝӏкмтнвгьАВЕКМНОРСТХУІЈЅЗԌ",
        "aceopijsxyhdqwlkmthbrbABEKMHOPCTXYIJS3G",
        strict=True,
    )
)
_GREEK = dict(zip("αονρικτυχγηωεΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲϳ", "aovpiktuxynweABEZHIKMNOPTYXcj", strict=True))
_OTHERS = dict(zip("օսհոցզաɑɡɩʟıѵԍ", "ouhngqaagiliv6", strict=True))
LATIN = {**_CYRILLIC, **_GREEK, **_OTHERS}
"""Armenian letters and phonetic signs are among them."""
LOOK_ALIKE = re.compile(f"[{''.join(LATIN)}]")


def latin_look(text: str) -> str:
    r"""Return a text with Latin letters where others look like them.

    >>> latin_look("K\u043ew\u0430lski"), latin_look("\u0391nna"), latin_look("Müller")
    ('Kowalski', 'Anna', 'Müller')
    """
    return text if text.isascii() else LOOK_ALIKE.sub(lambda letter: LATIN[letter[0]], text)
