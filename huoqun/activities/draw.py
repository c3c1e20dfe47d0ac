"""The draw of a Huoqun lottery, and its proof. This file stands alone: Python 3.8 or newer, nothing to install.

    python3 draw.py lottery.json                      checks a published lottery, also before it is drawn
    python3 draw.py lottery.json --mine CODE NAME     also finds your own line: the code on your page, your name then

How it is drawn, so that nobody can steer it:

1. When it opens, a secret seed is made; its SHA-256 is published (`commitment`).
2. When it closes, everybody who takes part gets a number and a line `number chances digest`, where `digest` is the
   SHA-256 of `code:name`. The lines are published; so is the SHA-256 of all of them (`list_sha256`).
3. If the organisers named a number of the outside world beforehand (a public lottery, an index of a later day), it is
   read now (`outside`), else it is empty.
4. Ticket t (1 to `chances`) of a number is HMAC-SHA256(seed, "list_sha256|outside|number|t"), in hexadecimal. Each
   number stands where its smallest ticket stands; the smallest wins the first prize, and so on. A number wins once.
5. The seed is published. Anybody can hash it, and draw again.
6. If a winner is put out, with a reason said in public, the first number in that order which has neither won nor been
   put out gets that very prize. Nobody else's prize changes.
"""

import hashlib
import hmac
import json
import sys
from typing import Any, Dict, List, Sequence, Tuple  # noqa: UP035

FORMAT = "huoqun-lottery-1"


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def line_digest(code: str, name: str) -> str:
    """What stands in the list for somebody, whom only those recognise who know the code."""
    return sha256(f"{code}:{name}")


def list_sha256(entries: Sequence[Dict[str, Any]]) -> str:  # noqa: UP006
    """The fingerprint of the frozen list: who takes part, with how many chances."""
    return sha256("".join(f"{e['number']} {e['chances']} {e['digest']}\n" for e in entries))


def order(seed: str, entries: Sequence[Dict[str, Any]], outside: str = "") -> List[int]:  # noqa: UP006
    """All numbers, who wins first before all others."""
    frozen, key = list_sha256(entries), seed.encode("utf-8")

    def smallest(entry: Dict[str, Any]) -> str:  # noqa: UP006
        said = [f"{frozen}|{outside}|{entry['number']}|{t}" for t in range(1, entry["chances"] + 1)]
        return min(hmac.new(key, text.encode("utf-8"), hashlib.sha256).hexdigest() for text in said)

    return [number for _place, number in sorted((smallest(e), e["number"]) for e in entries)]


def first_draw(numbers: Sequence[int], counts: Sequence[int]) -> List[Tuple[int, int]]:  # noqa: UP006
    """(prize, number) of each winner, prizes in their order; prizes without anybody left to win them stay."""
    prizes = [prize for prize, count in enumerate(counts) for _ in range(count)]
    return list(zip(prizes, numbers))  # noqa: B905


def successor(numbers: Sequence[int], used: Sequence[int]) -> "int | None":
    """The first number in the order that has neither won nor been put out; None where nobody is left."""
    return next((n for n in numbers if n not in set(used)), None)


def check(told: Dict[str, Any]) -> List[str]:  # noqa: UP006
    """What is wrong with a published lottery; empty where all of it holds."""
    if told.get("format") != FORMAT:
        return [f"this is not a file of the format {FORMAT}"]
    entries, wrong = told["entries"], []
    if sorted(e["number"] for e in entries) != list(range(1, len(entries) + 1)):
        wrong.append("the numbers are not 1, 2, 3 … without gaps")
    if any(type(e["chances"]) is not int or e["chances"] < 1 for e in entries):
        wrong.append("somebody has no chance, or not a whole number of them")
    if entries and told["list_sha256"] != list_sha256(entries):
        wrong.append("the list is not the one whose fingerprint was published")
    if wrong or not told["seed"]:
        return wrong
    if sha256(told["seed"]) != told["commitment"]:
        wrong.append("the seed is not the one that was committed to")
    numbers = order(told["seed"], entries, told["outside"])
    drawn = first_draw(numbers, [prize["count"] for prize in told["prizes"]])
    if drawn != [(w["prize"], w["number"]) for w in told["drawn"]]:
        wrong.append("the draw gives other winners than published")
    return wrong + _replaced(told, numbers, drawn)


def _replaced(told: Dict[str, Any], numbers: Sequence[int], drawn: Sequence[Tuple[int, int]]) -> List[str]:  # noqa: UP006
    wrong, stands = [], list(drawn)
    used = [number for _prize, number in drawn]
    for turn in told["replaced"]:
        if (turn["prize"], turn["out"]) not in stands or turn["in"] != successor(numbers, used):
            wrong.append(f"number {turn['out']} was replaced by {turn['in']}, who was not next")
            continue
        if not turn["reason"].strip():
            wrong.append(f"number {turn['out']} was put out without a reason")
        place = stands.index((turn["prize"], turn["out"]))
        stands[place : place + 1] = [(turn["prize"], turn["in"])] if turn["in"] is not None else []
        used.append(turn["in"])
    if stands != [(w["prize"], w["number"]) for w in told["winners"]]:
        wrong.append("the winners are not those of the draw and the replacements")
    return wrong


def main(arguments: Sequence[str]) -> int:
    """Check a file; 0 where all of it holds."""
    if not arguments:
        print(__doc__)
        return 2
    with open(arguments[0], encoding="utf-8") as file:
        told = json.load(file)
    wrong = check(told)
    for each in wrong:
        print("WRONG:", each)
    if not wrong:
        print("commitment ", told["commitment"])
        print("list       ", told["list_sha256"] or "not frozen yet", f"({len(told['entries'])} entries)")
        for w in told["winners"]:
            print(f"number {w['number']} wins: {told['prizes'][w['prize']]['name']}")
        print("All of it holds." if told["seed"] else "It is not drawn yet. Keep this file and compare it later.")
    if len(arguments) == 4 and arguments[1] == "--mine":
        mine = line_digest(arguments[2], arguments[3])
        found = [e for e in told["entries"] if e["digest"] == mine]
        print(f"your line: number {found[0]['number']}" if found else "WRONG: your line is not in the list")
        return 1 if wrong or not found else 0
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
