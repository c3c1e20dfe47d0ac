"""`huoqun diagnose`: a chat export becomes a verdict, as one self-contained page and as JSON."""

import argparse
from pathlib import Path

from huoqun.base.file import whole_file
from huoqun.chat.intake import DifferentGroups, read
from huoqun.chat.message import Chat
from huoqun.chat.refusal import NotAChat
from huoqun.insight.card import TYPES, Card
from huoqun.insight.diagnosis import diagnose, moment_of
from huoqun.insight.document import Diagnosis
from huoqun.insight.owner import NobodyByThatName, owner_of, staff_of
from huoqun.terminal import given
from huoqun.terminal.say import plain, refuse
from huoqun.web.phrase import Lang, fill
from huoqun.web.verdict import NotBuilt, page

ENOUGH = "B"
"""The last grade of completeness that conclusions are drawn from."""
REFUSED = 3
"""Exit code where the history is too full of holes for conclusions."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="chat exports of one group: files, zips or folders")
    parser.add_argument("--out", metavar="PAGE", help="write the page here, as one HTML file that opens offline")
    parser.add_argument("--json", metavar="FILE", help="write the same content here as JSON (see `huoqun schema`)")
    parser.add_argument("--tz", metavar="ZONE", help="the group's time zone; default: the file's, else Asia/Shanghai")
    parser.add_argument(
        "--as-of", metavar="TIME", help="the moment to judge from; default: the export's, else the last message"
    )
    parser.add_argument("--owner", metavar="NAME", help="the owner's name, where the file does not tell")
    parser.add_argument("--type", metavar="TYPE", choices=TYPES, help=f"the kind of group: {', '.join(TYPES)}")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="language of the page; default: zh")
    parser.add_argument("--anyway", action="store_true", help="conclude even where the history has holes")


def run(args: argparse.Namespace) -> int:
    """Read, diagnose, write; 0 done, 2 not a chat or wrong use, 3 conclusions refused."""
    try:
        files = given.paths(args.files)
        out, json_out = given.targets(args.out, args.json, files)
        chat = read(files, zone=given.zone(args.tz))
        found = diagnosis(chat, args)
    except (given.WrongUse, NotAChat) as error:
        return refuse(str(error))
    except DifferentGroups as error:
        return refuse(f"these are files of different groups, diagnose them one by one: {error}")
    except NobodyByThatName as error:
        return refuse(f"--owner {error}: nobody in this group is called that")
    try:
        write(found, out, json_out, args.lang)
    except (OSError, NotBuilt) as error:
        return refuse(f"nothing was written: {error}")
    tell(found, out, json_out)
    return REFUSED if found.verdict.state == "withheld" and found.completeness.grade > ENOUGH else 0


def diagnosis(chat: Chat, args: argparse.Namespace) -> Diagnosis:
    """The diagnosis of a chat as the options ask for it, with its words."""
    now, source = moment_of(chat) if args.as_of is None else (given.moment(args.as_of, chat.zone), "named")
    owner, owner_source = owner_of(chat, args.owner)
    card = Card(
        zone=chat.zone,
        type=args.type,
        owner=owner,
        owner_source=owner_source,
        staff=staff_of(chat, owner, owner_source),
    )
    found = diagnose(chat, card, now=now, as_of_source=source, anyway=args.anyway)
    return fill(found.model_copy(update={"files": [Path(name).name for name in args.files]}), args.lang)


def write(found: Diagnosis, out: Path | None, json_out: Path | None, lang: Lang) -> None:
    """Page and JSON: both whole, or neither. Raises OSError."""
    made = []
    if out is not None:
        made.append((out, page(found, lang)))
    if json_out is not None:
        made.append((json_out, found.model_dump_json(indent=1)))
    if not made:
        return
    target, text = made[0]
    with whole_file(target) as draft:
        draft.write_text(text, encoding="utf-8")
        for other, words in made[1:]:
            with whole_file(other) as second:
                second.write_text(words, encoding="utf-8")


def tell(found: Diagnosis, out: Path | None, json_out: Path | None) -> None:
    """The verdict in a few lines on stdout."""
    print(plain(f"{found.group or found.format}: {found.verdict.text or found.verdict.state}"))
    for finding in found.findings[:3]:
        print(plain(f"- {finding.title or finding.cause}: {finding.text}"))
    for path in (out, json_out):
        if path is not None:
            print(path)
