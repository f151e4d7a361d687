"""A request that is registered with a version, by which its endpoints are tested."""

import base64
import json
import zlib
from typing import Any

import endpoint
from model import Model

# https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateModelPackage.html
MAXIMUM_METADATA_LENGTH = 256


def choose_sample(model: Model, cells: list[str]) -> tuple[str, str]:
    """Make a request of a row, with the answer that the model gives to it.

    The longest cells of the row are left empty, as few of them as makes it fit.

    Returns:
        A CSV row and the JSON answer, both as `encode` writes them.
    """
    by_length = sorted(range(len(cells)), key=lambda index: -len(cells[index]))
    few, many = 0, len(cells)
    while few < many:
        middle = (few + many) // 2
        if _fits(cells, by_length[:middle]):
            many = middle
        else:
            few = middle + 1
    request = _row(cells, by_length[:many])
    rows = endpoint.read_rows(request, endpoint.CSV)
    answer = endpoint.predict(model.schema, lambda cells: model.predict(cells).tolist(), rows)
    first: dict[str, Any] = {"prediction": answer["predictions"][0]}
    if "probabilities" in answer:
        first["probability"] = max(answer["probabilities"][0].values())
    return encode(request), encode(json.dumps(first, ensure_ascii=False, allow_nan=False))


def encode(text: str) -> str:
    """Write a text in the characters that the metadata of a model version may have: zlib, then base64."""
    return base64.b64encode(zlib.compress(text.encode(), level=9)).decode("ascii")


def _fits(cells: list[str], emptied: list[int]) -> bool:
    return len(encode(_row(cells, emptied))) <= MAXIMUM_METADATA_LENGTH


def _row(cells: list[str], emptied: list[int]) -> str:
    """Write one CSV row, some cells empty, without the line's end."""
    left = cells.copy()
    for index in emptied:
        left[index] = ""
    # Not by Python's csv module, of which some versions leave a carriage return without quotes.
    return ",".join(map(_quoted, left)) or '""'


def _quoted(cell: str) -> str:
    return f'"{cell.replace(chr(34), chr(34) * 2)}"' if any(mark in cell for mark in ',"\r\n') else cell
