"""A whole run ran everything, on both databases; the count at its end says so."""

from __future__ import annotations

import pytest

ON_BOTH = """
import pytest

@pytest.mark.parametrize("database_kind", ["sqlite", "postgres"])
def test_on_a_database(database_kind, record_property):
    record_property("database_kind", database_kind)
"""
ON_SQLITE = ON_BOTH.replace(', "postgres"', "")
ON_NEITHER = "def test_nothing(): pass\n"
SKIPPED = "import pytest\ndef test_later(): pytest.skip()\n"
EXPECTED_TO_FAIL = "import pytest\n@pytest.mark.xfail\ndef test_broken(): assert False\n"


def run(pytester: pytest.Pytester, *arguments: str, **files: str) -> pytest.RunResult:
    pytester.makepyfile(**files)
    return pytester.runpytest("-p", "tests.whole_run", *arguments)


def test_the_last_lines_say_how_many_ran_on_which_database(pytester: pytest.Pytester) -> None:
    ended = run(pytester, "--whole", test_both=ON_BOTH, test_neither=ON_NEITHER)

    assert ended.ret == pytest.ExitCode.OK
    ended.stdout.fnmatch_lines(["threegate: 1 tests on sqlite, 1 on postgres, 1 on neither", "*3 passed*"])


@pytest.mark.parametrize("gap", [ON_SQLITE, SKIPPED, EXPECTED_TO_FAIL])
def test_a_whole_run_fails_where_something_was_left_out(pytester: pytest.Pytester, gap: str) -> None:
    ended = run(pytester, "--whole", test_both=ON_BOTH, test_gap=gap)

    assert ended.ret == pytest.ExitCode.TESTS_FAILED
    ended.stdout.fnmatch_lines(["threegate: this run is not whole: *"])


def test_the_workers_of_xdist_are_counted_together(pytester: pytest.Pytester) -> None:
    ended = run(pytester, "--whole", "-n", "2", test_both=ON_BOTH, test_gap=SKIPPED)

    assert ended.ret == pytest.ExitCode.TESTS_FAILED
    ended.stdout.fnmatch_lines(["threegate: 1 tests on sqlite, 1 on postgres, 0 on neither"])
