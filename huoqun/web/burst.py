"""The burst: ten thousand members check in within the first minute of a day.

A check-in sent as a plain form is taken here, before the pages' own machinery: no session, language, message or page is
needed for it. The secret in the link says who it is, so a form of another site cannot know where to send it. Those that
come at the same time are written in one transaction (`base/gather`), and each is answered after that. Whatever is not
simply taken (a picture, a refusal, a link that is nobody's) goes on to the pages, which say why in words.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial
from http import HTTPStatus
from io import BytesIO
from threading import BoundedSemaphore, active_count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, connections
from django.template.loader import render_to_string
from django.utils import translation

from huoqun.activities import check_in
from huoqun.activities.check_in import Handed
from huoqun.activities.kind import Said
from huoqun.base import clock
from huoqun.base.gather import Gathering
from huoqun.people import code
from huoqun.web import word
from huoqun.web.member_door import TRIED_WITHIN
from huoqun.web.pace import Few
from huoqun.web.policy import CONTENT
from huoqun.web.said import LONGEST

Environ = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environ, Start], Iterable[bytes]]

PLACE = re.compile(r"/m/([\w.-]{1,300})/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/check-in")
LARGEST = 1 << 16
"""Bytes of a form that is taken here."""
MOST = 256
"""Check-ins in one transaction."""
FEW = 20
"""Check-ins over one link in `TRIED_WITHIN` that are taken here; what is more goes on to the pages, which count it with
all other deeds of the member and refuse what is too many."""
CROWD = 24
"""Threads of this process beyond which pages give their connections back at once."""
QUIET = 4
"""Up to so many at once whoever checks in is shown their calendar; in a crowd, a short word with the way to it."""
MOST_FIELDS = 20
_ESCAPED = re.compile(rb"(?:%[0-9a-fA-F]{2})+")
_HEADERS = [
    ("Content-Security-Policy", CONTENT),
    ("Cache-Control", "no-store"),
    ("X-Robots-Tag", "noindex"),
    ("Referrer-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
]
_MARK = "HERE"


def _write(handed: Sequence[Handed]) -> list[str | Exception]:
    try:
        return check_in.take_all(handed, now=clock.now())
    except Exception:
        close_old_connections()
        raise


gathering: Gathering[Handed, str] = Gathering(_write, most=MOST, rest=connections.close_all)


few = Few(FEW, TRIED_WITHIN)


def front(pages: Application, *, at_once: int) -> Application:
    """The application with check-ins taken before it; the pages answer so many requests at once."""
    return partial(_answer, pages, BoundedSemaphore(at_once))


def _answer(pages: Application, room: BoundedSemaphore, environ: Environ, start: Start) -> Iterable[bytes]:
    if environ["REQUEST_METHOD"] == "POST" and (place := PLACE.fullmatch(environ["PATH_INFO"])):
        body = _body(environ)
        if body is not None:
            taken = _taken(place[1], place[2], body)
            if taken is not None:
                return _told(environ, start, place, *taken)
            environ["wsgi.input"] = BytesIO(body)
    with room:
        return _Closing(pages(environ, start))


class _Closing:
    """A page's answer. While a crowd holds many threads, the one that made it keeps no connection to the database."""

    def __init__(self, answer: Iterable[bytes]) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._answer)

    def close(self) -> None:
        """Called by the server when the answer is out."""
        close = getattr(self._answer, "close", None)
        if close is not None:
            close()
        if active_count() > CROWD:
            connections.close_all()


def _body(environ: Environ) -> bytes | None:
    """The form, where it is one to be taken here and a browser does not say that another site sent it."""
    kind, length = environ.get("CONTENT_TYPE", ""), environ.get("CONTENT_LENGTH") or "0"
    if not kind.startswith("application/x-www-form-urlencoded") or environ.get("HTTP_SEC_FETCH_SITE") == "cross-site":
        return None
    if not length.isdecimal() or int(length) > LARGEST:
        return None
    body: bytes = environ["wsgi.input"].read(int(length))
    return body


def _taken(token: str, activity: str, body: bytes) -> tuple[str, int] | None:
    """What a check-in was answered, and with how many it was written; None where it was not taken."""
    try:
        now = clock.now()
        link = code.read(token, now=now)
        if few.no_more(link.of, now=now):
            return None
        said = _said(body)
    except (code.Bad, code.Expired, ValueError):
        return None
    try:
        return gathering.ask(Handed(link, UUID(activity), said, now))
    except Exception:
        return None


def _said(body: bytes) -> Said:
    """What the form says, as the pages read it. `urllib` would need as long as all the rest. Raises ValueError."""
    fields = body.split(b"&")
    if len(fields) > MOST_FIELDS:
        raise ValueError
    texts: dict[str, list[str]] = {}
    for field in fields:
        name, _equals, text = field.partition(b"=")
        if text:
            texts.setdefault(_plain(name), []).append(_plain(text).replace("\0", "")[:LONGEST])
    return Said(texts)


def _plain(told: bytes) -> str:
    """A name or a text of a form without its escapes."""
    return _ESCAPED.sub(_bytes, told.replace(b"+", b" ")).decode(errors="replace")


def _bytes(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[0].replace(b"%", b" ").decode())


def _told(environ: Environ, start: Start, place: re.Match[str], answer: str, crowd: int) -> Iterable[bytes]:
    page = f"/m/{place[1]}/{place[2]}/?done={answer}"
    if crowd <= QUIET:
        start(_line(HTTPStatus.SEE_OTHER), [*_HEADERS, ("Location", page), ("Content-Length", "0")])
        return [b""]
    body = _short(_language(environ), answer).replace(_MARK, page).encode()
    kind = ("Content-Type", "text/html; charset=utf-8")
    start(_line(HTTPStatus.OK), [*_HEADERS, kind, ("Content-Length", str(len(body)))])
    return [body]


@cache
def _short(language: str, answer: str) -> str:
    """The short word of a crowd, with a mark where the address of the calendar stands."""
    with translation.override(language):
        return render_to_string(
            "member/crowd.html", {"answer": word.of("answer", answer), "place": _MARK, "language": language[:2]}
        )


def _language(environ: Environ) -> str:
    """As the pages choose it, from the cookie or what the browser asks for."""
    cookie = re.search(rf"{settings.LANGUAGE_COOKIE_NAME}=(en|zh-hans)\b", environ.get("HTTP_COOKIE", ""))
    if cookie:
        return cookie[1]
    return "en" if environ.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("en") else "zh-hans"


def _line(status: HTTPStatus) -> str:
    return f"{status.value} {status.phrase}"
