"""The push: what waits for somebody is told to their phone while no page is open. Off until the operator turns it on
(HUOQUN_PUSH); then whoever allows it in a browser has a subscription there.
"""

from django.db.models import CASCADE, CharField, DateTimeField, ForeignKey, PositiveSmallIntegerField

from huoqun.base.table import Table
from huoqun.people.account import Account

LONGEST_ENDPOINT = 1000


class Subscription(Table):
    """A browser that may be told something (推送). `endpoint`: where at its maker's server; `p256dh`, `auth`: the keys
    to which only the browser has the counterpart. `quiet_from`, `quiet_to`: hours on the clock of `zone`."""

    account = ForeignKey(Account, CASCADE, related_name="subscriptions")
    endpoint = CharField(max_length=LONGEST_ENDPOINT, unique=True)
    p256dh = CharField(max_length=100)
    auth = CharField(max_length=40)
    language = CharField(max_length=10, default="zh-hans")
    zone = CharField(max_length=64, default="Asia/Shanghai")
    quiet_from = PositiveSmallIntegerField(default=22)
    quiet_to = PositiveSmallIntegerField(default=8)
    looked = DateTimeField(null=True)
    """When it was looked at last whether there is something to tell."""
    told = DateTimeField(null=True)
    failed = PositiveSmallIntegerField(default=0)
    """How many times in a row its server did not take it."""

    class Meta(Table.Meta):
        pass
