"""What programs are told when something went wrong: one shape for everything, with an id that stays."""

from django.http import HttpRequest, JsonResponse
from ninja import Schema

from huoqun.web.route import API


class Fault(Schema):
    """What went wrong. `error`: an id that stays; `message`: in English; `field`: what of the request it is about."""

    error: str
    message: str
    field: str | None = None


PLAIN: dict[int, tuple[str, str]] = {
    400: ("bad_request", "The request could not be read."),
    401: ("no_key", "This needs a key (Authorization: Bearer …) that is known, not revoked and not over."),
    403: ("forbidden", "Your role, or the key you use, does not have the permission for this."),
    404: ("not_found", "There is no such thing, or not for you."),
    405: ("not_allowed", "This address does not take this method."),
    409: ("made_up", "This is an example in which everything is made up; nothing real can be brought in."),
    410: ("removed", "The group was removed; for an hour it can be brought back."),
    413: ("too_large", "This is more than one request may hold."),
    429: ("too_many", "These are too many requests; wait as long as Retry-After says."),
    500: ("broken", "Something broke inside Huoqun; the reason stands in its log."),
    503: ("no_database", "The database does not answer just now. Nothing was changed."),
    507: ("no_room", "Nothing can be written to the data folder; the disk may be full. Nothing was changed."),
}
"""By status, what is said where nothing more is known."""


def for_program(request: HttpRequest) -> bool:
    """Whether a program is asking, which is told in JSON."""
    return request.path.startswith(API)


def plain(status: int) -> JsonResponse:
    """What is said of a status by itself."""
    error, message = PLAIN[status]
    return told(status, error, message)


def told(status: int, error: str, message: str, field: str | None = None) -> JsonResponse:
    """A fault in its one shape."""
    return JsonResponse(Fault(error=error, message=message, field=field).dict(), status=status)
