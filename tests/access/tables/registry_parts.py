"""What the tables of the registry's functions share."""

from tests.access.rows import May, MayNot

BUCKET = "s3::mlplatform-registry-{hub}-{region}"
ARTIFACT = f"{BUCKET}/models/{{dev}}/churn-p-team/1/20261121T091500Z/model.tar.gz"
DIRECT = f"{BUCKET}/registered/{{dev}}/p-direct/1/model.tar.gz"
PROMOTED_FOLDER = f"{BUCKET}/models/{{dev}}/churn-p-team/1/20261121T091500Z"
DIRECT_FOLDER = f"{BUCKET}/registered/{{dev}}/p-direct/version-1"
OTHER_BUCKET = "s3::mlplatform-p-deploy-{hub}-{region}"
GROUP = "sagemaker:hub:model-package-group/churn-p-team"
VERSION = "sagemaker:hub:model-package/churn-p-team/1"
TEAMS_GROUP = "sagemaker:dev:model-package-group/churn-p-team"
TEAMS_VERSION = "sagemaker:dev:model-package/churn-p-team/1"
CARD = "sagemaker:hub:model-card/churn-p-team"
APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
PENDING = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
IMAGES = "ecr:hub:repository/mlplatform-models/{dev}/churn-p-team"


def writes_log(group: str) -> May:
    """To write the log of a function."""
    return May(
        actions="logs: CreateLogStream PutLogEvents",
        on=(f"logs:hub:log-group:mlplatform-registry-{group}:log-stream:1",),
        not_on=("logs:hub:log-group:payroll:log-stream:1",),
        why="The function writes its log.",
    )


def sends_dead_letters(name: str) -> May:
    """To send events that failed to the dead-letter queue."""
    return May(
        actions="sqs: SendMessage",
        on=(f"sqs:hub:mlplatform-{name}-dead-letters",),
        not_on=("sqs:hub:payroll",),
        promise=("registry/README.md", "then goes to the dead-letter queue of its function"),
    )


def reads_cards(*, besides: tuple[str, ...] = (), not_on: tuple[str, ...] = ()) -> May:
    """To read a model card."""
    return May(
        actions="sagemaker: DescribeModelCard ListModelCardVersions",
        on=(CARD, *besides),
        not_on=(GROUP, *not_on),
        why="The function reads what the card says.",
    )


DECIDES_NOTHING = MayNot(
    actions="codepipeline: PutApprovalResult",
    on=("codepipeline:hub:churn-serving-p-deploy/ApproveProduction/ApproveProduction",),
    why="Functions do not approve.",
)


READ_OF_ALL = dict.fromkeys(
    ("ecr:BatchGetImage is gone", "s3:GetObject is gone", "s3:ListBucket is gone"),
    "What it may read of the teams holds for the hub as well.",
)


CENTRAL_CARDS = "sagemaker:DescribeModelCard on arn:aws:sagemaker:{region}:{hub}:model-card/* is gone"
CARD_SHARES = ("mlplatform-card-authors-churn-p-team", "mlplatform-card-readers-churn-p-team")


def shares_cards(account: str | None) -> tuple[May, ...]:
    """To share cards within the organisation.

    Args:
        account: The only account to share with, if there is one.
    """
    others = ({"ram:Principal": "999999999999"},) if account else ()
    return (
        May(
            actions="ram: GetResourceShareAssociations GetResourceShares",
            on=("*",),
            why="Shares are made once.",
        ),
        May(
            actions="ram: CreateResourceShare",
            on=("*",),
            only_if={
                "ram:RequestedResourceType": "sagemaker:ModelCard",
                "ram:RequestedAllowsExternalPrincipals": "false",
            },
            promise=("docs/model_cards.md", "AWS RAM"),
        ),
        *(
            May(
                actions="ram: AssociateResourceShare",
                on=("ram:hub:resource-share/1",),
                only_if={"ram:ResourceShareName": name, "ram:AllowsExternalPrincipals": "false"},
                unless=({"ram:RequestedResourceType": "sagemaker:ModelPackageGroup"}, *others),
                given={"ram:Principal": account} if account else {},
                not_on=("ram:dev:resource-share/1",),
                promise=("docs/model_cards.md", "AWS RAM"),
            )
            for name in CARD_SHARES
        ),
        May(
            actions="sagemaker: GetResourcePolicy PutResourcePolicy",
            on=("*",),
            why="RAM puts the card's own policy in the name of whoever shares it.",
        ),
    )
