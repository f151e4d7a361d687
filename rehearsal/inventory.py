"""What an account holds, by kind and name: all that the platform's templates and people's code can make."""

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from rehearsal.accounts import Accounts
from rehearsal.people import AccountKey


class Thing(NamedTuple):
    """Something in an account.

    Attributes:
        account: The account.
        kind: What it is, as the README calls it.
        name: Its name.
    """

    account: AccountKey
    kind: str
    name: str


_DELETED = ("DELETE_COMPLETE", "DeleteCompleted", "DELETED", "PendingDeletion")

Names = Iterable[str]


def _listing(service: str, operation: str, field: str, name: str) -> tuple[str, Callable[[Any], Names]]:
    """Names from a list call; `name` may be empty where the entries are names themselves."""

    def names(client: Any) -> Names:
        answered = (
            client.get_paginator(operation).paginate()
            if client.can_paginate(operation)
            else [getattr(client, operation)()]
        )
        for page in answered:
            for entry in page.get(field, ()):
                yield str(entry[name] if name else entry)

    return service, names


def _stacks(client: Any) -> Names:
    for page in client.get_paginator("list_stacks").paginate():
        yield from (
            each["StackName"] for each in page["StackSummaries"] if each["StackStatus"] not in _DELETED
        )


def _keys(client: Any) -> Names:
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            described = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if described["KeyManager"] == "CUSTOMER" and described["KeyState"] not in _DELETED:
                yield described["Description"]


def _aliases(client: Any) -> Names:
    for page in client.get_paginator("list_aliases").paginate():
        yield from (
            each["AliasName"] for each in page["Aliases"] if not each["AliasName"].startswith("alias/aws/")
        )


def _policies(client: Any) -> Names:
    for page in client.get_paginator("list_policies").paginate(Scope="Local"):
        yield from (each["PolicyName"] for each in page["Policies"])


def _projects(client: Any) -> Names:
    summaries = client.list_projects(MaxResults=100)["ProjectSummaryList"]
    yield from (each["ProjectName"] for each in summaries if each["ProjectStatus"] not in _DELETED)


def _shares(client: Any) -> Names:
    shares = client.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    yield from (each["name"] for each in shares if each["status"] not in _DELETED)


def _permissions(client: Any) -> Names:
    permissions = client.list_permissions(permissionType="CUSTOMER_MANAGED")["permissions"]
    yield from (each["name"] for each in permissions)


def _networks(client: Any) -> Names:
    for vpc in client.describe_vpcs()["Vpcs"]:
        if not vpc.get("IsDefault"):
            yield next((tag["Value"] for tag in vpc.get("Tags", ()) if tag["Key"] == "Name"), vpc["VpcId"])


def _topics(client: Any) -> Names:
    return (each["TopicArn"].rpartition(":")[2] for each in client.list_topics()["Topics"])


def _queues(client: Any) -> Names:
    return (each.rpartition("/")[2] for each in client.list_queues().get("QueueUrls", ()))


def _trusted(client: Any) -> Names:
    for principal in client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]:
        service = principal["ServicePrincipal"]
        yield service


def _administrators(client: Any) -> Names:
    for principal in client.list_aws_service_access_for_organization()["EnabledServicePrincipals"]:
        service = principal["ServicePrincipal"]
        found = client.list_delegated_administrators(ServicePrincipal=service)["DelegatedAdministrators"]
        yield from (f"{service} {each['Id']}" for each in found)


_KINDS: dict[str, tuple[str, Callable[[Any], Names]]] = {
    "alarm": _listing("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "alias of a key": ("kms", _aliases),
    "bucket": _listing("s3", "list_buckets", "Buckets", "Name"),
    "build project": _listing("codebuild", "list_projects", "projects", ""),
    "CodePipeline": _listing("codepipeline", "list_pipelines", "pipelines", "name"),
    "endpoint": _listing("sagemaker", "list_endpoints", "Endpoints", "EndpointName"),
    "endpoint configuration": _listing(
        "sagemaker", "list_endpoint_configs", "EndpointConfigs", "EndpointConfigName"
    ),
    "event bus": _listing("events", "list_event_buses", "EventBuses", "Name"),
    "event rule": _listing("events", "list_rules", "Rules", "Name"),
    "function": _listing("lambda", "list_functions", "Functions", "FunctionName"),
    "image repository": _listing("ecr", "describe_repositories", "repositories", "repositoryName"),
    "key": ("kms", _keys),
    "log group": _listing("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "managed policy": ("iam", _policies),
    "model": _listing("sagemaker", "list_models", "Models", "ModelName"),
    "model card": _listing("sagemaker", "list_model_cards", "ModelCardSummaries", "ModelCardName"),
    "model package group": _listing(
        "sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList", "ModelPackageGroupName"
    ),
    "network": ("ec2", _networks),
    "parameter": _listing("ssm", "describe_parameters", "Parameters", "Name"),
    "portfolio": _listing("servicecatalog", "list_portfolios", "PortfolioDetails", "DisplayName"),
    "product": _listing("servicecatalog", "search_products_as_admin", "ProductViewDetails", "ProductARN"),
    "project": ("sagemaker", _projects),
    "provisioned product": _listing(
        "servicecatalog", "search_provisioned_products", "ProvisionedProducts", "Name"
    ),
    "queue": ("sqs", _queues),
    "repository": _listing("codecommit", "list_repositories", "repositories", "repositoryName"),
    "resource share": ("ram", _shares),
    "role": _listing("iam", "list_roles", "Roles", "RoleName"),
    "SageMaker code repository": _listing(
        "sagemaker", "list_code_repositories", "CodeRepositorySummaryList", "CodeRepositoryName"
    ),
    "SageMaker pipeline": _listing("sagemaker", "list_pipelines", "PipelineSummaries", "PipelineName"),
    "share permission": ("ram", _permissions),
    "stack": ("cloudformation", _stacks),
    "StackSet": _listing("cloudformation", "list_stack_sets", "Summaries", "StackSetName"),
    "Studio domain": _listing("sagemaker", "list_domains", "Domains", "DomainName"),
    "TagOption": _listing("servicecatalog", "list_tag_options", "TagOptionDetails", "Key"),
    "topic": ("sns", _topics),
    "user": _listing("iam", "list_users", "Users", "UserName"),
}

_OF_MANAGEMENT: dict[str, tuple[str, Callable[[Any], Names]]] = {
    "delegated administrator": ("organizations", _administrators),
    "trusted access": ("organizations", _trusted),
}


def _work_groups(client: Any) -> Names:
    for each in client.list_work_groups()["WorkGroups"]:
        if each["Name"] != "primary":  # Every account has it.
            yield each["Name"]


_OF_LAKES: dict[str, tuple[str, Callable[[Any], Names]]] = {
    "crawler": _listing("glue", "get_crawlers", "Crawlers", "Name"),
    "database": _listing("glue", "get_databases", "DatabaseList", "Name"),
    "workgroup": ("athena", _work_groups),
}


def inventory(accounts: Accounts, account: AccountKey) -> set[Thing]:
    """Return what an account holds, as its administrator sees it.

    Args:
        accounts: The accounts.
        account: The account.
    """
    kinds = (
        _KINDS
        | (_OF_MANAGEMENT if account == "management" else {})
        | (_OF_LAKES if "data" in accounts.keys else {})
    )
    return {
        Thing(account, kind, name)
        for kind, (service, names) in kinds.items()
        for name in names(accounts.administrator(account, service))
    }
