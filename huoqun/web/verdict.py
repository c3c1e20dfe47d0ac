"""Verdict: the page of a diagnosis, inside the console and as one file that opens anywhere.

Both are the same templates and the same bundle. The one file carries its style and script inside and forbids itself
everything else: no network, no other script, by a content security policy with their hashes. Texts of the chat reach
it only as escaped text or as JSON that the script puts into text nodes and canvases.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django.template import Context, Engine
from django.utils.safestring import SafeString, mark_safe

from huoqun.insight.document import Diagnosis
from huoqun.web import awaited, picture, section
from huoqun.web.phrase import Lang, book, fill, with_figures

_PACKAGE = Path(__file__).parent.parent
_BUNDLE = _PACKAGE / "static" / "dist"


class NotBuilt(Exception):
    """The page's script and style are missing: run `make setup` once, which builds them."""


_IN_AN_ELEMENT = str.maketrans({">": "\\u003E", "<": "\\u003C", "&": "\\u0026"})


def _data(values: dict[str, Any]) -> SafeString:
    """Values for the page's script, as an element: short JSON, letters as they are, never a number that JSON does not
    know, and nothing that could end the element. (Django's `json_script` does it so too, and loads the ORM.)"""
    told = json.dumps(values, separators=(",", ":"), ensure_ascii=False, allow_nan=False).translate(_IN_AN_ELEMENT)
    return mark_safe(f'<script type="application/json">{told}</script>')  # noqa: S308


@cache
def _engine() -> Engine:
    """Templates without a configured project, so that the command line starts fast."""
    return Engine(dirs=[str(_PACKAGE / "templates")], autoescape=True)


def context(
    document: Diagnosis,
    lang: Lang = "zh",
    remedies: Mapping[str, str] | None = None,
    playbooks: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """What `verdict/body.html` needs, for a template that includes it. Words are filled in here if they are not.
    `remedies`: by cause the address where something is done about it, in the console; `playbooks`: by id where each
    stands."""
    told = fill(document, lang)
    words = book(lang)
    return {
        "lang": lang,
        "w": words.label | {"how_verdict_text": with_figures(words.label["how_verdict_text"], lang)},
        "head": section.head(told, lang),
        "verdict": section.verdict(told, lang),
        "findings": section.findings(told, lang, remedies or {}, playbooks or {}),
        "network": told.network_picture is not None
        and bool(told.network_picture.frames)
        and len(told.network_picture.people) > 1,
        "legend": section.strata_legend(told, lang),
        "owner_out": section.without_owner(told, lang),
        "has_owner": told.network_picture is not None and told.network_picture.owner is not None,
        "left_out": told.network_picture.left_out if told.network_picture else 0,
        "signs": section.signs(told, lang),
        "pulse": section.pulse(told),
        "week": section.week(told, lang),
        "has_mood": len(told.mood) > 1,
        "newcomers": awaited.newcomers(told, lang),
        "questions": awaited.questions(told, lang),
        "topics": section.topics(told, lang),
        "people": section.people(told, lang),
        "trust": section.trust(told, lang),
        "version": told.version,
        "made_by": section.made_by(told, lang),
        "data": _data(picture.data(told, lang)),
    }


def _render(template: str, values: dict[str, Any]) -> SafeString:
    return _engine().get_template(template).render(Context(values, use_l10n=False, use_tz=False))


def body(
    document: Diagnosis,
    lang: Lang = "zh",
    remedies: Mapping[str, str] | None = None,
    playbooks: Mapping[str, str] | None = None,
) -> SafeString:
    """The page's inside, for the console, which links `dist/huoqun.css` and `dist/huoqun.js` itself."""
    return _render("verdict/body.html", context(document, lang, remedies, playbooks))


@cache
def _bundle() -> tuple[str, str]:
    """Style and script as they stand inside the one file."""
    try:
        style = (_BUNDLE / "huoqun.css").read_text(encoding="utf-8")
        script = (_BUNDLE / "huoqun.js").read_text(encoding="utf-8")
    except FileNotFoundError as missing:
        raise NotBuilt(f"{missing.filename} is missing: run `make setup` once") from missing
    style, script = style.replace("\r\n", "\n"), script.replace("\r\n", "\n")
    if "</style" in style.lower() or "</script" in script.lower() or "<!--" in script:
        raise NotBuilt("the bundle would break out of its element; build it with frontend/build.mjs")
    return style, script


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def page(document: Diagnosis, lang: Lang = "zh") -> str:
    """The whole page as one HTML file: opens offline, prints, asks for nothing. Raises `NotBuilt` without a bundle."""
    style, script = _bundle()
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
    values = context(document, lang)
    # Both come from our own bundle, checked above; nothing of a document is in them.
    values |= {"policy": policy, "style": mark_safe(style), "script": mark_safe(script)}  # noqa: S308
    return str(_render("verdict/page.html", values))
