"""`huoqun password ADDRESS`: a new password for an account, for who sits at the computer Huoqun runs on."""

import argparse
import getpass
import sys

from huoqun.terminal.ready import start
from huoqun.terminal.say import refuse


def arguments(parser: argparse.ArgumentParser) -> None:
    """Whose."""
    parser.add_argument("address", help="the e-mail address the account logs in with")


def run(args: argparse.Namespace) -> int:
    """Ask for it, twice at a terminal; else read one line."""
    accounts = start("huoqun.people.account")
    account = accounts.Account.objects.filter(email=args.address.strip().lower()).first()
    if account is None:
        return refuse(f"there is no account with the address {args.address}")
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        if getpass.getpass("Once more: ") != password:
            return refuse("the two are not the same; nothing was changed")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        accounts.set_password(account, password)
    except accounts.BadAccount as error:
        return refuse(" ".join(error.wrong["password"]))
    print(f"{account.email} has a new password and is logged out everywhere.")
    return 0
