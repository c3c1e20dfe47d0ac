"""`huoqun convert`: an export as normalised messages."""

import argparse

from huoqun.chat.convert import UnknownEnding, write
from huoqun.chat.intake import DifferentGroups, read
from huoqun.chat.refusal import NotAChat
from huoqun.terminal import given
from huoqun.terminal.say import refuse


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command's options."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="chat exports of one group")
    parser.add_argument("--to", required=True, metavar="OUT", help="ends in .parquet, .jsonl (ChatLab layout) or .csv")
    parser.add_argument("--tz", metavar="ZONE", help="the group's time zone; default: the file's, else Asia/Shanghai")


def run(args: argparse.Namespace) -> int:
    """Read and write; 0 done, 2 not a chat or wrong use."""
    try:
        files = given.paths(args.files)
        out = given.target(args.to, files)
        assert out is not None
        chat = read(files, zone=given.zone(args.tz))
        write(chat, out)
    except (given.WrongUse, NotAChat, UnknownEnding) as error:
        return refuse(str(error))
    except DifferentGroups as error:
        return refuse(f"these are files of different groups, convert them one by one: {error}")
    except OSError as error:
        return refuse(f"nothing was written: {error}")
    print(f"{out}: {chat.rows.height} rows, {len(chat.skipped)} damaged places skipped")
    return 0
