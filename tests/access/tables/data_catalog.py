"""The roles of the catalog of published data sets, in the data account and in those that subscribe."""

from tests.access.rows import May, MayNot, Table

_PUBLISHED = "products/admin/published_data/README.md"
_SUBSCRIBED = "products/admin/data_subscriptions/README.md"
_LAKE = ("glue:data:catalog", "glue:data:database/mlplatform_lake", "glue:data:table/mlplatform_lake/houses")
_NOT_OF_THE_LAKE = ("glue:data:database/payroll", "glue:data:table/payroll/salaries")
_HOUSES = "s3::mlplatform-lake-{data}-{region}/tables/houses/1.parquet"
_READS_NOTHING = MayNot(
    actions="s3: GetObject ListBucket",
    on=(_HOUSES, "s3::mlplatform-lake-{data}-{region}"),
    why="Who grants a table need not read it.",
)
_SETTINGS = MayNot(
    actions="lakeformation: PutDataLakeSettings RegisterResource",
    on=("*",),
    why="Who governs the lake is decided elsewhere.",
)
_GRANTS = May(
    actions="lakeformation: BatchGrantPermissions BatchRevokePermissions GrantPermissions ListPermissions "
    "RevokePermissions",
    on=("*",),
    why="Lake Formation decides what the role may grant.",
)
_DECIDING = (
    "AcceptSubscriptionRequest CreateListingChangeSet GetDataSource GetDataSourceRun GetListing "
    "GetSubscription GetSubscriptionRequestDetails ListDataSources ListProjects ListSubscriptionGrants "
    "ListSubscriptionRequests ListSubscriptions RejectSubscriptionRequest RevokeSubscription SearchListings "
    "StartDataSourceRun"
)


def _writes_log(account: str, name: str) -> May:
    return May(
        actions="logs: CreateLogStream PutLogEvents",
        on=(f"logs:{account}:log-group:/aws/lambda/mlplatform-{name}:log-stream:1",),
        not_on=(f"logs:{account}:log-group:payroll:log-stream:1",),
        why="The function writes its log.",
    )


_OWNER = Table(
    role="data-owner",
    account="data",
    variant="data",
    may=(
        May(
            actions=f"datazone: {_DECIDING}",
            on=("*",),
            promise=(_PUBLISHED, "publish tables, decide about subscriptions, revoke them"),
        ),
    ),
    may_not=(
        MayNot(
            actions="datazone: CreateProject DeleteProject CreateProjectMembership CreateUserProfile "
            "DeleteDomain UpdateDataSource",
            on=("*",),
            why="The catalog itself is the product's.",
        ),
        MayNot(
            actions="lakeformation: GrantPermissions RevokePermissions",
            on=("*",),
            why="DataZone grants what the owner decides.",
        ),
        _READS_NOTHING,
    ),
)

_PUBLICATION = Table(
    role="publication-access",
    account="data",
    variant="data",
    may=(
        May(
            actions="glue: GetDatabase GetDatabases GetTable GetTables",
            on=_LAKE,
            not_on=_NOT_OF_THE_LAKE,
            promise=(_PUBLISHED, "read the lake's catalog, and share its tables by Lake Formation"),
        ),
        _GRANTS,
        May(
            actions="glue: DeleteResourcePolicy PutResourcePolicy",
            on=("glue:data:catalog",),
            not_on=("glue:dev:catalog",),
            why="Lake Formation writes the catalog's policy in the name of who shares.",
        ),
        May(
            actions="ram: CreateResourceShare",
            on=("*",),
            unless=({"ram:RequestedResourceType": "sagemaker:ModelCard"},),
            why="Lake Formation makes the share in the name of who shares.",
        ),
        *(
            May(
                actions="ram: CreateResourceShare",
                on=("*",),
                given={"ram:RequestedResourceType": kind},
                why="It shares the table, with its database and the catalog.",
            )
            for kind in ("glue:Catalog", "glue:Database", "glue:Table")
        ),
        May(
            actions="ram: AssociateResourceShare DeleteResourceShare DisassociateResourceShare "
            "UpdateResourceShare",
            on=("ram:data:resource-share/1",),
            only_if={"ram:ResourceShareName": "LakeFormation-V3-1"},
            not_on=("ram:hub:resource-share/1",),
            why="Only shares that Lake Formation has made.",
        ),
        May(
            actions="ram: AssociateResourceSharePermission",
            on=("ram:data:resource-share/1",),
            only_if={"ram:PermissionArn": "arn:aws:ram::aws:permission/AWSRAMLFEnabledPermission"},
            not_on=("ram:hub:resource-share/1",),
            why="Only with the permissions that Lake Formation gives.",
        ),
        May(
            actions="ram: GetResourceShares ListResources",
            on=("*",),
            why="Lake Formation looks for the share that there is.",
        ),
        May(
            actions="organizations: DescribeOrganization",
            on=("*",),
            why="Lake Formation looks whether the account is of the organisation.",
        ),
    ),
    may_not=(
        MayNot(
            actions="glue: CreateTable UpdateTable DeleteTable UpdateDatabase DeleteDatabase",
            on=_LAKE,
            why="DataZone describes no tables of the lake.",
        ),
        _READS_NOTHING,
        _SETTINGS,
    ),
)

