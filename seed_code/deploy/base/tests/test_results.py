"""What pytest found, read from the file that it wrote itself."""

from pathlib import Path

import pytest

from deploy.results import Results, ResultsError

SUITE = """
import pytest

@pytest.fixture
def broken():
    raise RuntimeError

@pytest.fixture
def left_behind():
    yield
    raise RuntimeError

@pytest.fixture(scope="session", autouse=True)
def measured(record_testsuite_property):
    record_testsuite_property("latency_ms", 12.5)
    record_testsuite_property("region", "eu-west-1")
    record_testsuite_property("nothing", float("nan"))

@pytest.mark.parametrize("number", [1, 2])
def test_good(number): pass
def test_bad(): assert 1 == 2
def test_broken(broken): pass
def test_bad_twice(left_behind): assert 1 == 2
@pytest.mark.skip
def test_later(): pass
"""


def test_each_test_counts_once(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(SUITE, encoding="utf-8")
    file = tmp_path / "results.xml"
    assert pytest.main([str(tmp_path), f"--junitxml={file}", f"--rootdir={tmp_path}"]) == 1
    results = Results.read(file)
    assert results == Results(
        passed=2,
        failed=("test_it.test_bad", "test_it.test_broken", "test_it.test_bad_twice"),
        skipped=("test_it.test_later",),
        measured={"latency_ms": 12.5},
    )


@pytest.mark.parametrize(
    ("failed", "skipped", "complete"),
    [((), (), True), (("a",), (), False), ((), ("a",), False)],
    ids=["all-passed", "one-failed", "one-skipped"],
)
def test_only_tests_that_ran_and_passed_are_complete(
    failed: tuple[str, ...], skipped: tuple[str, ...], *, complete: bool
) -> None:
    results = Results(passed=3, failed=failed, skipped=skipped, measured={})
    assert results.complete == complete


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param(None, "holds no results of pytest", id="missing"),
        pytest.param("<testsuites>", "holds no results of pytest", id="cut-off"),
        pytest.param("<testsuites/>", "names no test that ran", id="empty"),
        pytest.param(
            '<testsuite><testcase name="a"><skipped/></testcase></testsuite>',
            "names no test that ran",
            id="all-skipped",
        ),
    ],
)
def test_a_file_without_results_is_refused(tmp_path: Path, text: str | None, sentence: str) -> None:
    file = tmp_path / "results.xml"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ResultsError, match=sentence):
        Results.read(file)
