"""What the container answers over HTTP: ``GET /ping`` and ``POST /invocations``, as a WSGI application.

What a request takes and how it is answered, `endpoint.py` says.
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-inference-code.html
"""

import json
import traceback
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

import endpoint
from model import Model

StartResponse = Callable[[str, list[tuple[str, str]]], Any]


class Application:
    """Serves a model."""

    def __init__(self, model: Model) -> None:
        """Serve a model.

        Args:
            model: The model.
        """
        self._model = model

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        status, text = self._answer(environ)
        body = text.encode()
        headers = [("Content-Type", endpoint.JSON), ("Content-Length", str(len(body)))]
        start_response(f"{status.value} {status.phrase}", headers)
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[HTTPStatus, str]:
        allowed = {"/ping": "GET", "/invocations": "POST"}.get(environ["PATH_INFO"])
        if allowed is None:
            return HTTPStatus.NOT_FOUND, _error("There is nothing here; ask /ping or /invocations.")
        if environ["REQUEST_METHOD"] != allowed:
            return HTTPStatus.METHOD_NOT_ALLOWED, _error(f"Ask {environ['PATH_INFO']} by {allowed}.")
        if allowed == "GET":
            return HTTPStatus.OK, ""
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        try:
            rows = endpoint.read_rows(body, environ.get("CONTENT_TYPE") or "")
            predicted = endpoint.predict(
                self._model.schema, lambda cells: self._model.predict(cells).tolist(), rows
            )
        except endpoint.RequestError as error:
            return error.status, _error(str(error))
        except Exception:
            traceback.print_exc()
            return HTTPStatus.INTERNAL_SERVER_ERROR, _error("The model failed; its log has the reason.")
        return HTTPStatus.OK, endpoint.write(predicted)


def _error(message: str) -> str:
    return json.dumps({"error": message}, ensure_ascii=False)
