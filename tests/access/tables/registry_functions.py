"""The roles of the registry's functions, and the one under which leads start model cards."""

from registry.functions.model_registry.promotion.fields import WRITTEN_BY_PROMOTION
from tests.access.rows import May, MayNot, Table

_BUCKET = "s3::mlplatform-registry-{hub}-{region}"
_ARTIFACT = f"{_BUCKET}/models/{{dev}}/churn-p-team/1/20261121T091500Z/model.tar.gz"
_DIRECT = f"{_BUCKET}/registered/{{dev}}/p-direct/1/model.tar.gz"
_PROMOTED_FOLDER = f"{_BUCKET}/models/{{dev}}/churn-p-team/1/20261121T091500Z"
_DIRECT_FOLDER = f"{_BUCKET}/registered/{{dev}}/p-direct/version-1"
_OTHER_BUCKET = "s3::mlplatform-p-deploy-{hub}-{region}"
_GROUP = "sagemaker:hub:model-package-group/churn-p-team"
_VERSION = "sagemaker:hub:model-package/churn-p-team/1"
_TEAMS_GROUP = "sagemaker:dev:model-package-group/churn-p-team"
_TEAMS_VERSION = "sagemaker:dev:model-package/churn-p-team/1"
_CARD = "sagemaker:hub:model-card/churn-p-team"
_APPROVED = {"sagemaker:ModelApprovalStatus": "Approved"}
_PENDING = {"sagemaker:ModelApprovalStatus": "PendingManualApproval"}
_IMAGES = "ecr:hub:repository/mlplatform-models/{dev}/churn-p-team"


def _log(group: str) -> May:
    return May(
        actions="logs: CreateLogStream PutLogEvents",
        on=(f"logs:hub:log-group:mlplatform-registry-{group}:log-stream:1",),
        not_on=("logs:hub:log-group:payroll:log-stream:1",),
        why="The function writes its log.",
    )


def _dead_letters(name: str) -> May:
    return May(
        actions="sqs: SendMessage",
        on=(f"sqs:hub:mlplatform-{name}-dead-letters",),
        not_on=("sqs:hub:payroll",),
        promise=("registry/README.md", "then goes to the dead-letter queue of its function"),
    )


def _reads_cards(*, besides: tuple[str, ...] = (), not_on: tuple[str, ...] = ()) -> May:
    return May(
        actions="sagemaker: DescribeModelCard ListModelCardVersions",
        on=(_CARD, *besides),
        not_on=(_GROUP, *not_on),
        why="The function reads what the card says.",
    )


_DECIDES_NOTHING = MayNot(
    actions="codepipeline: PutApprovalResult",
    on=("codepipeline:hub:churn-serving-p-deploy/ApproveProduction/ApproveProduction",),
    why="Functions do not approve.",
)


