"""Every step ends in one sentence, whatever is raised."""

from pathlib import Path

import pytest

import step
from card import CardError
from errors import DataError


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        pytest.param(DataError("The data is\nempty."), 2, "The data is empty.", id="data"),
        pytest.param(CardError("The card is full."), 2, "The card is full.", id="card"),
        pytest.param(
            KeyError("price"), 1, "The step failed (KeyError: 'price'); its log has the traceback.", id="bug"
        ),
        pytest.param(MemoryError(), 1, "The machine has too little memory", id="memory"),
        pytest.param(OSError(28, "No space left on device"), 1, "No space left on device", id="disk"),
        pytest.param(DataError("x" * 5000), 2, "x" * 1024, id="long"),
    ],
)
def test_a_failure_is_one_sentence_where_people_look(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    error: Exception,
    code: int,
    sentence: str,
) -> None:
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))

    def fail() -> None:
        raise error

    with pytest.raises(SystemExit) as end:
        step.run(fail)
    assert end.value.code == code
    for name in ("message", "failure"):
        text = (tmp_path / "output" / name).read_text(encoding="utf-8")
        assert sentence in text
        assert "\n" not in text
        assert "Traceback" not in text
        assert len(text) <= 1024
    assert ("Traceback" in capsys.readouterr().err) == (code == 1)


@pytest.mark.parametrize("value", ["-log10(p)", "--seed", "-1", "", "a b", "=x"])
def test_a_value_that_begins_with_a_dash_is_a_value(value: str) -> None:
    parser = step.Arguments(None)
    parser.add_argument("--target")
    parser.add_argument("--seed", type=int)
    given = parser.given(["--target", value, "--seed", "-1"])
    assert (given.target, given.seed) == (value, -1)
