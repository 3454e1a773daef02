"""Escapes of single letters in a text: of JSON, C, style sheets, HTML, URLs, mails and hosts."""

from __future__ import annotations

import html
import quopri
import re

from benchsmith.text.near_places import near

AROUND = 100
"""Characters before and after an escape that are read with it."""
_ESCAPED = re.compile(
    r"\\[0-9A-Fa-fuUxnrtb/\"']|&[#A-Za-z]|%[0-9A-Fau]|=[0-9A-F]{2}|=\r?\n|xn--|[^\W\d_]<(?:[/!-]|[biusemw])"
)
"""Where an escape may begin."""
_SPACE = re.compile(r"\\+[bfnrt]")
_HEX_BYTES = re.compile(r"(?:\\+x[0-9a-fA-F]{2})+")
_OCTAL_BYTES = re.compile(r"(?:\\[0-3][0-7]{2})+")
_CODE = re.compile(
    r"\\+(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))|%u([0-9a-fA-F]{4})"
)
_STYLE = re.compile(r"\\([0-9a-fA-F]{2,6}) ?")
"""As in style sheets."""
_SLASH = re.compile(r"\\+([/\"'])")
_PERCENT = re.compile(r"(?:%[0-9a-fA-F]{2})+")
_MAIL = re.compile(r"=\?[\w-]+\?[qQ]\?([^?\s]*)\?=")
_QUOTED = re.compile(r"(?:=[0-9A-F]{2}|=\r?\n)+")
_HOST = re.compile(r"xn--([a-z0-9-]+)", re.IGNORECASE)
_TAG = re.compile(
    r"(?<=[^\W\d_])(?:</?(?:b|i|u|s|em|strong|mark|wbr|small|sub|sup)\b[^<>]{0,80}>|<!--[^<>]{0,80}-->)+(?=[^\W\d_])"
)
"""What changes how letters of a word look; other tags stand between words."""
_MAX_CODE = 0x10FFFF


def unescaped(text: str) -> str:
    r"""Return the words of a text around escapes of letters, with the escapes resolved; empty if it has none.

    Escapes are those of JSON, JavaScript, C, style sheets, HTML, URLs, mails and hosts; tags within a word are left
    out too.

    >>> unescaped(r"M\u00fcller\nO&#39;Brien Anna%20Lee")
    "Müller O'Brien Anna Lee"
    >>> unescaped(r"M\xc3\xbcller M\303\274ller M=C3=BCller xn--mller-kva M<b>ü</b>ller")
    'Müller Müller Müller müller Müller'
    """
    found = near(_ESCAPED, text, AROUND)
    return "\n".join(plain for one in found if (plain := _plain(one)) != one)


def _plain(text: str) -> str:
    if "<" in text:
        text = _TAG.sub("", text)
    if "\\" in text or "%u" in text:
        text = _HEX_BYTES.sub(
            lambda run: _text_of(bytes.fromhex(re.sub(r"\\+x", "", run[0]))), text
        )
        text = _OCTAL_BYTES.sub(_of_octal, text)
        text = _SPACE.sub(" ", _CODE.sub(_of_code, text))
        text = _SLASH.sub(r"\1", _STYLE.sub(_of_code, text))
    if "&" in text:
        text = html.unescape(text)
    if "%" in text:
        text = _PERCENT.sub(lambda run: _text_of(bytes.fromhex(run[0].replace("%", ""))), text)
    if "=" in text:
        text = _MAIL.sub(lambda word: word[1].replace("_", " "), text)
        text = _QUOTED.sub(lambda run: _text_of(quopri.decodestring(run[0])), text)
    return _HOST.sub(_of_host, text) if "xn--" in text else text


def _of_code(code: re.Match[str]) -> str:
    number = int(next(filter(None, code.groups())), 16)
    return chr(number) if number <= _MAX_CODE else " "


def _of_octal(run: re.Match[str]) -> str:
    return _text_of(bytes(int(one, 8) for one in run[0].split("\\")[1:]))


def _of_host(name: re.Match[str]) -> str:
    try:
        return name[1].encode().decode("punycode")
    except (UnicodeError, ValueError, OverflowError):
        return name[0]


def _text_of(data: bytes) -> str:
    """Return bytes as UTF-8 if they are UTF-8, and as Latin-1 otherwise."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
