import subprocess
from pathlib import Path

import pytest

from rehearsal import data
from tests.seed_code.seeds import Seed

ROWS = [f"{number},{'red' if number % 2 else 'blue'},{number % 3}" for number in range(60)]


def write(folder: Path, *lines: str, header: str = "size,colour,count") -> Path:
    path = folder / "data.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding="utf-8")
    return path


def test_the_default_is_a_real_data_set_of_a_pinned_package() -> None:
    default = data.default()
    assert (default.rows, default.target, len(default.columns)) == (344, "species", 8)
    assert len(default.sample) == 344


@pytest.mark.parametrize(
    ("header", "lines", "target", "dropped"),
    [
        pytest.param("size,colour,count", ROWS, "colour", 0, id="classes"),
        pytest.param("size,colour,count", ROWS, "size", 0, id="numbers"),
        pytest.param("size,-log10(p),count", ROWS, "-log10(p)", 0, id="a dash before the target"),
        pytest.param("size,colour,count", [*ROWS, "1,,2", "2,NA,1"], "colour", 2, id="missing target"),
        pytest.param("size,colour,count", [*ROWS, "", ""], "colour", 0, id="blank lines"),
        pytest.param('size,"colour, of it",count', ROWS, "colour, of it", 0, id="quoted header"),
        pytest.param("\ufeffsize,colour,count", ROWS, "size", 0, id="byte order mark"),
        pytest.param(
            "size;colour;count", [row.replace(",", ";") for row in ROWS], "size", 0, id="semicolons"
        ),
    ],
)
def test_good_data_is_accepted(
    tmp_path: Path, header: str, lines: list[str], target: str, dropped: int
) -> None:
    checked = data.check(write(tmp_path, *lines, header=header), target)
    assert (checked.rows, checked.dropped) == (len(ROWS), dropped)
    assert {len(row) for row in checked.sample} == {2}
    assert len(checked.findings) == dropped


@pytest.mark.parametrize(
    ("content", "target", "says"),
    [
        pytest.param(b"", "colour", "data.csv is empty", id="empty"),
        pytest.param(b"\x89PNG\r\n\x1a\n", "colour", "is a picture", id="picture"),
        pytest.param(b"size,colour\n1,red\n", "color", 'did you mean "colour"?', id="misspelt target"),
        pytest.param(b"size,colour\n1,red,2\n", "colour", "line 2, has 3 cells", id="ragged"),
        pytest.param(b"size,colour\n1,red\n", "colour", "at least 30 are needed", id="too few rows"),
    ],
)
def test_bad_data_gets_the_sentence_of_the_pipeline(
    tmp_path: Path, content: bytes, target: str, says: str
) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(data.DataError) as raised:
        data.check(path, target)
    message = str(raised.value)
    assert says in message
    assert "\n" not in message
    assert message.endswith((".", "?"))


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(data.DataError, match="There is no file"):
        data.check(tmp_path / "absent.csv", "target")
    with pytest.raises(data.DataError, match="is not a file"):
        data.check(tmp_path, "target")


def test_the_sample_holds_the_cells_beside_the_target(tmp_path: Path) -> None:
    path = write(tmp_path, *ROWS, '7,"a, b",1')
    sample = data.check(path, "colour").sample
    assert sample[:2] == (("0", "0"), ("1", "1"))
    assert sample[-1] == ("7", "1")
    assert data.check(path, "count").sample[-1] == ("7", "a, b")


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("size,colour\n1,red\n", id="too few rows"),
        pytest.param("\n".join(["size,colour", *(f"{n},{n // 2}x" for n in range(60))]), id="small classes"),
        pytest.param("\n".join(["size,colour", *(f"x,{n % 2}" for n in range(60))]), id="no feature"),
        pytest.param("\n".join(["size,colour", *(f"{n % 9},{n % 2}" for n in range(60))]), id="good"),
    ],
)
def test_the_pipeline_is_the_same_gatekeeper(tmp_path: Path, text: str) -> None:
    """What the check accepts, Preprocess does, and the other way round, in the same words."""
    path = tmp_path / "processing" / "input" / "data" / "data.csv"
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    try:
        data.check(path, "colour")
        said = ""
    except data.DataError as error:
        said = str(error)
    seed = Seed("build_from_s3")
    done = subprocess.run(
        [seed.environment() / "bin" / "python", seed.folder / "src" / "preprocess.py", "--target", "colour"],
        env={"SAGEMAKER_BASE_DIR": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr.strip()) == ((2, said) if said else (0, ""))
