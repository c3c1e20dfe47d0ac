"""Words of groups: their alerts, their place in the tree, how they are run."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

GROUP: dict[str, dict[str, str | Promise]] = {
    "alert": {
        "any": _("Any alert"),
        "late": _("Not done in time"),
        "worse": _("Got worse"),
        "slipped": _("Below its own normal"),
        "owner_silent": _("Owner silent"),
        "questions": _("Questions pile up"),
        "full": _("Almost full"),
        "stale": _("Export is old"),
    },
    "study": {
        "rival": _("Rival community"),
        "interview": _("Interview"),
        "conclusion": _("Conclusion"),
    },
    "study_state": {"open": _("Not done"), "late": _("Overdue"), "done": _("Done")},
    "measure": {
        "pulse": _("Messages a day"),
        "speakers": _("People who spoke"),
        "speakers_a_day": _("Speakers a day"),
        "newcomers_a_week": _("Newcomers a week"),
        "ties_a_person": _("Strong ties each"),
    },
    "measuring": {
        "waiting": _("Waiting"),
        "reading": _("Reading the archive"),
        "measuring": _("Measuring"),
    },
    "carer": {"me": _("Me"), "nobody": _("Nobody")},
    "branch": {
        "": _("Stands alone"),
        "main": _("Main group"),
        "local": _("Local group"),
        "project": _("Project group"),
    },
    "layout": {"": _("Not said"), "region": _("By region"), "loyalty": _("By loyalty"), "time": _("By time")},
    "way": {
        "": _("As proposed"),
        "intensive": _("Intensive: everybody by name"),
        "strategic": _("Strategic: through the core"),
        "targeted": _("Targeted: some at a time"),
    },
}
