"""Data capture: what an endpoint was asked and answered, in the files that Model Monitor reads.

Format: https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html.
"""

import base64
import json
import logging
import queue
import random
import threading
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from emulator.core.service import ServiceError
from emulator.iam import credentials
from emulator.sagemaker.service import PRINCIPAL
from emulator.sagemaker.storage import Storage, StorageError

_LOGGER = logging.getLogger(__name__)


class DataCapture:
    """Writes captured requests and answers of one endpoint, in the background, with the execution role."""

    def __init__(self, config: Mapping[str, Any], endpoint: str, role_arn: str, region: str) -> None:
        """Begin capturing.

        Args:
            config: `DataCaptureConfig` of the endpoint configuration.
            endpoint: Name of the endpoint.
            role_arn: Its execution role.
            region: Its Region.
        """
        self._config = config
        self._endpoint = endpoint
        self._role_arn = role_arn
        self._region = region
        self._modes = {option["CaptureMode"] for option in config.get("CaptureOptions", [])}
        self._records: queue.Queue[tuple[str, datetime, dict[str, Any]] | None] = queue.Queue()
        self._writer = threading.Thread(target=self._write, name=f"capture {endpoint}", daemon=True)
        self._writer.start()

    def capture(self, variant: str, request: tuple[bytes, str], answer: tuple[bytes, str]) -> None:
        """Take up an invocation, if the sampling says so.

        Args:
            variant: Name of the production variant that answered.
            request: Body and content type.
            answer: Body and content type.
        """
        if random.uniform(0, 100) >= self._config["InitialSamplingPercentage"]:  # noqa: S311 (a sample, no secret)
            return
        sides = {"Input": ("endpointInput", request), "Output": ("endpointOutput", answer)}
        now = datetime.now(UTC)
        record = {
            "captureData": {
                key: self._side(mode.upper(), *content)
                for mode, (key, content) in sides.items()
                if mode in self._modes or "InputAndOutput" in self._modes
            },
            "eventMetadata": {
                "eventId": str(uuid.uuid4()),
                "inferenceTime": now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            },
            "eventVersion": "0",
        }
        self._records.put((variant, now, record))

    def close(self) -> None:
        """Write what is left and end."""
        self._records.put(None)
        self._writer.join(timeout=10)

    def _side(self, mode: str, body: bytes, content_type: str) -> dict[str, str]:
        media_type = content_type.partition(";")[0].strip()
        header = self._config.get("CaptureContentTypeHeader", {})
        encoding = next(
            (
                encoding
                for encoding, key in (("CSV", "CsvContentTypes"), ("JSON", "JsonContentTypes"))
                if media_type in header.get(key, [])
            ),
            "BASE64",
        )
        data = base64.b64encode(body).decode() if encoding == "BASE64" else body.decode("utf-8", "replace")
        return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}

    def _write(self) -> None:
        while (first := self._records.get()) is not None:
            batch, last = [first], False
            while not self._records.empty():
                record = self._records.get()
                if record is None:
                    last = True
                    break
                batch.append(record)
            for variant in sorted({variant for variant, _, _ in batch}):
                self._write_file(
                    variant, [(moment, record) for name, moment, record in batch if name == variant]
                )
            if last:
                return

    def _write_file(self, variant: str, records: list[tuple[datetime, dict[str, Any]]]) -> None:
        moment = records[0][0]
        name = f"{moment:%M-%S}-{moment.microsecond // 1000:03d}-{uuid.uuid4()}.jsonl"
        destination = self._config["DestinationS3Uri"].rstrip("/")
        uri = f"{destination}/{self._endpoint}/{variant}/{moment:%Y/%m/%d/%H}/{name}"
        lines = "".join(f"{json.dumps(record)}\n" for _, record in records)
        try:
            role = credentials.service_role_credentials(self._role_arn, PRINCIPAL, "SageMaker")
            storage = Storage(credentials.client("s3", role, self._region), self._config.get("KmsKeyId"))
            storage.write(uri, lines.encode("utf-8"))
        except (StorageError, ServiceError) as error:
            _LOGGER.warning("Endpoint %s could not write captured data: %s", self._endpoint, error)
