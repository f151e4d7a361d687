"""A connection is passed by the name that its ARN has, to the service that takes it."""

import pytest

from pipelines.assets import SEED
from portfolios.permissions import derive
from products.discovery import discover
from tests.portfolios.policies import allowed
from tests.products.launches import CONNECTION, PROVIDERS, templates

REGION = "eu-west-1"
WITH_REPOSITORY = [product.identifier for product in discover() if SEED in product.seeds]
SERVICES = ("codeconnections", "codestar-connections")
OTHER_CONNECTION = CONNECTION.replace("0a1b2c3d", "ffffffff")


def arn(service: str) -> str:
    return CONNECTION.replace("codeconnections", service)


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(
    ("action", "connection", "taker", "expected"),
    [
        pytest.param("own", CONNECTION, "codepipeline", True, id="passes"),
        pytest.param("own", OTHER_CONNECTION, "codepipeline", False, id="no-other-connection"),
        pytest.param("own", CONNECTION, "codebuild", False, id="to-no-other-service"),
        pytest.param("other", CONNECTION, "codepipeline", False, id="not-by-the-other-name"),
    ],
)
def test_passing_a_connection(service: str, action: str, connection: str, taker: str, expected: bool) -> None:
    pipeline = {
        "Type": "AWS::CodePipeline::Pipeline",
        "Properties": {
            "Name": "p",
            "RoleArn": "arn:aws:iam::333333333333:role/p",
            "Stages": [{"Actions": [{"Configuration": {"ConnectionArn": arn(service)}}]}],
        },
    }
    name = service if action == "own" else next(each for each in SERVICES if each != service)
    assert (
        allowed(
            derive({"Resources": {"Pipeline": pipeline}}, region=REGION),
            f"{name}:PassConnection",
            connection.replace("codeconnections", service),
            {f"{name}:PassedToService": f"{taker}.amazonaws.com"},
        )
        is expected
    )


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("product", WITH_REPOSITORY)
def test_launch_roles_pass_the_connection_of_their_repositories(provider: str, product: str) -> None:
    statements = derive(templates(provider)[product], region=REGION)
    keys = {"codeconnections:PassedToService": "codepipeline.amazonaws.com"}
    connected = provider != "codecommit"
    assert allowed(statements, "codeconnections:PassConnection", CONNECTION, keys) is connected
