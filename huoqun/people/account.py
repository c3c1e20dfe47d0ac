"""The account with which a member of staff logs in, over all workspaces of an installation. Members have none.

Passwords, second factors, sessions and rate limits are django-allauth's; `Account` is only who it is.
"""

from datetime import datetime

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BooleanField, CharField, EmailField

from huoqun.base.table import Table

LONGEST_NAME = 80


class BadAccount(ValueError):
    """What was given for an account cannot be taken: `wrong` says why, by field."""

    def __init__(self, wrong: dict[str, list[str]]) -> None:
        super().__init__(wrong)
        self.wrong = wrong


class Taken(Exception):
    """There is an account with this address already."""


class Account(AbstractBaseUser, Table):
    """Somebody who logs in. `keeper`: keeps the installation, and may open workspaces."""

    email = EmailField(unique=True)
    """In lower case."""
    name = CharField(max_length=LONGEST_NAME)
    keeper = BooleanField(default=False)
    is_active = BooleanField(default=True)

    objects = BaseUserManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    class Meta(Table.Meta):
        pass

    def __str__(self) -> str:
        return self.name or self.email


def nobody_yet() -> bool:
    """Whether the installation has no account: the first to come makes it."""
    return not Account.objects.exists()


def checked(*, email: str, name: str, password: str, now: datetime) -> Account:
    """An account that is not saved yet. Raises BadAccount."""
    account = Account(email=email.strip().lower(), name=" ".join(name.split()), created=now)
    account.password = "-"  # noqa: S105
    wrong: dict[str, list[str]] = {}
    try:
        account.clean_fields()
    except ValidationError as error:
        wrong.update(error.message_dict)
    try:
        validate_password(password, account)
    except ValidationError as error:
        wrong["password"] = list(error.messages)
    if wrong:
        raise BadAccount(wrong)
    account.set_password(password)
    return account


def set_password(account: Account, password: str) -> None:
    """Another password; every session of the account ends with the old one. Raises BadAccount."""
    try:
        validate_password(password, account)
    except ValidationError as error:
        raise BadAccount({"password": list(error.messages)}) from error
    account.set_password(password)
    account.save()


def open_account(*, email: str, name: str, password: str, keeper: bool = False, now: datetime) -> Account:
    """Make an account. Raises BadAccount, Taken."""
    account = checked(email=email, name=name, password=password, now=now)
    account.keeper = keeper
    with transaction.atomic():
        if Account.objects.filter(email=account.email).exists():
            raise Taken
        account.save(force_insert=True)
    return account
