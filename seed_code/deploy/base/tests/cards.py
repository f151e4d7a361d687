"""A model card in memory, behind a real boto3 client that checks each request against the API."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import boto3
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

ARN = "arn:aws:sagemaker:eu-west-1:222222222222:model-card/flowers"

Content = dict[str, Any]


@dataclass
class Version:
    content: Content
    status: str


class Card:
    """A card of the central registry.

    Attributes:
        versions: Its versions, oldest first.
        calls: Every operation with its parameters, in the order of arrival.
        refuse: For an operation, the code with which it is refused.
        interfere: Called before an operation, with its name.
    """

    def __init__(self, *contents: Content, status: str = "Draft") -> None:
        self.versions = [Version(content, status) for content in contents]
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.refuse: dict[str, str] = {}
        self.interfere: Callable[[str], None] = lambda operation: None

    @property
    def newest(self) -> Version:
        return self.versions[-1]

    @property
    def updates(self) -> list[set[str]]:
        """What each update has set, besides the name."""
        return [set(given) - {"ModelCardName"} for name, given in self.calls if name == "UpdateModelCard"]

    def write(self, content: Content) -> None:
        self.versions.append(Version(content, "Draft"))

    def client(self) -> Any:
        client = boto3.client(
            "sagemaker", region_name="eu-west-1", aws_access_key_id="none", aws_secret_access_key="none"
        )

        def remember(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
            context["given"] = dict(params)

        def respond(model: Any, context: dict[str, Any], **_: Any) -> tuple[AWSResponse, dict[str, Any]]:
            status, answer = self._answer(model.name, context["given"])
            return AWSResponse("in-memory://", status, HTTPHeaders(), None), answer

        client.meta.events.register("before-parameter-build", remember)
        client.meta.events.register("before-call", respond)
        return client

    def _answer(self, operation: str, given: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.interfere(operation)
        self.calls.append((operation, given))
        assert given["ModelCardName"] == ARN
        if operation in self.refuse:
            return 400, {"Error": {"Code": self.refuse[operation], "Message": "refused"}}
        if not self.versions:
            return 400, {"Error": {"Code": "ResourceNotFound", "Message": "ModelCard does not exist"}}
        return 200, getattr(self, f"_{operation}")(given)

    def _ListModelCardVersions(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert (given["SortBy"], given["SortOrder"]) == ("Version", "Descending")
        # In pages of one, so that nobody can forget that there are more.
        number = int(given.get("NextToken", len(self.versions)))
        page = {"ModelCardVersionSummaryList": [{"ModelCardVersion": number}]}
        return page | ({"NextToken": str(number - 1)} if number > 1 else {})

    def _DescribeModelCard(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        number = given.get("ModelCardVersion", len(self.versions))
        version = self.versions[number - 1]
        return {
            "ModelCardVersion": number,
            "ModelCardStatus": version.status,
            "Content": json.dumps(version.content),
        }

    def _UpdateModelCard(self, given: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        assert ("Content" in given) != ("ModelCardStatus" in given)
        if "Content" in given:
            self.write(json.loads(given["Content"]))
        else:
            self.newest.status = given["ModelCardStatus"]
        return {"ModelCardArn": ARN}
