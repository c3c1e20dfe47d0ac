"""`huoqun simulate`: a playbook tried on made-up people, in a data folder of its own that is gone afterwards.

Nothing of this installation is read or touched, and nothing that comes out is about anybody: every page and file says
that it is simulated.
"""

import argparse
import gc
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

import orjson

from huoqun.base.file import write_whole
from huoqun.terminal import given
from huoqun.terminal.ready import start
from huoqun.terminal.say import plain, refuse

LEAST, MOST = 5, 5000
LONGEST = 400
GARBAGE = 50_000
"""Objects made until garbage is looked for: what a trial makes is mostly rows, which are gone by themselves."""


def arguments(parser: argparse.ArgumentParser) -> None:
    """What is tried, on how many, for how long."""
    parser.add_argument(
        "playbook", metavar="PLAYBOOK", help="its id in the library (`huoqun playbook list`), or a file"
    )
    parser.add_argument("--people", type=int, default=330, metavar="N", help=f"members, {LEAST} to {MOST} (330)")
    parser.add_argument(
        "--days", type=int, metavar="D", help="days told as `messages`, from the first of the run (the playbook's own)"
    )
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="same seed, same people, same outcome (1)")
    parser.add_argument("--json", metavar="OUT", help="write everything here as JSON (docs/simulate.md)")
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help="what the made-up people speak; default: zh")


def run(args: argparse.Namespace) -> int:
    """Try it and tell; 0 done, 2 wrong use or no playbook."""
    try:
        out = given.target(args.json, [])
        _within(args)
    except given.WrongUse as error:
        return refuse(str(error))
    with tempfile.TemporaryDirectory(prefix="huoqun-simulated-") as folder:
        os.environ["HUOQUN_HOME"] = folder
        os.environ.pop("HUOQUN_DATABASE_URL", None)
        text = _text(args.playbook)
        if text is None:
            return 2
        told = _told(text, args)
        _end()
    if out is not None:
        try:
            write_whole(out, orjson.dumps(told, option=orjson.OPT_INDENT_2).decode() + "\n")
        except OSError as error:
            return refuse(f"nothing was written: {error}")
    _tell(told, out)
    return 0


def _within(args: argparse.Namespace) -> None:
    if not LEAST <= args.people <= MOST:
        raise given.WrongUse(f"--people {args.people}: from {LEAST} to {MOST}")
    if args.days is not None and not 1 <= args.days <= LONGEST:
        raise given.WrongUse(f"--days {args.days}: from 1 to {LONGEST}")
    if args.seed < 0:
        raise given.WrongUse(f"--seed {args.seed}: 0 or more")


def _text(name: str) -> str | None:
    """The playbook's text; None after saying why there is none."""
    texts = dict(start("huoqun.playbooks.library").texts())
    if name in texts:
        return str(texts[name])
    path = Path(name)
    if not path.suffix and not path.exists():
        refuse(f"{name}: no such playbook; there are {', '.join(texts)}")
        return None
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError, ValueError) as error:
        refuse(f"{name}: cannot be read: {getattr(error, 'strerror', None) or 'no UTF-8 text'}")
        return None
    playbook = start("huoqun.playbooks.playbook")
    try:
        playbook.read(text)
    except playbook.Wrong as wrong:
        for mistake in wrong.mistakes:
            print(f"{plain(name)}:{mistake.line}: {mistake.field or 'file'}: {plain(mistake.why)}", file=sys.stderr)
        return None
    return text


def _told(text: str, args: argparse.Namespace) -> dict[str, Any]:
    worker, trial = start("huoqun.worker"), start("huoqun.simulation.trial")
    start("django.core.management").call_command("migrate", verbosity=0)
    gc.freeze()
    gc.set_threshold(GARBAGE, 20, 50)
    days = args.days or trial.read(text).days
    asked = trial.Asked(text, args.people, days, args.seed, args.lang)
    work = start("huoqun.simulation.world").Work(worker.TRIED, worker.PROMPT)
    found = trial.try_out(asked, work=work, progress=_progress)
    told: dict[str, Any] = start("huoqun.simulation.trial_told").outcome(found)
    return told


def _progress(share: float, what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\x1b[Ksimulated: {share:4.0%} {what}" + ("\r\x1b[K" if share >= 1 else ""))
        sys.stderr.flush()


def _end() -> None:
    """Let go of the database before its folder goes."""
    start("django.db").connections.close_all()


def _tell(told: dict[str, Any], out: Path | None) -> None:
    done = sum(step["state"] == "done" for step in told["steps"])
    print(f"simulated: {told['playbook']} on {told['people']} made-up people, seed {told['seed']}")
    state, paths = told["run"]["state"], ", ".join(told["run"]["paths"])
    print(f"  run {state}, {done} of {len(told['steps'])} steps done, paths: {paths}")
    for step in told["steps"]:
        if step["state"] == "failed":
            print(f"  failed: {plain(step['id'])} {step['turn']} {step['due']}: {plain(step['why'])}")
    late = [task for task in told["tasks"] if task["late"]]
    print(f"  {len(told['tasks'])} tasks, {sum(task['minutes'] for task in told['tasks'])} minutes, {len(late)} late")
    for row in told["messages"]:
        print(f"  day {row['day']:>3} {row['date']}  {row['messages']:>6} messages  {row['speakers']:>5} people")
    before, after = told["ties"]["before"], told["ties"]["after"]
    print(f"  ties: {before['number']} before, {after['number']} after")
    if out is not None:
        print(out)
