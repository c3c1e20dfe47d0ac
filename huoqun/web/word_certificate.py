"""Words of certificates, showcases and what staff put into a group by hand."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

SHOWN: dict[str, Book] = {
    "certificate_deed": {
        "course": _("has completed the course"),
        "challenge": _("has finished the challenge"),
        "homework": _("has done the homework"),
    },
    "certificate_sum": {
        "course": _("%(done)s of %(all)s sessions"),
        "challenge": _("%(done)s of %(all)s days"),
        "homework": _("%(done)s of %(all)s marks"),
    },
    "exhibit": {
        "": _("the member has not said yet"),
        "named": _("the member says yes, with their name"),
        "nameless": _("the member says yes, without their name"),
        "no": _("the member says no"),
    },
    "deed": {
        "activity.void_certificate": _("voided a certificate"),
        "activity.restore_certificate": _("let a certificate hold again"),
        "activity.hang": _("chose a work for everybody to see"),
        "activity.take_down": _("took a work down"),
        "showcase.keep": _("changed a page for everybody"),
        "outbox.put": _("put a picture among what is to be sent"),
    },
    "refused": {
        "certificate_not_yet": _("There is no certificate yet: it is given to whoever has finished."),
        "certificate_void": _("The organisers have voided this certificate. Please ask them."),
        "exhibit_gone": _("This work is not there any more, or was handed in anew."),
        "showcase_address": _("An address has 3 to 40 signs: small letters, digits and hyphens within."),
        "showcase_taken": _("This address is taken. Choose another one."),
        "showcase_settled": _("There is nothing to show yet: settle it first."),
        "showcase_title": _("Give the page a title: the name of the group is not shown to strangers by itself."),
        "outbox_nothing": _("Write something, or choose a picture."),
        "outbox_gone": _("There is no such picture any more."),
        "outbox_groups": _("Choose at least one group."),
    },
}
