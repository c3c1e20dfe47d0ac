"""Words of people: fields of the profile, what happened to somebody, why two may be one."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PEOPLE: dict[str, dict[str, str | Promise]] = {
    "field": {
        "called": _("Wants to be called"),
        "city": _("City"),
        "industry": _("Industry"),
        "work": _("Work"),
        "company": _("Company"),
        "interests": _("Interests"),
        "goal": _("Goal"),
        "birthday": _("Birthday"),
        "contact": _("Contact"),
        "offers": _("Offers"),
        "needs": _("Needs"),
    },
    "people_order": {
        "last": _("Who spoke last"),
        "messages": _("Who spoke most"),
    },
    "happened": {
        "first": _("spoke for the first time"),
        "came": _("came"),
        "went": _("left"),
        "removed": _("was removed"),
        "person.merge": _("was found to be one with another account"),
        "person.stratum": _("came to stand in another stratum"),
        "person.unmerge": _("was taken apart again from another account"),
    },
    "column": {
        "": _("Leave out"),
        "account": _("Account"),
        "name": _("Name in the group"),
        "tag": _("Tags"),
        "title": _("Title"),
    },
    "fault": {
        "nobody": _("names nobody"),
        "unknown": _("is not in the group"),
        "ambiguous": _("is the name of several people"),
        "long": _("is too long"),
    },
    "sheet": {
        "empty": _("The file has no line below its headings."),
        "lines": _("The file has more lines than one list may have; split it."),
        "several": _("Give one table, not a folder of files."),
        "old_office": _("This is an old Excel file. Save it as .xlsx or CSV, then give it again."),
    },
    "sameness": {
        "account": _("The network gave both the same id"),
        "name": _("Both bear the same uncommon name"),
        "rename": _("The network announced the new name"),
    },
}
