"""Amazon SageMaker: the service object to which the neighbouring `sagemaker_*.py` files add operations.

What they do not add is answered by moto. Beside it stand the checks that many operations share.
"""

from rehearsal.emulator.authorization import (
    AuthenticationError,
    ResourcePolicy,
    principal_of_role,
    refusal,
    tag_keys,
)
from rehearsal.emulator.service import Request, Service, ServiceError, authorize

PRINCIPAL = "sagemaker.amazonaws.com"

_PULL_ACTIONS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")

sagemaker = Service("sagemaker", moto=True)


def check_pass_role(request: Request, role_arn: str) -> None:
    """Check that the caller may hand a role to SageMaker.

    Raises:
        ServiceError: The caller may not.
    """
    authorize(request, "iam:PassRole", role_arn, condition_keys={"iam:PassedToService": PRINCIPAL})


def check_tagging(request: Request, resource: str) -> None:
    """Check that the caller may tag what it creates, if the request has tags.

    `sagemaker:TaggingAction` is the operation that brings the tags
    (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsagemaker.html).

    Raises:
        ServiceError: The caller may not.
    """
    if request.parameters.get("Tags"):
        keys = {"sagemaker:TaggingAction": request.operation, **tag_keys(request.parameters)}
        authorize(request, "sagemaker:AddTags", resource, condition_keys=keys)


def check_image_pull(role_arn: str, image: str, region: str) -> None:
    """Check that an execution role may pull a container image from Amazon ECR.

    The repositories of AWS's own images are open to every account, so the role's policies decide
    (https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-roles.html#sagemaker-roles-createtrainingjob-perms).

    Args:
        role_arn: The execution role.
        image: URI of the image.
        region: Region of the job or endpoint.

    Raises:
        ServiceError: The role may not.
    """
    host, _, path = image.partition("/")
    owner, _, registry = host.partition(".dkr.ecr.")
    if not registry:
        return
    repository = path.partition(":")[0].partition("@")[0]
    repository_arn = f"arn:aws:ecr:{registry.partition('.')[0]}:{owner}:repository/{repository}"
    anyone = {"Effect": "Allow", "Principal": "*", "Action": list(_PULL_ACTIONS), "Resource": "*"}
    policy: ResourcePolicy = ({"Statement": [anyone]}, owner)
    try:
        role = principal_of_role(role_arn, "SageMaker")
    except AuthenticationError as error:
        raise ServiceError(error.code, str(error)) from None
    if sentence := refusal(role, "ecr:GetAuthorizationToken", "*", region=region):
        raise ServiceError("AccessDeniedException", sentence)
    for action in _PULL_ACTIONS:
        if sentence := refusal(role, action, repository_arn, region=region, resource_policy=policy):
            raise ServiceError("AccessDeniedException", sentence)
