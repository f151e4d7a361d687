"""A small cloud in memory, behind real boto3 clients.

The clients check each request against AWS's own model of the API before it reaches the cloud, and the
cloud checks each response against it, so that neither can speak of a field that does not exist. What it
knows is what the registry's functions use.

To add a service, write a file with a subclass of `Core` whose methods are named `<service>_<Operation>`,
such as ``ecr_PutImage``, and take the operation's parameters by keyword; then add it to `Cloud` below.
"""

from .clients import client, use
from .cloudtrail import CloudTrail
from .codepipeline import CodePipeline
from .core import HUB, OTHER_TEAM, REGION, TEAM, Call, Core, Killed, Parameters, failure
from .ecr import Downloads, Registry
from .events import Events
from .functions import Functions
from .model_cards import Card, ModelCards
from .organizations import Organizations
from .ram import ResourceAccessManager, Share
from .s3 import REGISTRY_BUCKET, TEAM_BUCKET, Item
from .s3_multipart import MultipartUploads, Upload
from .sagemaker import LEAD, Group, SageMaker, policy, state_change
from .sqs import SQS, Message
from .sts import IDENTITY, SecurityTokens

__all__ = [
    "HUB",
    "IDENTITY",
    "LEAD",
    "OTHER_TEAM",
    "REGION",
    "REGISTRY_BUCKET",
    "TEAM",
    "TEAM_BUCKET",
    "Call",
    "Card",
    "Cloud",
    "Core",
    "Downloads",
    "Group",
    "Item",
    "Killed",
    "Message",
    "Parameters",
    "Share",
    "Upload",
    "client",
    "failure",
    "policy",
    "state_change",
    "use",
]


class Cloud(
    MultipartUploads,
    SageMaker,
    Events,
    ModelCards,
    ResourceAccessManager,
    SQS,
    Functions,
    SecurityTokens,
    Registry,
    CodePipeline,
    Organizations,
    CloudTrail,
):
    """All services; the clients that `client` makes act in the hub."""
