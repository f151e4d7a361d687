"""The role of the function that promotes versions."""

from tests.access.rows import May, MayNot, Table
from tests.access.tables.registry_parts import (
    APPROVED,
    ARTIFACT,
    BUCKET,
    CARD,
    CENTRAL_CARDS,
    DECIDES_NOTHING,
    DIRECT,
    GROUP,
    IMAGES,
    OTHER_BUCKET,
    PENDING,
    READ_OF_ALL,
    TEAMS_GROUP,
    TEAMS_VERSION,
    VERSION,
    reads_cards,
    sends_dead_letters,
    writes_log,
)


def promotion(variant: str) -> Table:
    """The role under a variant of the settings."""
    gathers = variant == "github"
    teams_card = "sagemaker:dev:model-card/churn-p-team"
    aggregation = (
        May(
            actions="sagemaker: CreateModelCard UpdateModelCard",
            on=(CARD,),
            not_on=(teams_card,),
            why="Promotion copies what the teams' cards say into the central one.",
        ),
        May(
            actions="sagemaker: AddTags",
            on=(CARD,),
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
                on=(TEAMS_VERSION, VERSION),
                not_on=("sagemaker:dev:endpoint/churn",),
                why="Promotion reads the team's version, and the central one.",
            ),
            May(
                actions="sagemaker: ListTags",
                on=(GROUP, TEAMS_GROUP),
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
                on=("ecr:dev:repository/churn", IMAGES),
                not_on=("arn:aws:ecr:us-east-1:{dev}:repository/churn",),
                promise=("README.md", "with its artifacts of any size and its images"),
            ),
            May(
                actions="s3: AbortMultipartUpload DeleteObject ListMultipartUploadParts PutObject",
                on=(ARTIFACT,),
                not_on=(DIRECT, f"{OTHER_BUCKET}/models/1"),
                why="Promotion writes below models/, and cleans up there.",
            ),
            May(
                actions="s3: ListBucketMultipartUploads",
                on=(BUCKET,),
                not_on=(OTHER_BUCKET,),
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
                on=(IMAGES,),
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
                on=(GROUP,),
                not_on=(TEAMS_GROUP,),
                why="Promotion prepares the central group.",
            ),
            May(
                actions="sagemaker: AddTags",
                on=(GROUP,),
                only_if={"sagemaker:TaggingAction": "CreateModelPackageGroup"},
                given={"aws:TagKeys": ["registers-directly", "source-account"]},
                not_on=(TEAMS_GROUP,),
                why="Promotion marks a new group with the account that it comes from.",
            ),
            May(
                actions="sagemaker: AddTags",
                on=(GROUP,),
                given={"aws:TagKeys": ["platform"]},
                unless=({"aws:TagKeys": ["source-account"]}, {"aws:TagKeys": ["registers-directly"]}),
                not_on=(TEAMS_GROUP,),
                why="Promotion brings other tags up to date, never who registers.",
            ),
            May(
                actions="sagemaker: ListModelPackages",
                on=(GROUP, VERSION),
                not_on=(TEAMS_GROUP,),
                why="Promotion looks whether a version is there already.",
            ),
            May(
                actions="sagemaker: CreateModelPackage",
                on=(GROUP, VERSION),
                only_if=PENDING,
                not_on=(TEAMS_GROUP,),
                promise=("README.md", "waits for the ML engineer's approval"),
            ),
            May(
                actions="sagemaker: UpdateModelPackage",
                on=(VERSION,),
                unless=(APPROVED,),
                not_on=(TEAMS_VERSION,),
                why="Promotion completes a version that it began, and approves none.",
            ),
            reads_cards(
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
            writes_log("PromotionLog9FD2EB14"),
            sends_dead_letters("promotion"),
        ),
        may_not=(
            DECIDES_NOTHING,
            MayNot(
                actions="s3: PutObjectTagging DeleteObjectVersion",
                on=(ARTIFACT, DIRECT),
                why="Who copies an artifact does not open it.",
            ),
            MayNot(
                actions="sagemaker: CreateModelPackage UpdateModelPackage",
                on=(GROUP, VERSION),
                given=APPROVED,
                why="Promotion approves nothing.",
            ),
        ),
        unnoticed={
            **READ_OF_ALL,
            **({CENTRAL_CARDS: "It reads the cards of all accounts."} if gathers else {}),
        },
    )
