"""AWS's roles beside ours, and why ours does without what AWS's has."""

from tests.access.managed import Comparison

_PROJECTS = ("cloudformation:", "codebuild:", "codecommit:", "servicecatalog:", "tag:")
_PRODUCTS = (
    ("codecommit", "dev", "launch-build-from-s3"),
    ("codecommit", "hub", "launch-deploy-realtime"),
    ("github", "dev", "launch-build-from-s3"),
    ("github", "hub", "launch-deploy-realtime"),
)
_PEOPLE = (
    ("codecommit", "dev", "data-scientist"),
    ("codecommit", "dev", "lead-data-scientist"),
    ("codecommit", "hub", "ml-engineer"),
)

_NOT_USED = "No product makes such a resource."
_NO_PLANS = "Launches go by SageMaker Projects and the console's form, which make no plans."
_NO_SERVICE_ACTIONS = "No product offers service actions."
_NO_STACK_SETS = "No product is launched by a StackSet constraint."
_NO_APPLICATIONS = "Applications and attribute groups belong to AppRegistry."
_LAUNCH_ROLE = "Every product has a launch constraint, whose role works with the stack."
_BY_CLOUDFORMATION = "CloudFormation does it under the role of the bootstrap when the engineer deploys."
_OWN_PREFIX = (
    "The connection's ARN is of codeconnections; of an older connection the role has the older action "
    "(https://docs.aws.amazon.com/dtconsole/latest/userguide/rename.html)."
)


def _is_of_projects(action: str) -> bool:
    return action.startswith(_PROJECTS) or (action.startswith("sagemaker:") and "Project" in action)


