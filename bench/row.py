"""A row of the benchmark table: some work, how fast ours is, and against what in the same run."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One measured work."""

    work: str
    ours: str
    reference: str
    ratio: float | None
    """How many times faster than the reference; None where there is none."""
    aim: str
    met: bool | None
    """Whether the aim was reached; None where there is none."""

    def __str__(self) -> str:
        ratio = "" if self.ratio is None else f"{self.ratio:.1f} x"
        met = {True: "yes", False: "no", None: ""}[self.met]
        return f"| {self.work} | {self.ours} | {self.reference} | {ratio} | {self.aim} | {met} |"


HEAD = "| work | ours | reference | ratio | aim | reached |\n| --- | --- | --- | --- | --- | --- |"
