"""Words of people: fields of the profile, what happened to somebody, why two may be one."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from huoqun.web.word_dealing import HAPPENED

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
        "person.unmerge": _("was taken apart again from another account"),
        **HAPPENED,
    },
    "sameness": {
        "account": _("The network gave both the same id"),
        "name": _("Both bear the same uncommon name"),
        "rename": _("The network announced the new name"),
    },
}
