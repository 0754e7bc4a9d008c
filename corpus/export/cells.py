"""Text in table cells that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

# What Excel, LibreOffice and others begin a formula with, full-width forms included. A cell may also begin where the file is read with
# another separator than ours (`;` where the comma is the decimal sign, TAB) or where a line breaks; white space, quotes and invisible
# characters before the sign do not disarm it. Linear: what stands between holds no beginning.
_FORMULA = re.compile("(^|[;\t\r\n])((?:[^\\S\t\r\n]|[\"'\u200b-\u200f\u2060\ufeff\u00ad])*)(?=[=+\\-@\uff1d\uff0b\uff0d\uff20\u2212|%])")
_LEADING = re.compile("^(?=[\t\r\n])")
# XML, and with it a workbook, has no place for these.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def inert(text: str) -> str:
    """The text with an apostrophe before all that a spreadsheet could take for the beginning of a formula (OWASP, CSV injection).

    >>> inert("=1+1"), inert("  @SUM(A1)"), inert("a;=cmd|' /C calc'!A0"), inert("bình thường, 5 - 6 = -1")
    ("'=1+1", "'  @SUM(A1)", "a;'=cmd|' /C calc'!A0", 'bình thường, 5 - 6 = -1')
    """
    return _LEADING.sub("'", _FORMULA.sub(r"\1'\2", text))


def printable(text: str) -> str:
    """Without the characters that no workbook can hold.

    >>> printable("a\\x00b\\x1fc\\td")
    'abc\\td'
    """
    return _CONTROL.sub("", text)