_PORTAL = Table(
    role="data-catalog",
    account="data",
    variant="data",
    may=(
        May(
            actions="datazone: AcceptSubscriptionRequest CancelSubscription CreateListingChangeSet "
            "CreateSubscriptionRequest DeleteSubscriptionRequest GetAsset GetDataSource GetDataSourceRun "
            "GetEnvironment GetListing GetProject GetSubscription GetSubscriptionRequestDetails "
            "GetUserProfile ListDataSourceRuns ListDataSources ListEnvironments ListNotifications "
            "ListProjectMemberships ListProjects ListSubscriptionGrants ListSubscriptionRequests "
            "ListSubscriptions RejectSubscriptionRequest RevokeSubscription Search SearchListings "
            "StartDataSourceRun",
            on=("*",),
            promise=(_PUBLISHED, "search, ask and decide, for whoever is signed in"),
        ),
        May(
            actions="datazone: GetDomain",
            on=("datazone:data:domain/dzd_1",),
            not_on=("datazone:hub:domain/dzd_1",),
            promise=(_PUBLISHED, "search, ask and decide, for whoever is signed in"),
        ),
    ),
    may_not=(
        MayNot(
            actions="datazone: CreateProject CreateEnvironment CreateDataSource AddPolicyGrant",
            on=("*",),
            why="Projects and environments are the products'.",
        ),
    ),
)

_SUBSCRIBERS = Table(
    role="data-subscribers",
    account="data",
    variant="data",
    may=(
        May(
            actions="datazone: CreateUserProfile UpdateUserProfile",
            on=("*",),
            promise=(_PUBLISHED, "let roles of the subscribing accounts into the domain"),
        ),
        _writes_log("data", "data-subscribers"),
    ),
    may_not=(
        MayNot(
            actions="datazone: CreateProjectMembership AcceptSubscriptionRequest",
            on=("*",),
            why="To be let in is not to be a member.",
        ),
    ),
)

_SUBSCRIPTION = Table(
    role="subscription-access",
    account="dev",
    variant="data",
    may=(
        May(
            actions="glue: CreateTable DeleteTable GetDatabase GetTable",
            on=("glue:dev:catalog", "glue:dev:database/project_p_1", "glue:dev:table/project_p_1/houses"),
            not_on=("glue:dev:database/payroll", "glue:dev:table/payroll/salaries", "glue:hub:catalog"),
            promise=(_SUBSCRIBED, "link subscribed tables into databases of projects, and grant them"),
        ),
        May(
            actions="glue: GetDatabase GetTable",
            on=_LAKE,
            not_on=_NOT_OF_THE_LAKE,
            promise=(_SUBSCRIBED, "link subscribed tables into databases of projects, and grant them"),
        ),
        _GRANTS,
    ),
    may_not=(
        MayNot(
            actions="glue: UpdateTable DeleteDatabase UpdateDatabase",
            on=("glue:dev:database/project_p_1", "glue:dev:table/project_p_1/houses"),
            why="DataZone makes links and removes them.",
        ),
        MayNot(
            actions="glue: CreateTable DeleteTable",
            on=_LAKE,
            why="The lake is the data account's.",
        ),
        _READS_NOTHING,
        _SETTINGS,
    ),
)

_SUBSCRIPTIONS = Table(
    role="data-subscriptions",
    account="dev",
    variant="data",
    may=(
        May(
            actions="datazone: CancelSubscription CreateSubscriptionGrant CreateSubscriptionRequest "
            "DeleteSubscriptionGrant DeleteSubscriptionRequest GetListing ListSubscriptionGrants "
            "ListSubscriptionRequests ListSubscriptionTargets ListSubscriptions",
            on=("*",),
            promise=(_SUBSCRIBED, "ask for subscriptions of projects, and end them"),
        ),
        _writes_log("dev", "data-subscriptions"),
    ),
    may_not=(
        MayNot(
            actions="datazone: AcceptSubscriptionRequest RevokeSubscription CreateSubscriptionTarget",
            on=("*",),
            why="Who asks does not decide.",
        ),
        MayNot(
            actions="lakeformation: GrantPermissions GetDataAccess",
            on=("*",),
            why="DataZone grants, and the training role reads.",
        ),
    ),
)

_POWERLESS = tuple(
    Table(
        role="catalog-environment",
        account=account,
        variant="data",
        may=(),
        may_not=(
            MayNot(
                actions="datazone: GetListing CreateSubscriptionRequest",
                on=("*",),
                why="Who opens an environment gets this role, and has a better one.",
            ),
            _READS_NOTHING,
        ),
    )
    for account in ("data", "dev")
)

DATA_CATALOG = (_OWNER, _PUBLICATION, _PORTAL, _SUBSCRIBERS, _SUBSCRIPTION, _SUBSCRIPTIONS, *_POWERLESS)