COMPARISONS = (
    Comparison(
        policy="AmazonSageMakerAdmin-ServiceCatalogProductsServiceRolePolicy",
        roles=_PRODUCTS,
        together=True,
        reasons={
            "apigateway:*": _NOT_USED,
            "codestar-connections:PassConnection": _OWN_PREFIX,
            "cognito-idp:*": _NOT_USED,
            "ecr:*": "Central image repositories are made by promotion, and projects use AWS's image.",
            "events:DisableRule": "Rules are enabled when they are made.",
            "events:EnableRule": "Rules are enabled when they are made.",
            "firehose:*": _NOT_USED,
            "glue:*": _NOT_USED,
            "lambda:GetFunctionConfiguration": "CloudFormation's handler reads with GetFunction.",
            "logs:*LogStream": "Whoever writes a log makes its streams.",
            "logs:DescribeLogStreams": "Whoever reads a log lists its streams.",
            "s3:PutObjectTagging": "A launch puts no objects.",
            "sagemaker:*Endpoint": "Endpoints are made in the target accounts, under a role of their own.",
            "sagemaker:*EndpointConfig": "Endpoints are made in the target accounts, under their own role.",
            "sagemaker:*Image": _NOT_USED,
            "sagemaker:*Model": "Models are made in the target accounts, under a role of their own.",
            "sagemaker:*Workteam": _NOT_USED,
            "states:*": _NOT_USED,
        },
    ),
    Comparison(
        policy="AmazonSageMakerServiceCatalogProductsCodePipelineServiceRolePolicy",
        roles=(("codecommit", "hub", "pipeline-p-deploy"), ("github", "hub", "pipeline-p-deploy")),
        together=True,
        reasons={
            "cloudformation:*": "The pipeline assumes the deployment role of the target account for it.",
            "codestar-connections:UseConnection": _OWN_PREFIX,
            "iam:PassRole": "The deployment role of the target account passes CloudFormation's role.",
            "s3:AbortMultipartUpload": "Not in the documented minimum (how-to-custom-role).",
            "s3:DeleteObject": "Not in the documented minimum (how-to-custom-role); artifacts stay.",
        },
    ),
    Comparison(
        policy="AmazonSageMakerServiceCatalogProductsCodeBuildServiceRolePolicy",
        roles=(("codecommit", "dev", "build-p-team"), ("codecommit", "hub", "build-p-deploy")),
        together=True,
        reasons={
            "codecommit:*": "The pipeline fetches the source, and hands it over.",
            "codeconnections:UseConnection": "The pipeline fetches the source, and hands it over.",
            "codestar-connections:UseConnection": "The pipeline fetches the source, and hands it over.",
            "ecr:*": "Builds run in CodeBuild's own image, and make none.",
            "logs:*": "The product makes the log group; a build writes its stream there.",
            "s3:*": "The product makes the bucket, and builds delete nothing.",
            "sagemaker:*": "A build brings the SageMaker pipeline up to date and starts it; the rest is the "
            "training role's.",
        },
    ),
    Comparison(
        policy="AmazonSageMakerServiceCatalogProductsEventsServiceRolePolicy",
        roles=(("codecommit", "dev", "trigger-p-team"), ("codecommit", "hub", "trigger-p-deploy")),
        reasons={},
    ),
    Comparison(
        policy="AmazonSageMakerFullAccess",
        roles=_PEOPLE,
        scope=_is_of_projects,
        reasons={
            "codebuild:StartBuild": "Builds are started by the pipeline.",
            "codecommit:*ApprovalRule*": "Rules of approval are the repository's owner's to bring.",
            "codecommit:BatchGetRepositories": "GetRepository tells the same of one.",
            "codecommit:CreateRepository": "The product makes the repository.",
            "codecommit:ListBranches": "The ML engineer works with git.",
            "codecommit:ListFileCommitHistory": "git log tells it.",
            "codecommit:ListPullRequests": "The ML engineer works with git.",
            "codecommit:ListRepositories": "The ML engineer finds the repository in the project.",
            "codecommit:ListTagsForResource": "A repository's tags are the project's, which shows them.",
            "sagemaker:UpdateProject": "A lead updates the team's projects, and data scientists do not.",
            "servicecatalog:*AttributeGroup*": _NO_APPLICATIONS,
            "servicecatalog:*Constraint*": "Constraints are the platform engineer's.",
            "servicecatalog:*Portfolio*": "Portfolios are the platform engineer's; people see the products.",
            "servicecatalog:*ProvisionedProductPlan*": _NO_PLANS,
            "servicecatalog:*ServiceAction*": _NO_SERVICE_ACTIONS,
            "servicecatalog:*TagOption*": "ListLaunchPaths tells the values to choose from.",
            "servicecatalog:DescribeCopyProductStatus": "Products are the platform engineer's.",
            "servicecatalog:DescribeProductAsAdmin": "Products are the platform engineer's.",
            "servicecatalog:ListApplications": _NO_APPLICATIONS,
            "servicecatalog:ListAssociatedResources": _NO_APPLICATIONS,
            "servicecatalog:ListBudgetsForResource": "No budget is bound to a product.",
            "servicecatalog:ListStackInstancesForProvisionedProduct": _NO_STACK_SETS,
            "servicecatalog:ListTagsForResource": "ListTagsForResource is of AppRegistry's resources.",
            "servicecatalog:UpdateProvisionedProduct": "Data scientists update no projects.",
        },
    ),
    Comparison(
        policy="AWSServiceCatalogEndUserFullAccess",
        roles=(*_PEOPLE, ("codecommit", "dev", "ml-administrator")),
        reasons={
            "cloudformation:*ChangeSet*": _NO_PLANS,
            "cloudformation:*Stack": _LAUNCH_ROLE,
            "cloudformation:*StackInstance*": _NO_STACK_SETS,
            "cloudformation:*StackSet*": _NO_STACK_SETS,
            "cloudformation:*agResource": _LAUNCH_ROLE,
            "cloudformation:SetStackPolicy": _LAUNCH_ROLE,
            "cloudformation:ValidateTemplate": _LAUNCH_ROLE,
            "config:*": "It is for service actions, of which there are none.",
            "servicecatalog:*ProvisionedProductPlan*": _NO_PLANS,
            "servicecatalog:*ServiceAction*": _NO_SERVICE_ACTIONS,
            "servicecatalog:ListStackInstancesForProvisionedProduct": _NO_STACK_SETS,
            "servicecatalog:UpdateProvisionedProduct": "Data scientists update no projects.",
            "ssm:*": _NO_SERVICE_ACTIONS,
        },
    ),
    Comparison(
        policy="AWSServiceCatalogAdminFullAccess",
        roles=(("codecommit", "hub", "platform-engineer"),),
        reasons={
            "cloudformation:*": _BY_CLOUDFORMATION,
            "config:*": _NO_SERVICE_ACTIONS,
            "iam:Get*": "Principals are shared by name, and not looked up.",
            "iam:List*": "Principals are shared by name, and not looked up.",
            "iam:PassRole": _BY_CLOUDFORMATION,
            "servicecatalog:*Application*": _NO_APPLICATIONS,
            "servicecatalog:*AttributeGroup*": _NO_APPLICATIONS,
            "servicecatalog:*AWSOrganizationsAccess*": "The management account does it: `catalog prepare`.",
            "servicecatalog:*Associate*": _BY_CLOUDFORMATION,
            "servicecatalog:*Disassociate*": _BY_CLOUDFORMATION,
            "servicecatalog:*Provision*": "The engineer offers products, and launches none.",
            "servicecatalog:*Resource*": _NO_APPLICATIONS,
            "servicecatalog:*ServiceAction*": _NO_SERVICE_ACTIONS,
            "servicecatalog:*TagOption*": _BY_CLOUDFORMATION,
            "servicecatalog:AcceptPortfolioShare": "Units are shared with, whose accounts accept nothing.",
            "servicecatalog:*CopyProduct*": "Products are made from code.",
            "servicecatalog:Create*": _BY_CLOUDFORMATION,
            "servicecatalog:Delete*": _BY_CLOUDFORMATION,
            "servicecatalog:*Configuration": _NO_APPLICATIONS,
            "servicecatalog:DescribeProduct": "The engineer sees products as administrator.",
            "servicecatalog:DescribeProductView": "The engineer sees products as administrator.",
            "servicecatalog:DescribeRecord": "The engineer offers products, and launches none.",
            "servicecatalog:ListAcceptedPortfolioShares": "The hub accepts no portfolio.",
            "servicecatalog:ListLaunchPaths": "The engineer offers products, and launches none.",
            "servicecatalog:ListPortfoliosForProduct": "DescribeProductAsAdmin tells it.",
            "servicecatalog:ListRecordHistory": "The engineer offers products, and launches none.",
            "servicecatalog:RejectPortfolioShare": "The hub accepts no portfolio.",
            "servicecatalog:SearchProducts": "The engineer sees products as administrator.",
            "servicecatalog:Update*": _BY_CLOUDFORMATION,
            "ssm:*": _NO_SERVICE_ACTIONS,
        },
    ),
    Comparison(
        policy="AWSCodePipelineApproverAccess",
        roles=(("codecommit", "hub", "governance-officer"),),
        reasons={},
    ),
    Comparison(
        policy="AmazonSageMakerModelGovernanceUseAccess",
        roles=(("codecommit", "hub", "governance-officer"),),
        reasons={
            "kms:ListAliases": "Cards have no key to choose.",
            "s3:*": "`catalog card export` writes to the officer's own disk.",
            "sagemaker:*ModelCardExportJob*": "`catalog card export` writes to the officer's own disk.",
            "sagemaker:*Monitoring*": "No product monitors models.",
            "sagemaker:*Tags": "Tags say which account a card belongs to, and stay.",
            "sagemaker:CreateModelCard": "A lead starts cards.",
            "sagemaker:DeleteModelCard": "Cards outlive models.",
            "sagemaker:DescribeModel": "The trace reads models, under the role of their account.",
            "sagemaker:DescribeTrainingJob": "The trace reads jobs, under the role of their account.",
            "sagemaker:ListModels": "Models are in the target accounts.",
            "sagemaker:ListTrainingJobs": "Jobs are in the teams' accounts.",
            "sagemaker:Search": "`catalog receipt` and `catalog lineage` find what belongs to a version.",
        },
    ),
)
