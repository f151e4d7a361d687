"""The metrics of a model version, and how they differ from those of another."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from .errors import is_missing
from .locations import parse

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

MAXIMUM_DOCUMENT = 1024**2
"""Bytes; a larger document is no list of metrics that somebody compares."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A metric of a version beside the same of the version that production runs.

    Attributes:
        name: The metric's name.
        current: Its value in production; None if that version does not have it.
        candidate: Its value of the version; None if only production's has it.
    """

    name: str
    current: float | None
    candidate: float | None

    @property
    def change(self) -> float | None:
        """By how much the candidate's value is higher, where both are known."""
        if self.current is None or self.candidate is None:
            return None
        return self.candidate - self.current


def of_version(s3: "S3Client", version: Mapping[str, Any], account: str) -> dict[str, float]:
    """The metrics in the model quality document of a version.

    Args:
        s3: A client that may read the document.
        version: What DescribeModelPackage says of the version.
        account: The account that owns the document's bucket.

    Returns:
        Numbers by name; none, if the version names no document, or one that does not list metrics.
    """
    quality = version.get("ModelMetrics", {}).get("ModelQuality", {})
    uri = quality.get("Statistics", {}).get("S3Uri")
    if uri is None:
        return {}
    location = parse(uri, field="ModelMetrics.ModelQuality.Statistics.S3Uri")
    try:
        response = s3.get_object(Bucket=location.bucket, Key=location.key, ExpectedBucketOwner=account)
    except ClientError as error:
        if is_missing(error):
            return {}
        raise
    if response["ContentLength"] > MAXIMUM_DOCUMENT:
        return {}
    try:
        return numbers(json.loads(response["Body"].read()))
    except ValueError:
        return {}


def numbers(document: Any) -> dict[str, float]:
    """The metrics in a model quality document.

    It knows what SageMaker writes, such as ``{"regression_metrics": {"mse": {"value": 0.37}}}``
    (https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-model-quality-metrics.html), and the same
    under the key ``metrics``, with the number itself or an object that holds it as ``value``.

    Args:
        document: The parsed document.

    Returns:
        Finite numbers by the metric's name. Matrices, curves and words are left out.
    """
    if not isinstance(document, Mapping):
        return {}
    return {
        name: value
        for section, entries in document.items()
        if (section == "metrics" or str(section).endswith("_metrics")) and isinstance(entries, Mapping)
        for name, value in _values(entries)
    }


def difference(candidate: Mapping[str, float], current: Mapping[str, float]) -> list[Row]:
    """Each metric of a version beside production's, in the order of the candidate's.

    Args:
        candidate: The metrics of the version.
        current: The metrics of the version that production runs.
    """
    return [
        Row(name=name, current=current.get(name), candidate=candidate.get(name))
        for name in dict.fromkeys([*candidate, *current])
    ]


def listed(values: Mapping[str, float]) -> str:
    """Metrics as words, such as ``rmse 2.81, r2 0.84``."""
    return ", ".join(f"{name} {written(value)}" for name, value in values.items()) or "none"


def sentence(rows: Sequence[Row]) -> str:
    """The rows as words, such as ``rmse 2.81 (production 2.93, -0.12), r2 0.84 (new)``."""
    return ", ".join(_words(row) for row in rows) or "none"


def written(value: float) -> str:
    """A number with four significant digits."""
    return f"{value:.4g}"


def _words(row: Row) -> str:
    if row.candidate is None:
        return f"{row.name} missing (production {written(row.current or 0.0)})"
    if row.current is None or row.change is None:
        return f"{row.name} {written(row.candidate)} (new)"
    change = f"{row.change:+.2g}" if row.change else "the same"
    return f"{row.name} {written(row.candidate)} (production {written(row.current)}, {change})"


def _values(entries: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
    for name, entry in entries.items():
        value = entry.get("value") if isinstance(entry, Mapping) else entry
        if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
            yield str(name), float(value)
