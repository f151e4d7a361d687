"""Assumptions about the catalog of published data sets in Amazon DataZone, and about subscriptions."""

from assumptions.assumption import Assumption, Source

_GUIDE = "https://docs.aws.amazon.com/datazone/latest/userguide"
_API = "https://docs.aws.amazon.com/datazone/latest/APIReference"
_SUBSCRIPTIONS = "pipelines/functions/custom_resources/data_subscriptions.py"
_NOT_PROBED = "Not probed, because it takes a domain and two accounts."

CATALOG = (
    Assumption(
        key="domain-version",
        assumed="A domain of version V1 can still be created, with environments of the blueprint "
        "CustomAwsService made by CloudFormation in each account for itself.",
        where=("pipelines/catalog/publication.py", "pipelines/catalog/blueprint.py"),
        source=Source(
            says="Domains can be upgraded to SageMaker unified domains by hand; that new ones of V1 are "
            "refused is said nowhere. The guide makes environments of this blueprint in the console.",
            url=f"{_GUIDE}/create-custom-environment.html",
        ),
        if_wrong="The launch of *Published data sets*, or of *Data subscriptions*, would fail and roll back.",
        fallback="By hand: leave both products out, and give projects the lake by LF-tag (*Build a model "
        "from the data lake*), which needs no catalog.",
        probe=f"{_NOT_PROBED} The launch of the product tells.",
        shown_by="tests/products/test_published_data.py::test_the_lake_is_read_without_a_catalog",
    ),
    Assumption(
        key="shared-domain-actions",
        assumed="RAM's default permission for a domain lets an associated account's roles make projects, "
        "environments, subscription targets, requests and grants.",
        where=("pipelines/catalog/publication.py", "pipelines/catalog/subscriber.py"),
        source=Source(
            says="It lets associated accounts “execute Amazon DataZone APIs”, without the data portal; which "
            "of them, is not listed.",
            url=f"{_GUIDE}/invite-account-to-associate.html",
        ),
        if_wrong="The launch of *Data subscriptions*, or of a project, would fail with the denied action.",
        fallback="By hand: in AWS RAM, give the share `DataZone-…` the permission "
        "AWSRAMPermissionsAmazonDatazoneDomainExtendedServiceAccess, and launch again.",
        probe=f"{_NOT_PROBED} `aws ram list-resource-share-permissions` shows what the share has.",
        shown_by="tests/emulator/datazone/test_datazone.py::test_a_guest_does_not_govern_the_domain",
    ),
    Assumption(
        key="subscription-terms",
        assumed="A data source gives its assets the form SubscriptionTermsForm with `approvalRequired`, "
        "and DataZone accepts requests at once where it is NO.",
        where=("pipelines/catalog/publication.py",),
        source=Source(
            says="`assetFormsInput` are the forms “to be attached to the assets that this data source works "
            "with”; what the form of the terms holds is not described.",
            url=f"{_API}/API_CreateDataSource.html",
        ),
        if_wrong="With `Approval` set to Automatic, requests would wait for the data owner all the same.",
        fallback="Nothing opens by itself: the data owner accepts such requests, as with Required.",
        probe=f"{_NOT_PROBED} `aws datazone list-subscription-requests --status PENDING` shows what waits.",
        shown_by="tests/emulator/bundle/test_subscription_products.py::"
        "test_a_subscription_is_granted_when_its_owner_approves_and_ends_when_it_is_revoked",
    ),
    Assumption(
        key="link-name",
        assumed="DataZone calls the link in the target's database as the table.",
        where=("seed_code/build/lake_data/src/query.py", "pipelines/sources/subscribed_data.py"),
        source=Source(
            says="The granted asset has a `targetName`, which CreateSubscriptionGrant may set for each. "
            "What it is otherwise, is not said.",
            url=f"{_API}/API_CreateSubscriptionGrant.html",
        ),
        if_wrong="The step Query would not find the table, though the subscription is granted.",
        fallback="The step ends with its sentence. By hand: write the link's name, which the Data Catalog "
        "shows in the database `project_<id>`, into src/query.sql in place of {table}.",
        probe=f"{_NOT_PROBED} `aws glue get-tables --database-name project_<id>` shows the name.",
        shown_by="seed_code/build/subscribed_data/tests/test_who_grants.py::"
        "test_a_refusal_names_the_owner_of_the_data_set",
    ),
    Assumption(
        key="listing-forms",
        assumed="A listing's forms hold GlueTableForm with the table's ARN, as an object or as text.",
        where=(_SUBSCRIPTIONS,),
        source=Source(
            says="`forms` of an asset's listing is a text; what is in it is not described.",
            url=f"{_API}/API_AssetListing.html",
        ),
        if_wrong="The launch of a project could not tell which table of the lake a listing offers.",
        fallback="The launch fails before anything is asked for, and says that the listing is no table of "
        "the lake. By hand: use *Build a model from the data lake* with the table's name.",
        probe=f"{_NOT_PROBED} `aws datazone get-listing` shows the forms.",
        shown_by="tests/pipelines/test_data_subscriptions_function.py::test_listing_forms",
    ),
)
