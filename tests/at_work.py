"""People at work: accounts in roles, and browsers that are logged in as them."""

from django.test import Client

from huoqun.base import clock
from huoqun.people import staff
from huoqun.people.account import Account, open_account
from huoqun.people.group import Group
from huoqun.people.staff import Staff
from huoqun.people.workspace import Workspace, local

PASSWORD = "three odd words"
HEADERS = {"host": "127.0.0.1", "accept-language": "zh-CN"}


def account(email="boss@example.org", keeper=False) -> Account:
    found = Account.objects.filter(email=email).first()
    return found or open_account(
        email=email, name=email.split("@")[0], password=PASSWORD, keeper=keeper, now=clock.now()
    )


def hire(workspace: Workspace, role="owner", groups=(), email=None) -> Staff:
    who = account(email or f"{role}@{workspace.slug}.example.org", keeper=role == "owner")
    found = staff.staff_of(who, workspace)
    if found is None:
        found = Staff.objects.create(workspace=workspace, account=who, role=role, created=clock.now())
        found.groups.set(groups)
    return found


def browser(member: Staff, **extra) -> Client:
    client = Client(**{"headers": HEADERS} | extra)
    client.force_login(member.account)
    return client


def owner(**extra) -> Client:
    """A browser of the owner of the first workspace."""
    return browser(hire(local(now=clock.now())), **extra)


def group(workspace: Workspace, name="练习群") -> Group:
    row = Group(
        workspace=workspace,
        name=name,
        network="wechat",
        zone="Asia/Shanghai",
        zone_source="default",
        created=clock.now(),
    )
    row.save(force_insert=True)
    return row
