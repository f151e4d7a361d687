"""The platform engineer, and the role under which assets are published."""

from tests.access.rows import May, MayNot, Table

_TOOLKIT = "arn:aws:cloudformation:{region}:{hub}:stack/CDKToolkit/1"
_STACKS = tuple(
    f"cloudformation:hub:stack/mlplatform-{stack}/1"
    for stack in ("accounts", "foundation", "platform-engineer", "portfolios", "registry")
)
_ELSEWHERE = "cloudformation:hub:stack/payroll/1"
_SHARES_ROLE = (
    "iam:hub:role/aws-service-role/orgsdatasync.servicecatalog.amazonaws.com/"
    "AWSServiceRoleForServiceCatalogOrgsDataSync"
)
_SEES = "The engineer sees what they operate."

ENGINEER = Table(
    role="platform-engineer",
    account="hub",
    derived={
        "EcrRepository": "test_platform_engineer",
        "IamRole": "test_platform_engineer",
        "IamRole2": "test_platform_engineer",
        "S3Bucket": "test_platform_engineer",
        "SsmParameter": "test_platform_engineer",
    },
    may=(
        May(
            actions="cloudformation: CreateChangeSet DeleteChangeSet DescribeChangeSet DescribeEvents "
            "DescribeStackEvents DescribeStacks ExecuteChangeSet GetTemplate UpdateTerminationProtection",
            on=(_TOOLKIT,),
            not_on=(_ELSEWHERE,),
            promise=("README.md", "scripts/cdk bootstrap aws://222222222222/eu-west-1"),
        ),
        May(
            actions="sts: AssumeRole",
            on=(
                "iam:hub:role/cdk-hnb659fds-deploy-role-{hub}-{region}",
                "iam:hub:role/cdk-hnb659fds-file-publishing-role-{hub}-{region}",
                "iam:hub:role/cdk-hnb659fds-lookup-role-{hub}-{region}",
                "iam:hub:role/mlplatform-asset-publishing",
            ),
            not_on=("iam:hub:role/cdk-hnb659fds-cfn-exec-role-{hub}-{region}", "iam:hub:role/payroll"),
            promise=("README.md", "scripts/cdk deploy --all"),
        ),
        May(
            actions="cloudformation: DeleteChangeSet",
            on=("cloudformation:hub:stack/mlplatform-platform-engineer/1",),
            not_on=("cloudformation:hub:stack/mlplatform-registry/1",),
            promise=("README.md", "scripts/cdk deploy --all"),
        ),
        May(
            actions="servicecatalog: CreatePortfolioShare DescribePortfolioShares UpdatePortfolioShare",
            on=("catalog:hub:portfolio/port-abcdefghijklm",),
            not_on=("catalog:dev:portfolio/port-abcdefghijklm",),
            promise=("README.md", "scripts/catalog share"),
        ),
        May(
            actions="iam: CreateServiceLinkedRole",
            on=(_SHARES_ROLE,),
            only_if={"iam:AWSServiceName": "orgsdatasync.servicecatalog.amazonaws.com"},
            not_on=(_SHARES_ROLE.replace("OrgsDataSync", "Other"),),
            promise=("README.md", "scripts/catalog share"),
        ),
        May(
            actions="servicecatalog: DeletePortfolioShare",
            on=("catalog:hub:portfolio/port-abcdefghijklm",),
            not_on=("catalog:dev:portfolio/port-abcdefghijklm",),
            why="`catalog unshare`.",
        ),
        May(
            actions="ram: DeleteResourceShare",
            on=("ram:hub:resource-share/1",),
            only_if={"ram:ResourceShareName": "mlplatform-card-authors-churn-p-team"},
            not_on=("ram:dev:resource-share/1",),
            why="`catalog unshare`.",
        ),
        May(
            actions="ram: DeleteResourceShare",
            on=("ram:hub:resource-share/1",),
            only_if={"ram:ResourceShareName": "mlplatform-card-readers-churn-p-team"},
            why="`catalog unshare`.",
        ),
        May(actions="ram: GetResourceShares", on=("*",), why="`catalog unshare`."),
        May(
            actions="sagemaker: DeleteResourcePolicy",
            on=("*",),
            why="RAM takes the card's own policy away in the name of whoever deletes the share.",
        ),
        May(
            actions="servicecatalog: DescribePortfolioShareStatus ListPortfolios",
            on=("*",),
            promise=("README.md", "scripts/catalog share"),
        ),
        May(
            actions="cloudformation: DescribeEvents DescribeStackEvents DescribeStackResources "
            "DescribeStacks GetTemplate ListStackResources",
            on=_STACKS,
            not_on=(_ELSEWHERE, "cloudformation:dev:stack/mlplatform-registry/1"),
            why=_SEES,
        ),
        May(
            actions="cloudformation: DescribeStackInstance DescribeStackSet DescribeStackSetOperation "
            "ListStackInstances ListStackSetOperationResults ListStackSetOperations",
            on=(
                "cloudformation:hub:stackset/mlplatform-launch:1",
                "cloudformation:hub:stackset/mlplatform-deployment-target:1",
                "cloudformation:111111111111:stackset/mlplatform-launch:1",
                "cloudformation:111111111111:stackset/mlplatform-deployment-target:1",
            ),
            not_on=("cloudformation:hub:stackset/payroll:1",),
            why=_SEES,
        ),
        May(
            actions="cloudwatch: DescribeAlarmHistory DescribeAlarms",
            on=("cloudwatch:hub:alarm:*", "cloudwatch:hub:alarm:mlplatform-registry-AlarmsErrors"),
            not_on=("cloudwatch:dev:alarm:*",),
            why=_SEES,
        ),
        May(
            actions="logs: DescribeLogStreams FilterLogEvents",
            on=(
                "logs:hub:log-group:mlplatform-registry-PromotionLog:log-stream:",
                "logs:hub:log-group:/aws/codebuild/mlplatform-build-p-deploy:log-stream:",
                "logs:hub:log-group:/aws/lambda/mlplatform-registry-Provider:log-stream:",
            ),
            not_on=("logs:hub:log-group:payroll:log-stream:",),
            why=_SEES,
        ),
        May(
            actions="logs: GetLogEvents",
            on=("logs:hub:log-group:mlplatform-registry-PromotionLog:log-stream:2026",),
            not_on=("logs:hub:log-group:payroll:log-stream:2026",),
            why=_SEES,
        ),
        May(
            actions="servicecatalog: DescribePortfolio ListPortfolioAccess ListPrincipalsForPortfolio",
            on=("catalog:hub:portfolio/port-abcdefghijklm",),
            not_on=("catalog:dev:portfolio/port-abcdefghijklm",),
            why=_SEES,
        ),
        May(
            actions="servicecatalog: DescribeProductAsAdmin DescribeProvisioningArtifact "
            "ListProvisioningArtifacts",
            on=("catalog:hub:product/prod-abcdefghijklm",),
            not_on=("catalog:dev:product/prod-abcdefghijklm",),
            why=_SEES,
        ),
        May(
            actions="servicecatalog: DescribeConstraint ListConstraintsForPortfolio "
            "ListOrganizationPortfolioAccess SearchProductsAsAdmin",
            on=("*",),
            why=_SEES,
        ),
        May(actions="cloudformation: ListStackSets ListStacks", on=("*",), why=_SEES),
        May(actions="cloudwatch: GetMetricData ListMetrics", on=("*",), why=_SEES),
        May(actions="logs: DescribeLogGroups", on=("*",), why=_SEES),
        May(
            actions="organizations: ListDelegatedAdministrators",
            on=("*",),
            why="StackSets ask for it of whoever acts for a delegated administrator.",
        ),
    ),
    may_not=(
        MayNot(
            actions="iam: PassRole CreateRole PutRolePolicy",
            on=("iam:hub:role/mlplatform-ml-engineer",),
            why="The engineer would become whoever they make.",
        ),
        MayNot(
            actions="sagemaker: UpdateModelPackage CreateProject",
            on=("sagemaker:hub:model-package/churn-p-team/1", "sagemaker:hub:project/churn"),
            why="The engineer runs the platform, and has no say about models.",
        ),
        MayNot(
            actions="cloudformation: DeleteStack UpdateStack CreateChangeSet ExecuteChangeSet",
            on=_STACKS,
            why="Stacks change under the roles of the bootstrap.",
        ),
    ),
)

ASSETS = Table(
    role="asset-publishing",
    account="hub",
    may=(
        May(
            actions="s3: GetBucketLocation GetEncryptionConfiguration ListBucket",
            on=("s3::mlplatform-assets-{hub}-{region}",),
            not_on=("s3::mlplatform-registry-{hub}-{region}",),
            why="`cdk deploy` looks what is published already.",
        ),
        May(
            actions="s3: AbortMultipartUpload GetObject PutObject",
            on=("s3::mlplatform-assets-{hub}-{region}/0123.zip",),
            not_on=("s3::mlplatform-registry-{hub}-{region}/models/model.tar.gz",),
            why="`cdk deploy` publishes the rest.",
        ),
    ),
    may_not=(
        MayNot(
            actions="s3: DeleteObject DeleteObjectVersion PutBucketPolicy",
            on=("s3::mlplatform-assets-{hub}-{region}", "s3::mlplatform-assets-{hub}-{region}/0123.zip"),
            why="Old versions of products keep their templates and seeds.",
        ),
    ),
)