def _promotion(variant: str) -> Table:
    gathers = variant == "github"
    teams_card = "sagemaker:dev:model-card/churn-p-team"
    aggregation = (
        May(
            actions="sagemaker: CreateModelCard UpdateModelCard",
            on=(_CARD,),
            not_on=(teams_card,),
            why="Promotion copies what the teams' cards say into the central one.",
        ),
        May(
            actions="sagemaker: AddTags",
            on=(_CARD,),
            only_if={"sagemaker:TaggingAction": "CreateModelCard"},
            not_on=(teams_card,),
            why="Promotion copies what the teams' cards say into the central one.",
        ),
    )
    return Table(
        role="promotion",
        account="hub",
        variant=variant,
        may=(
            May(
                actions="sagemaker: DescribeModelPackage ListTags",
                on=(_TEAMS_VERSION, _VERSION),
                not_on=("sagemaker:dev:endpoint/churn",),
                why="Promotion reads the team's version, and the central one.",
            ),
            May(
                actions="sagemaker: ListTags",
                on=(_GROUP, _TEAMS_GROUP),
                not_on=("sagemaker:dev:endpoint/churn",),
                why="Promotion reads the tags of groups.",
            ),
            May(
                actions="s3: GetObject",
                on=("s3::mlplatform-p-team-{dev}-{region}/models/1/model.tar.gz",),
                not_on=("s3::payroll/1", "s3::team-data/1.csv"),
                why="Promotion copies what makes up a version.",
            ),
            May(
                actions="s3: ListBucket",
                on=("s3::mlplatform-p-team-{dev}-{region}",),
                not_on=("s3::payroll",),
                why="Without it S3 hides that an object is missing.",
            ),
            May(
                actions="kms: Decrypt",
                on=("kms:churn-p-team",),
                only_if={"kms:ViaService": "s3.{region}.amazonaws.com"},
                not_on=("arn:aws:kms:us-east-1:{dev}:key/1",),
                why="The team's artifacts are encrypted with the project's key.",
            ),
            May(
                actions="ecr: BatchGetImage GetDownloadUrlForLayer",
                on=("ecr:dev:repository/churn", _IMAGES),
                not_on=("arn:aws:ecr:us-east-1:{dev}:repository/churn",),
                promise=("README.md", "with its artifacts of any size and its images"),
            ),
            May(
                actions="s3: AbortMultipartUpload DeleteObject ListMultipartUploadParts PutObject",
                on=(_ARTIFACT,),
                not_on=(_DIRECT, f"{_OTHER_BUCKET}/models/1"),
                why="Promotion writes below models/, and cleans up there.",
            ),
            May(
                actions="s3: ListBucketMultipartUploads",
                on=(_BUCKET,),
                not_on=(_OTHER_BUCKET,),
                why="Promotion continues a copy that stopped half-way.",
            ),
            May(
                actions="kms: Decrypt GenerateDataKey",
                on=("kms:mlplatform-registry",),
                not_on=("kms:studio",),
                why="The central bucket is encrypted with the registry's key.",
            ),
            May(
                actions="ecr: BatchCheckLayerAvailability CompleteLayerUpload CreateRepository "
                "InitiateLayerUpload PutImage SetRepositoryPolicy UploadLayerPart",
                on=(_IMAGES,),
                not_on=("ecr:hub:repository/payroll", "ecr:dev:repository/churn"),
                promise=("README.md", "with its artifacts of any size and its images"),
            ),
            May(
                actions="kms: CreateGrant DescribeKey RetireGrant",
                on=("kms:mlplatform-registry",),
                only_if={"kms:ViaService": "ecr.{region}.amazonaws.com"},
                not_on=("kms:studio",),
                why="The central image repositories are encrypted with the registry's key.",
            ),
            May(
                actions="kms: CreateGrant DescribeKey",
                on=("kms:mlplatform-registry",),
                only_if={"kms:ViaService": "sagemaker.{region}.amazonaws.com"},
                not_on=("kms:studio",),
                why="A version whose original has a key is registered with the registry's.",
            ),
            May(
                actions="kms: Decrypt",
                on=("kms:churn-p-team",),
                only_if={"kms:ViaService": "sagemaker.{region}.amazonaws.com"},
                not_on=("arn:aws:kms:us-east-1:{dev}:key/1",),
                why="SageMaker shows a version that is registered with a key to who may decrypt.",
            ),
            May(
                actions="sagemaker: CreateModelPackageGroup DescribeModelPackageGroup "
                "PutModelPackageGroupPolicy",
                on=(_GROUP,),
                not_on=(_TEAMS_GROUP,),
                why="Promotion prepares the central group.",
            ),
            May(
                actions="sagemaker: AddTags",
                on=(_GROUP,),
                only_if={"sagemaker:TaggingAction": "CreateModelPackageGroup"},
                given={"aws:TagKeys": ["registers-directly", "source-account"]},
                not_on=(_TEAMS_GROUP,),
                why="Promotion marks a new group with the account that it comes from.",
            ),
            May(
                actions="sagemaker: AddTags",
                on=(_GROUP,),
                given={"aws:TagKeys": ["platform"]},
                unless=({"aws:TagKeys": ["source-account"]}, {"aws:TagKeys": ["registers-directly"]}),
                not_on=(_TEAMS_GROUP,),
                why="Promotion brings other tags up to date, never who registers.",
            ),
            May(
                actions="sagemaker: ListModelPackages",
                on=(_GROUP, _VERSION),
                not_on=(_TEAMS_GROUP,),
                why="Promotion looks whether a version is there already.",
            ),
            May(
                actions="sagemaker: CreateModelPackage",
                on=(_GROUP, _VERSION),
                only_if=_PENDING,
                not_on=(_TEAMS_GROUP,),
                promise=("README.md", "waits for the ML engineer's approval"),
            ),
            May(
                actions="sagemaker: UpdateModelPackage",
                on=(_VERSION,),
                unless=(_APPROVED,),
                not_on=(_TEAMS_VERSION,),
                why="Promotion completes a version that it began, and approves none.",
            ),
            _reads_cards(
                besides=(teams_card,) if gathers else (),
                not_on=() if gathers else (teams_card,),
            ),
            *(aggregation if gathers else ()),
            May(
                actions="lambda: InvokeFunction",
                on=("lambda:hub:function:mlplatform-promotion",),
                not_on=("lambda:hub:function:mlplatform-release",),
                why="Promotion goes on in another invocation where time runs out.",
            ),
            _log("PromotionLog9FD2EB14"),
            _dead_letters("promotion"),
        ),
        may_not=(
            _DECIDES_NOTHING,
            MayNot(
                actions="s3: PutObjectTagging DeleteObjectVersion",
                on=(_ARTIFACT, _DIRECT),
                why="Who copies an artifact does not open it.",
            ),
            MayNot(
                actions="sagemaker: CreateModelPackage UpdateModelPackage",
                on=(_GROUP, _VERSION),
                given=_APPROVED,
                why="Promotion approves nothing.",
            ),
        ),
        unnoticed={
            **_READ_OF_ALL,
            **({_CENTRAL_CARDS: "It reads the cards of all accounts."} if gathers else {}),
        },
    )


