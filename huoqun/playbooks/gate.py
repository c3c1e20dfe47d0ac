"""The gate: the condition that it, an `if`, a wait or a branch asks of the group, in a line that an operator can read.

`pulse >= 80% and speakers_7 > 10`, `not (answered < 20%)`. Names are facts of the run (`playbooks/fact`), numbers may
have a percent sign. Nothing else is understood: no call, no text, no arithmetic.
"""

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], tuple[str, Callable[[float, float], bool]]] = {
    ast.Lt: ("<", operator.lt),
    ast.LtE: ("<=", operator.le),
    ast.Gt: (">", operator.gt),
    ast.GtE: (">=", operator.ge),
    ast.Eq: ("==", operator.eq),
    ast.NotEq: ("!=", operator.ne),
}
LONGEST = 300
LARGEST = 1e15


class Unclear(ValueError):
    """The line is no condition; the message says why."""


@dataclass(frozen=True)
class Missed:
    """A comparison that does not hold: the fact, what it is (None: not known), what it should be."""

    fact: str
    actual: float | None
    sign: str
    wanted: float


@dataclass(frozen=True)
class Condition:
    """A condition that was read: its line, the facts it asks for."""

    text: str
    facts: frozenset[str]
    tree: ast.expr

    def holds(self, known: Mapping[str, float | None]) -> bool | None:
        """Whether it holds; None where that hangs on a fact that is not known."""
        return _holds(self.tree, known)

    def missed(self, known: Mapping[str, float | None]) -> list[Missed]:
        """Every comparison that does not hold, for those who wait at a gate."""
        found = []
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Compare) and _holds(node, known) is not True:
                assert isinstance(node.left, ast.Name)
                wanted = node.comparators[0]
                assert isinstance(wanted, ast.Constant) and isinstance(wanted.value, int | float)
                sign = _COMPARE[type(node.ops[0])][0]
                found.append(Missed(node.left.id, known.get(node.left.id), sign, float(wanted.value)))
        return found


def read(text: str) -> Condition:
    """The condition that a line says. Raises Unclear."""
    if len(text) > LONGEST:
        raise Unclear(f"longer than {LONGEST} characters")
    plain = re.sub(r"(\d+(?:\.\d+)?)\s*%", lambda found: repr(float(found[1]) / 100), text.strip())
    try:
        tree = ast.parse(plain, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Unclear("say for example `pulse >= 80% and speakers_7 > 10`") from error
    facts: set[str] = set()
    _check(tree, facts)
    return Condition(text.strip(), frozenset(facts), tree)


def _check(node: ast.expr, facts: set[str]) -> None:
    if isinstance(node, ast.BoolOp):
        for each in node.values:
            _check(each, facts)
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        _check(node.operand, facts)
    elif isinstance(node, ast.Compare):
        if len(node.ops) > 1 or type(node.ops[0]) not in _COMPARE:
            raise Unclear("one comparison at a time: `a > 1 and a < 5`")
        right = node.comparators[0]
        if not isinstance(node.left, ast.Name):
            raise Unclear("a fact stands on the left, a number on the right")
        number = right.value if isinstance(right, ast.Constant) else None
        if isinstance(number, bool) or not isinstance(number, int | float) or number > LARGEST:
            raise Unclear(f"{node.left.id} is compared with a number")
        facts.add(node.left.id)
    else:
        raise Unclear("only comparisons, `and`, `or`, `not` and brackets")


def _holds(node: ast.expr, known: Mapping[str, float | None]) -> bool | None:
    """In three values, as SQL has them: what hangs on something unknown is unknown."""
    if isinstance(node, ast.BoolOp):
        told = [_holds(each, known) for each in node.values]
        settles = isinstance(node.op, ast.Or)
        return settles if settles in told else None if None in told else not settles
    if isinstance(node, ast.UnaryOp):
        inner = _holds(node.operand, known)
        return None if inner is None else not inner
    assert isinstance(node, ast.Compare) and isinstance(node.left, ast.Name)
    actual, right = known.get(node.left.id), node.comparators[0]
    assert isinstance(right, ast.Constant) and isinstance(right.value, int | float)
    return None if actual is None else _COMPARE[type(node.ops[0])][1](actual, right.value)
