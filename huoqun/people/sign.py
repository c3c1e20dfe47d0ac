"""The sign: what speaks for or against two persons being one, read from their accounts."""

from collections.abc import Iterable
from dataclasses import dataclass

from huoqun.people.dossier import Presence

ACCOUNT, NAME, IDS, TOGETHER = "account", "name", "ids", "together"


@dataclass(frozen=True)
class Sign:
    """One observation: `what` it is, what is shared, and whether it speaks for them being one."""

    what: str
    shared: str
    speaks_for: bool


def signs(mine: Iterable[Presence], theirs: Iterable[Presence]) -> list[Sign]:
    """What two persons share, and what tells them apart. For: one id of a network in two groups, one name borne by
    both. Against: two ids of one network, both seen in one group (whoever has two accounts there is rare)."""
    mine, theirs = list(mine), list(theirs)
    ids, other_ids = _ids(mine), _ids(theirs)
    found = [Sign(ACCOUNT, account, True) for _, account in sorted(ids & other_ids)]
    found += [Sign(NAME, name, True) for name in sorted(_names(mine) & _names(theirs))]
    apart = {network for network, _ in ids} & {network for network, _ in other_ids} - {n for n, _ in ids & other_ids}
    found += [Sign(IDS, network, False) for network in sorted(apart)]
    groups = {p.identity.group for p in mine} & {p.identity.group for p in theirs}
    return found + [Sign(TOGETHER, group.name, False) for group in sorted(groups, key=lambda g: g.name)]


def _ids(those: Iterable[Presence]) -> set[tuple[str, str]]:
    """Network and account, where the network gave the account."""
    return {(p.identity.group.network, p.identity.account) for p in those if p.identity.group.facts.get("has_ids")}


def _names(those: Iterable[Presence]) -> set[str]:
    return {name for p in those for name in (p.identity.name, *(n.name for n in p.namings))}
