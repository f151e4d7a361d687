"""The role of the function that notes the stages of a deployment."""

from registry.functions.model_registry.promotion.fields import WRITTEN_BY_PROMOTION
from tests.access.rows import May, MayNot, Table
from tests.access.tables.registry_parts import (
    APPROVED,
    ARTIFACT,
    BUCKET,
    CARD,
    DECIDES_NOTHING,
    DIRECT,
    DIRECT_FOLDER,
    GROUP,
    OTHER_BUCKET,
    PROMOTED_FOLDER,
    TEAMS_GROUP,
    TEAMS_VERSION,
    VERSION,
    reads_cards,
    shares_cards,
    writes_log,
)

STAGES = Table(
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
            on=(VERSION,),
            not_on=(TEAMS_VERSION,),
            why="The function compares with what production runs.",
        ),
        May(
            actions="sagemaker: ListModelPackages",
            on=(GROUP,),
            not_on=(TEAMS_GROUP,),
            why="The function compares with what production runs.",
        ),
        *(
            May(
                actions="sagemaker: UpdateModelPackage",
                on=(VERSION,),
                only_if={
                    "sagemaker:ModelLifeCycle:Stage": stage,
                    "sagemaker:ModelLifeCycle:StageStatus": status,
                },
                unless=(
                    APPROVED,
                    {"sagemaker:CustomerMetadataPropertiesToRemove": "receipt_sha256"},
                    *({f"sagemaker:CustomerMetadataProperties/{name}": "0"} for name in WRITTEN_BY_PROMOTION),
                ),
                not_on=(TEAMS_VERSION,),
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
            on=(ARTIFACT, DIRECT),
            not_on=(f"{BUCKET}/other", f"{OTHER_BUCKET}/models/1"),
            promise=("registry/README.md", "opens the artifact and the card to production"),
        ),
        May(
            actions="s3: PutObject",
            on=tuple(
                f"{folder}/decisions/{kind}-1.json"
                for folder in (PROMOTED_FOLDER, DIRECT_FOLDER)
                for kind in ("test", "production-approval", "production")
            ),
            not_on=(
                f"{PROMOTED_FOLDER}/decisions/central-approval-1.json",
                f"{PROMOTED_FOLDER}/decisions/card-approval-1.json",
                ARTIFACT,
            ),
            why="The function records what was decided about test and production.",
        ),
        May(
            actions="s3: ListBucket",
            on=(BUCKET,),
            not_on=(OTHER_BUCKET,),
            why="The function finds the files of a version.",
        ),
        May(
            actions="kms: Decrypt GenerateDataKey",
            on=("kms:mlplatform-registry",),
            not_on=("kms:studio",),
            why="The central bucket is encrypted with the registry's key.",
        ),
        reads_cards(not_on=("sagemaker:dev:model-card/churn-p-team",)),
        *shares_cards(None),
        writes_log("StagesLogCFD24CA0"),
    ),
    may_not=(
        DECIDES_NOTHING,
        MayNot(
            actions="sagemaker: UpdateModelCard",
            on=(CARD,),
            why="The function reads whether a card is approved, and approves none.",
        ),
        MayNot(
            actions="s3: DeleteObject DeleteObjectVersion",
            on=(ARTIFACT, f"{PROMOTED_FOLDER}/decisions/production-1.json"),
            why="What was decided stays.",
        ),
    ),
    unnoticed={
        f"s3:PutObject on arn:aws:s3:::mlplatform-registry-{{hub}}-{{region}}/{folder}/decisions/"
        "production-approval-*.json is gone": "The name of production's record begins alike."
        for folder in ("models/*/????????T??????Z", "registered/*/version-*")
    },
)
