"""Words of activities and surveys."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

SURVEY: dict[str, dict[str, str | Promise]] = {
    "activity": {
        "draft": _("Draft"),
        "open": _("Open"),
        "running": _("Running"),
        "closed": _("Closed"),
        "settled": _("Settled"),
    },
    "question": {
        "one": _("One choice"),
        "many": _("Several choices"),
        "scale": _("Scale"),
        "text": _("Free text"),
        "number": _("Number"),
        "people": _("Members of the group"),
    },
}
