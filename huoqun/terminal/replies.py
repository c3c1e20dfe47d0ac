"""`huoqun replies`: which line of an export answers which."""

import argparse

from huoqun.chat.intake import read_apart
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
        files = given.paths([args.file])
        out = given.target(args.out, files)
        assert out is not None
        chats = read_apart(files[0], zone=given.zone(args.tz))
        if not chats:
            raise given.WrongUse(f"{args.file}: holds several files; give one of them, lines are those of one file")
        write_links(chats, out)
    except (given.WrongUse, NotAChat) as error:
        return refuse(str(error))
    except OSError as error:
        return refuse(f"nothing was written: {error}")
    return 0
