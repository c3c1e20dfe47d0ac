"""The same tests on a real PostgreSQL: jobs, claims, histories and imports must not depend on the database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.postgres import Missing, server

ROOT = Path(__file__).parent.parent
SAME = [
    "tests/test_job.py",
    "tests/test_history.py",
    "tests/test_person.py",
    "tests/test_forgetting.py::test_nothing_of_an_erased_person_is_left",
    "tests/test_forgetting.py::test_names_without_ids_go_with_all_their_names_and_others_of_the_name_stay",
    "tests/test_segment.py",
    "tests/test_piece.py",
    *(
        f"tests/test_upload.py::test_{name}"
        for name in (
            "overlapping_files_merge_whatever_comes_first",
            "an_import_that_dies_anywhere_is_repeated_without_doubling",
            "a_removed_group_comes_back_or_is_gone_for_good",
            "a_change_of_the_card_or_a_mark_makes_the_diagnosis_anew",
        )
    ),
    *(
        f"tests/test_{name}.py"
        for name in (
            *(
                "burst",
                "run",
                "slot",
                "sitting",
                "selling_guard",
                "member_card",
                "merged_dealing",
                "plan",
                "portfolio",
                "removed_group",
                "roll",
            ),
            *(
                "occasion",
                "clockwork",
                "watchdog",
                "standing",
                "stratum",
                "survey",
                "survey_facts",
                "survey_pages",
                "reward",
                "group_buy",
                "course",
            ),
        )
    ),
    "tests/test_pages.py::test_strange_questions_get_the_list",
    "tests/test_pick.py",
]


@pytest.fixture(scope="session")
def postgres():
    """The URL of a server that ends with the tests."""
    try:
        with server() as url:
            yield url
    except Missing as why:
        pytest.skip(str(why))


def test_everything_holds_on_postgresql(postgres):
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUOQUN_", "PYTEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *SAME],
        cwd=ROOT,
        env=environment | {"HUOQUN_DATABASE_URL": postgres},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "passed" in done.stdout
