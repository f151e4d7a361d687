"""Each name that SageMaker takes for a group gives a name of its own that ECR takes for a repository."""

import re
from types import SimpleNamespace
from typing import Any

import botocore.session
from hypothesis import example, given, settings
from hypothesis import strategies as st

from base.names import MAXIMUM_PREFIX, PlatformNames
from registry.functions.model_registry.promotion.repositories import CentralRepositories
from tests.registry.cloud.core import HUB, REGION, TEAM
from tests.registry.promoting import READERS

SDK = botocore.session.get_session()
GROUP = SDK.get_service_model("sagemaker").shape_for("EntityName").metadata
NEWER = SDK.get_service_model("ecr").shape_for("RepositoryName").metadata
# https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
DOCUMENTED = r"(?:[a-z0-9]+(?:[._-][a-z0-9]+)*/)*[a-z0-9]+(?:[._-][a-z0-9]+)*"

GROUPS = st.from_regex(f"^{GROUP['pattern']}$").map(str.strip).filter(lambda name: len(name) <= GROUP["max"])


def repository(group: str) -> str:
    """The name of a model's repository, as it is asked for."""
    asked: list[str] = []

    def create(*, repositoryName: str, **_: Any) -> None:  # noqa: N803  the API's own name
        asked.append(repositoryName)

    ecr: Any = SimpleNamespace(create_repository=create, set_repository_policy=lambda **_: None)
    names = PlatformNames(prefix="p" * MAXIMUM_PREFIX, region=REGION, shared_services_account=HUB)
    made = CentralRepositories(
        ecr=ecr,
        account=HUB,
        region=REGION,
        prefix=names.central_image_repositories,
        key_arn="arn:aws:kms:eu-west-1:222222222222:key/1",
        readers=READERS,
    ).prepare(TEAM, group)
    assert asked == [made]
    return made


@settings(max_examples=200, deadline=None)
@given(GROUPS)
@example("a--b")
@example("Churn")
@example("a" + "-" * 61 + "b")
def test_a_group_has_a_repository_that_ecr_takes(group: str) -> None:
    name = repository(group)
    assert re.fullmatch(DOCUMENTED, name)
    assert re.fullmatch(NEWER["pattern"], name)
    assert NEWER["min"] <= len(name) <= NEWER["max"]


@settings(max_examples=200, deadline=None)
@given(GROUPS, GROUPS)
@example("a--b", "a-b")
@example("a---b", "a--b")
def test_two_groups_have_two_repositories(first: str, second: str) -> None:
    if first.lower() != second.lower():
        assert repository(first) != repository(second)


def test_a_group_of_the_ordinary_kind_keeps_its_name() -> None:
    assert repository("churn-p-abc").endswith(f"/{TEAM}/churn-p-abc")
