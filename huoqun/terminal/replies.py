"""`huoqun replies`: which line of an export answers which."""

import argparse

from huoqun.chat.intake import read
from huoqun.chat.refusal import NotAChat
from huoqun.insight.answer_lines import write_links
from huoqun.terminal import given
from huoqun.terminal.say import refuse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("file", metavar="FILE", help="a chat export, or IRC text")
    parser.add_argument("--out", required=True, metavar="LINKS", help="written as line<TAB>answers_line, from line 0")
    parser.add_argument("--tz", metavar="ZONE", help="the group's time zone; default: the file's, else Asia/Shanghai")


def run(args: argparse.Namespace) -> int:
    """Read, infer, write; 0 done, 2 not a chat or wrong use."""
    try:
        out = given.target(args.out)
        assert out is not None
        chat = read(given.paths([args.file]), zone=given.zone(args.tz))
        write_links(chat, out)
    except (given.WrongUse, NotAChat) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"nothing was written: {error}")
    return 0
