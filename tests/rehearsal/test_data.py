import ast
import csv
from pathlib import Path

import pytest

from rehearsal import data

SEED = Path(__file__).parents[2] / "seed_code" / "build" / "src"
ROWS = [f"{number},{'red' if number % 2 else 'blue'},{number % 3}" for number in range(60)]


def write(folder: Path, *lines: str, header: str = "size,colour,count", encoding: str = "utf-8") -> Path:
    path = folder / "data.csv"
    path.write_text("\n".join((header, *lines)) + "\n", encoding=encoding)
    return path


def test_the_default_is_a_real_data_set_of_a_pinned_package() -> None:
    default = data.default()
    assert (default.rows, default.target, len(default.columns)) == (344, "species", 8)
    assert len(list(default.features())) == 344


@pytest.mark.parametrize(
    ("header", "lines", "target", "dropped"),
    [
        pytest.param("size,colour,count", ROWS, "colour", 0, id="classes"),
        pytest.param("size,colour,count", ROWS, "size", 0, id="numbers"),
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
    assert {len(row) for row in checked.features()} == {2}


@pytest.mark.parametrize(
    ("header", "lines", "target", "says"),
    [
        pytest.param("", [], "colour", "is empty", id="empty"),
        pytest.param("size,colour", [], "colour", "no rows below it", id="header alone"),
        pytest.param("size,colour,count", ROWS, "color", "did you mean 'colour'?", id="misspelt target"),
        pytest.param("size,colour,count", ROWS, "weight", "its columns are 'size'", id="no such target"),
        pytest.param(
            "size,colour,count", ["1,red,2"] * 60, "colour", "'red' in every row", id="constant target"
        ),
        pytest.param(
            "size,colour,count", ["1,,2"] * 60, "colour", "every value of 'colour' is missing", id="no label"
        ),
        pytest.param("size,colour,count", ROWS[:20], "colour", "at least 30", id="too few rows"),
        pytest.param(
            "size,colour", ["1,red", "1,blue"] * 40, "colour", "nothing to predict it from", id="no feature"
        ),
        pytest.param("colour", ["red", "blue"] * 40, "colour", "is not a CSV file", id="one column"),
        pytest.param("size,colour,size", ROWS, "colour", "the column 'size' twice", id="repeated column"),
        pytest.param("size,,count", ROWS, "size", "a column without a name", id="nameless column"),
        pytest.param(
            "size,colour,count", [*ROWS, "1,red,2,3"], "colour", "line 62, has 4 cells", id="ragged"
        ),
        pytest.param("size,colour,count", [*ROWS, '1,"red,2'], "colour", "is not CSV", id="open quote"),
        pytest.param(
            "a,b", [f"{n},name {n}" for n in range(200)], "b", "200 distinct texts", id="target names rows"
        ),
        pytest.param(
            "a,b", [f"{n},name {n // 2}" for n in range(60)], "b", "has 3 rows", id="classes too small"
        ),
        pytest.param(
            "a,b", [f"{n},{'x' * (101 + n % 2)}" for n in range(60)], "b", "has at most 100", id="long label"
        ),
    ],
)
def test_bad_data_gets_one_sentence(
    tmp_path: Path, header: str, lines: list[str], target: str, says: str
) -> None:
    path = write(tmp_path, *lines, header=header)
    with pytest.raises(data.DataError) as raised:
        data.check(path, target)
    message = str(raised.value)
    assert says in message
    assert str(path) in message
    assert "\n" not in message
    assert message[-1] in ".?"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary data", id="picture"),
        pytest.param("größe,farbe\n1,rot\n".encode("latin-1"), "not a CSV file in UTF-8", id="latin-1"),
        pytest.param(b"{}\n", "is not a CSV file", id="JSON"),
        pytest.param(b"  \n\n", "is empty", id="blank"),
    ],
)
def test_what_is_no_csv_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "data.csv"
    path.write_bytes(content)
    with pytest.raises(data.DataError, match=says):
        data.check(path, "target")


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(data.DataError, match="There is no file"):
        data.check(tmp_path / "absent.csv", "target")
    with pytest.raises(data.DataError, match="is not a file"):
        data.check(tmp_path, "target")


def test_features_are_the_cells_beside_the_target(tmp_path: Path) -> None:
    path = write(tmp_path, *ROWS, '7,"a, b",1')
    with path.open(newline="") as file:
        expected = [[row[0], row[2]] for row in csv.reader(file)][1:]
    assert list(data.check(path, "colour").features()) == expected


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("MINIMUM_ROWS", "preprocess.py"),
        ("DELIMITERS", "preprocess.py"),
        ("MISSING", "tabular.py"),
        ("MAXIMUM_CLASSES", "tabular.py"),
        ("MAXIMUM_LABEL_BYTES", "tabular.py"),
    ],
)
def test_limits_are_those_of_the_seed(name: str, file: str) -> None:
    """The seed is a repository of its own and imports nothing of the bundle, so both name their limits."""
    tree = ast.parse((SEED / file).read_text(encoding="utf-8"))
    values = {
        target.id: ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.Tuple)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    assert getattr(data, name) == values[name]
