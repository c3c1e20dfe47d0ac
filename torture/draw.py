"""New draws: every test that draws its examples runs again with examples nobody has seen."""

import subprocess
import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"


def run(times: int) -> str:
    """Run all tests that draw, so many times over. Raises at the first that fails, with its output."""
    drawing = sorted(str(p) for p in TESTS.glob("test_*.py") if "from hypothesis" in p.read_text(encoding="utf-8"))
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", "--hypothesis-profile=new", *drawing]
    for _ in range(times):
        done = subprocess.run(command, cwd=TESTS.parent, capture_output=True, text=True, check=False)
        if done.returncode:
            raise AssertionError(done.stdout[-5000:])
    return f"{len(drawing)} modules of tests that draw their examples, {times} times with new draws: none failed."
