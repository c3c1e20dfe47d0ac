"""Plain: text of a chat made safe to stand in a page: no controls, no direction tricks, no endless marks or length.

Escaping is the template's and the browser's work; this is about characters that survive escaping: overrides that turn
a line round, invisible letters, stacks of accents that run over the page, lone surrogates that break encoding.
"""

import re

_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u3164\ud800-\udfff"
    "\ufe00-\ufe0e\ufeff\uffa0\ufff0-\uffff\U000e0000-\U000e0fff]"
)
_MARK = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACK = re.compile(f"({_MARK}{{2}}){_MARK}+")
_SPACE = re.compile(r"\s+")
_NOTHING = "\u200c\u200d \t\n"


def _bare(text: str, limit: int) -> str:
    text = _STACK.sub(r"\1", _INVISIBLE.sub("", text[: limit * 8]))
    return text.strip(_NOTHING)


def words(text: str, limit: int = 400) -> str:
    """A message: line breaks stay, everything invisible goes, cut with an ellipsis at `limit` characters."""
    bare = re.sub(r"\n{3,}", "\n\n", _bare(text, limit))
    return bare if len(bare) <= limit and len(text) <= limit * 8 else bare[: limit - 1] + "…"


def name(text: str, limit: int = 48) -> str:
    """A name or title on one line; "" where nothing visible is left of it."""
    bare = _SPACE.sub(" ", _bare(text, limit))
    return bare if len(bare) <= limit and len(text) <= limit * 8 else bare[: limit - 1] + "…"