_READ_OF_ALL = dict.fromkeys(
    ("ecr:BatchGetImage is gone", "s3:GetObject is gone", "s3:ListBucket is gone"),
    "What it may read of the teams holds for the hub as well.",
)
_CENTRAL_CARDS = "sagemaker:DescribeModelCard on arn:aws:sagemaker:{region}:{hub}:model-card/* is gone"


_RELEASE = Table(
    role="release",
    account="hub",
    may=(
        May(
            actions="sagemaker: DescribeModelPackage",
            on=(_VERSION,),
            not_on=(_TEAMS_VERSION,),
            why="Release acts on what the version says, not on its event.",
        ),
        May(
            actions="sagemaker: ListTags",
            on=(_GROUP,),
            not_on=(_TEAMS_GROUP,),
            why="A group's tags tell who registers in it.",
        ),
        May(
            actions="sagemaker: UpdateModelPackage",
            on=(_VERSION,),
            given={"sagemaker:CustomerMetadataProperties/receipt_sha256": "0123"},
            unless=(
                _APPROVED,
                {"sagemaker:ModelLifeCycle:Stage": "Production"},
                {"sagemaker:ModelLifeCycle:StageStatus": "Approved"},
                {"sagemaker:CustomerMetadataPropertiesToRemove": "receipt_sha256"},
            ),
            not_on=(_TEAMS_VERSION,),
            why="Release notes the receipt of a direct version, and nothing else.",
        ),
        May(
            actions="s3: GetObject GetObjectTagging PutObjectTagging",
            on=(_ARTIFACT, _DIRECT),
            not_on=(f"{_BUCKET}/other", f"{_OTHER_BUCKET}/models/1"),
            promise=("README.md", "read an artifact only while its version is approved"),
        ),
        May(
            actions="s3: PutObject",
            on=(
                f"{_PROMOTED_FOLDER}/decisions/central-approval-1.json",
                f"{_DIRECT_FOLDER}/decisions/central-approval-1.json",
                f"{_DIRECT_FOLDER}/receipt.json",
            ),
            not_on=(
                f"{_PROMOTED_FOLDER}/receipt.json",
                f"{_PROMOTED_FOLDER}/decisions/production-1.json",
                _ARTIFACT,
                _DIRECT,
            ),
            why="Release records the approval, and writes the receipt of a direct version.",
        ),
        May(
            actions="s3: ListBucket",
            on=(_BUCKET,),
            not_on=(_OTHER_BUCKET,),
            why="Release finds the files of a version.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:mlplatform-registry",),
            not_on=("kms:studio",),
            why="The central bucket is encrypted with the registry's key.",
        ),
        _reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        May(
            actions="events: PutEvents",
            on=("events:hub:event-bus/default",),
            given={"events:source": "mlplatform.registry", "events:detail-type": "Model Version Released"},
            unless=({"events:source": "aws.codepipeline"}, {"events:detail-type": "Anything else"}),
            not_on=("events:hub:event-bus/mlplatform-registry",),
            why="A release starts the deploy pipelines of its model.",
        ),
        _log("ReleaseLog5B3C13DC"),
        _dead_letters("release"),
    ),
    may_not=(
        _DECIDES_NOTHING,
        MayNot(
            actions="s3: DeleteObject DeleteObjectVersion",
            on=(_ARTIFACT, _DIRECT, f"{_PROMOTED_FOLDER}/decisions/central-approval-1.json"),
            why="What was decided stays.",
        ),
        MayNot(
            actions="codepipeline: StartPipelineExecution",
            on=("codepipeline:hub:churn-serving-p-deploy",),
            why="The event starts it, under the project's own role.",
        ),
    ),
)

_CARD_SHARES = ("mlplatform-card-authors-churn-p-team", "mlplatform-card-readers-churn-p-team")


def _shares(account: str | None) -> tuple[May, ...]:
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
            for name in _CARD_SHARES
        ),
        May(
            actions="sagemaker: GetResourcePolicy PutResourcePolicy",
            on=("*",),
            why="RAM puts the card's own policy in the name of whoever shares it.",
        ),
    )


