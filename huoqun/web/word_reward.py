"""Words of rewards: what points are for, honours, the shop, talk, what was changed, and why something was not done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Book = dict[str, str | Promise]

LOGGED: Book = {
    "rewards.levels": _("changed the levels"),
    "rewards.talk": _("changed what talk is worth"),
    "rewards.budgets": _("changed the points of a month"),
    "rewards.rule": _("kept the rule of an honour"),
    "rewards.unrule": _("removed the rule of an honour"),
    "rewards.give": _("gave an honour"),
    "shop.ware": _("changed the shop"),
    "shop.remove": _("took something out of the shop"),
    "shop.redeem": _("handed over an order"),
    "prize.record": _("wrote down what a sponsor gave"),
    "prize.use": _("used what a sponsor gave"),
    "prize.return": _("wrote down what a sponsor got"),
    "prize.remove": _("took a sponsor's gift off the list"),
}
HAPPENED: Book = {
    "shop.order": _("ordered for points"),
    "shop.redeem": _("got what was ordered"),
    "shop.cancel": _("an order was cancelled"),
    "honour.badge": _("got a badge"),
    "honour.title": _("got a title"),
}
VALUE: Book = {
    "levels": _("Levels"),
    "talk": _("Talk"),
    "since": _("Since"),
    "budgets": _("Points a month"),
    "price": _("Price"),
    "left": _("In stock"),
}
EARNED_FOR: Book = {
    "talk": _("Talking in the group"),
    "by_hand": _("Given by hand"),
    "shop.order": _("The shop"),
}
ACTIVITY_POINTS: Book = {
    "took_part": _("taking part"),
    "check_in": _("checking in"),
    "attend": _("attending"),
    "win": _("winning"),
    "proof": _("what was shown"),
}
REWARD: dict[str, Book] = {
    "earned_for": EARNED_FOR,
    "activity_points": ACTIVITY_POINTS,
    "reward_part": {
        "rewards": _("Ledger"),
        "reward_board": _("Boards"),
        "reward_levels": _("Levels and talk"),
        "reward_honours": _("Badges and titles"),
        "reward_shop": _("Shop"),
        "reward_orders": _("Orders"),
        "reward_prizes": _("Sponsors"),
    },
    "honour": {"badge": _("Badge"), "title": _("Title of honour")},
    "asked_of": {"points.earned": _("Points ever earned"), "messages.said": _("Messages in all groups")},
    "shop": {"ordered": _("To be handed over"), "redeemed": _("Handed over"), "cancelled": _("Cancelled")},
    "period": {"week": _("This week"), "month": _("This month"), "all": _("Ever")},
    "talk": {
        "counts": _("Counted"),
        "short": _("Said too little"),
        "soon": _("Too soon after the last"),
        "alike": _("Like another one of that day"),
        "copied": _("Said by somebody else, or the same days before"),
        "worn": _("Over what a day is worth"),
    },
    "talk_rule": {
        "each": _("Points of a message"),
        "full": _("Messages that bring all of it; after so many again it is half"),
        "cap": _("Points a day at most"),
        "gap": _("Seconds after a message in which none counts"),
        "least": _("Different letters a message needs"),
        "alike": _("Per cent in common from which two messages are the same"),
    },
    "reward_refused": {
        "short": _("There are not enough points."),
        "reversed": _("That was taken back before."),
        "amount": _("Points are whole numbers from 1 to a million."),
        "budget": _("The points of this month are used up."),
        "nobody": _("Nobody of that name is here. Copy the name as it stands in the group."),
        "several": _("Several people bear this name. Give their account instead; it stands on their page."),
        "why": _("Please say why."),
        "stair": _("Levels begin at 0, rise from line to line, and have different names: “name = points”."),
        "number": _("Please give a whole number."),
        "rule": _("A rule needs a name and at least one thing it asks for."),
        "ware": _("Something in the shop needs a name and a price from 1 to a million points."),
        "prize": _("A gift needs a sponsor, a name, and at least one piece."),
        "none_left": _("There are not so many left."),
        "sold_out": _("There are not so many left."),
        "too_many": _("That is more than one may have of it."),
        "not_there": _("That is not there any more."),
        "settled": _("That order was handed over or cancelled before."),
        "code": _("No order has this code."),
        "image": _("This is not a picture that can be read (JPEG, PNG, WebP or GIF, up to 12 MB)."),
        "unknown": _("There is no such thing to do here."),
    },
}
