"""The roles of the registry's functions, and the one under which leads start model cards."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.promotion import promotion
from tests.access.tables.registry_parts import CARD, VERSION, reads_cards, shares_cards
from tests.access.tables.release import RELEASE
from tests.access.tables.stages import STAGES

_CARD_AUTHOR = Table(
    role="model-card-author",
    account="hub",
    may=(
        reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        May(
            actions="sagemaker: CreateModelCard",
            on=(CARD,),
            only_if={"aws:RequestTag/source-account": "{dev}"},
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("products/build/from_s3/README.md", "`scripts/catalog card create`"),
        ),
        May(
            actions="sagemaker: AddTags",
            on=(CARD,),
            only_if={
                "aws:RequestTag/source-account": "{dev}",
                "sagemaker:TaggingAction": "CreateModelCard",
            },
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("products/build/from_s3/README.md", "`scripts/catalog card create`"),
        ),
        May(
            actions="sagemaker: UpdateModelCard",
            on=(CARD,),
            only_if={"aws:ResourceTag/source-account": "{dev}"},
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("README.md", "starting a model's card"),
        ),
        *shares_cards("{dev}"),
    ),
    may_not=(
        MayNot(
            actions="sagemaker: DeleteModelCard UpdateModelPackage",
            on=(CARD, VERSION),
            given={"aws:ResourceTag/source-account": "{dev}"},
            why="Cards outlive models; a lead does not approve centrally.",
        ),
    ),
)


def _projects_switch(account: str) -> Table:
    return Table(
        role="sagemaker-projects",
        account=account,
        may=(
            May(
                actions="sagemaker: DisableSagemakerServicecatalogPortfolio "
                "EnableSagemakerServicecatalogPortfolio GetSagemakerServicecatalogPortfolioStatus "
                "ListProjects",
                on=("*",),
                why="The function switches SageMaker Projects on, and off again when nothing needs them.",
            ),
            May(
                actions="servicecatalog: ListAcceptedPortfolioShares",
                on=("*",),
                why="Switching on accepts the share of SageMaker's own portfolio.",
            ),
            May(
                actions="servicecatalog: AcceptPortfolioShare",
                on=("catalog:999999999999:portfolio/port-abcdefghijklm",),
                not_on=("catalog:999999999999:product/prod-abcdefghijklm",),
                why="Switching on accepts the share of SageMaker's own portfolio.",
            ),
            May(
                actions="ssm: DeleteParameter GetParameter PutParameter",
                on=(f"ssm:{account}:parameter/mlplatform/sagemaker-projects",),
                not_on=(f"ssm:{account}:parameter/payroll",),
                why="The function notes whether it was the one that switched them on.",
            ),
            May(
                actions="logs: CreateLogStream PutLogEvents",
                on=(f"logs:{account}:log-group:/aws/lambda/mlplatform-sagemaker-projects:log-stream:1",),
                not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
                why="The function writes its log.",
            ),
        ),
        may_not=(
            MayNot(
                actions="sagemaker: CreateProject DeleteProject",
                on=(f"sagemaker:{account}:project/churn",),
                why="The function switches, and launches nothing.",
            ),
        ),
    )


REGISTRY_FUNCTIONS = (
    promotion("codecommit"),
    promotion("github"),
    RELEASE,
    STAGES,
    _CARD_AUTHOR,
    _projects_switch("hub"),
    _projects_switch("dev"),
)