_STAGES = Table(
    role="stages",
    account="hub",
    may=(
        May(
            actions="codepipeline: PutJobFailureResult PutJobSuccessResult",
            on=("*",),
            why="The function tells the pipeline how it went.",
        ),
        May(
            actions="codepipeline: GetPipelineState ListActionExecutions",
            on=("codepipeline:hub:churn-serving-p-deploy",),
            not_on=("codepipeline:dev:churn-p-team",),
            why="The function learns who approved.",
        ),
        May(
            actions="sagemaker: DescribeModelPackage ListModelPackages",
            on=(_VERSION,),
            not_on=(_TEAMS_VERSION,),
            why="The function compares with what production runs.",
        ),
        May(
            actions="sagemaker: ListModelPackages",
            on=(_GROUP,),
            not_on=(_TEAMS_GROUP,),
            why="The function compares with what production runs.",
        ),
        *(
            May(
                actions="sagemaker: UpdateModelPackage",
                on=(_VERSION,),
                only_if={
                    "sagemaker:ModelLifeCycle:Stage": stage,
                    "sagemaker:ModelLifeCycle:StageStatus": status,
                },
                unless=(
                    _APPROVED,
                    {"sagemaker:CustomerMetadataPropertiesToRemove": "receipt_sha256"},
                    *({f"sagemaker:CustomerMetadataProperties/{name}": "0"} for name in WRITTEN_BY_PROMOTION),
                ),
                not_on=(_TEAMS_VERSION,),
                promise=("registry/README.md", f"{'Retired' if stage == 'Archived' else status}"),
            )
            for stage, status in (
                ("QA", "InProgress"),
                ("QA", "PendingApproval"),
                ("Production", "Approved"),
                ("Archived", "Retired"),
            )
        ),
        May(
            actions="s3: GetObject GetObjectTagging PutObjectTagging",
            on=(_ARTIFACT, _DIRECT),
            not_on=(f"{_BUCKET}/other", f"{_OTHER_BUCKET}/models/1"),
            promise=("registry/README.md", "opens the artifact and the card to production"),
        ),
        May(
            actions="s3: PutObject",
            on=tuple(
                f"{folder}/decisions/{kind}-1.json"
                for folder in (_PROMOTED_FOLDER, _DIRECT_FOLDER)
                for kind in ("test", "production-approval", "production")
            ),
            not_on=(
                f"{_PROMOTED_FOLDER}/decisions/central-approval-1.json",
                f"{_PROMOTED_FOLDER}/decisions/card-approval-1.json",
                _ARTIFACT,
            ),
            why="The function records what was decided about test and production.",
        ),
        May(
            actions="s3: ListBucket",
            on=(_BUCKET,),
            not_on=(_OTHER_BUCKET,),
            why="The function finds the files of a version.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:mlplatform-registry",),
            not_on=("kms:studio",),
            why="The central bucket is encrypted with the registry's key.",
        ),
        _reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        *_shares(None),
        _log("StagesLogCFD24CA0"),
    ),
    may_not=(
        _DECIDES_NOTHING,
        MayNot(
            actions="sagemaker: UpdateModelCard",
            on=(_CARD,),
            why="The function reads whether a card is approved, and approves none.",
        ),
        MayNot(
            actions="s3: DeleteObject DeleteObjectVersion",
            on=(_ARTIFACT, f"{_PROMOTED_FOLDER}/decisions/production-1.json"),
            why="What was decided stays.",
        ),
    ),
    unnoticed={
        f"s3:PutObject on arn:aws:s3:::mlplatform-registry-{{hub}}-{{region}}/{folder}/decisions/"
        "production-approval-*.json is gone": "The name of production's record begins alike."
        for folder in ("models/*/????????T??????Z", "registered/*/version-*")
    },
)

_CARD_AUTHOR = Table(
    role="model-card-author",
    account="hub",
    may=(
        _reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        May(
            actions="sagemaker: CreateModelCard",
            on=(_CARD,),
            only_if={"aws:RequestTag/source-account": "{dev}"},
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("products/build/from_s3/README.md", "`scripts/catalog card create`"),
        ),
        May(
            actions="sagemaker: AddTags",
            on=(_CARD,),
            only_if={
                "aws:RequestTag/source-account": "{dev}",
                "sagemaker:TaggingAction": "CreateModelCard",
            },
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("products/build/from_s3/README.md", "`scripts/catalog card create`"),
        ),
        May(
            actions="sagemaker: UpdateModelCard",
            on=(_CARD,),
            only_if={"aws:ResourceTag/source-account": "{dev}"},
            not_on=("sagemaker:dev:model-card/churn-p-team",),
            promise=("README.md", "starting a model's card"),
        ),
        *_shares("{dev}"),
    ),
    may_not=(
        MayNot(
            actions="sagemaker: DeleteModelCard UpdateModelPackage",
            on=(_CARD, _VERSION),
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
    _promotion("codecommit"),
    _promotion("github"),
    _RELEASE,
    _STAGES,
    _CARD_AUTHOR,
    _projects_switch("hub"),
    _projects_switch("dev"),
)
