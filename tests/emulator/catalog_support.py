"""A data catalog in the emulator: a lake with tables that are published, and an account that subscribes."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from base.contracts.lake import TABLES
from portfolios.data_lake_administrators import DataLakeAdministrators
from products.product import AssetLocation, scratch_app
from tests.data_account import DATA
from tests.emulator.lake_support import HOUSE_COLUMNS, HOUSES, parquet
from tests.emulator.support import Emulator
from tests.emulator.support_code import until
from tests.emulator.try_product import Launched, launch_product, publish
from tests.products.launches import PRODUCTS, templates
from tests.products.launches import settings as example

NAMES = example(prefix="mlplatform-x").names
LAKE_BUCKET = NAMES.lake_bucket(DATA)


@dataclass(frozen=True, kw_only=True)
class Catalog:
    """What is launched, and what is published.

    Attributes:
        lake: The data lake.
        published: The catalog in the data account.
        subscriptions: The development account's part of it.
        domain: Id of the domain.
    """

    emulator: Emulator
    lake: Launched
    published: Launched
    subscriptions: Launched
    domain: str

    @property
    def owner(self) -> Any:
        """A client of DataZone for the data owner."""
        return self.emulator.client("datazone", account=DATA, role=NAMES.data_owner_role)

    def publish_now(self) -> Mapping[str, Any]:
        """Run the data source to its end."""
        source = outputs(self.emulator, self.published, DATA)["DataSourceId"].rpartition("|")[2]
        started = self.owner.start_data_source_run(domainIdentifier=self.domain, dataSourceIdentifier=source)
        run: Mapping[str, Any] = until(
            lambda: self.owner.get_data_source_run(domainIdentifier=self.domain, identifier=started["id"]),
            lambda found: found["status"] not in ("REQUESTED", "RUNNING"),
        )
        return run

    def listing(self, name: str) -> Mapping[str, Any]:
        """The listing of a table."""
        found = self.owner.search_listings(domainIdentifier=self.domain, searchText=name)["items"]
        [listing] = [each["assetListing"] for each in found if each["assetListing"]["name"] == name]
        described: Mapping[str, Any] = listing
        return described

    def pending(self, listing: str) -> list[str]:
        """Ids of the requests for a listing that wait for the owner."""
        asked = self.owner.list_subscription_requests(
            domainIdentifier=self.domain, status="PENDING", subscribedListingId=listing
        )
        return [each["id"] for each in asked["items"]]

    def accept(self, listing: str) -> None:
        """As the owner, accept the one request for a listing."""
        [request] = self.pending(listing)
        self.owner.accept_subscription_request(domainIdentifier=self.domain, identifier=request)


def outputs(emulator: Emulator, launched: Launched, account: str) -> dict[str, str]:
    """The outputs of what is launched."""
    cloudformation = emulator.client("cloudformation", account=account)
    [stack] = cloudformation.describe_stacks(StackName=launched.name)["Stacks"]
    return {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}


def furnish_catalog(emulator: Emulator, folder: Path, product: str) -> dict[str, str]:
    """Launch what a product that subscribes is launched beside.

    Args:
        emulator: An emulator whose organisation has a data account.
        folder: For files.
        product: Its identifier.

    Returns:
        The ids that it is given.
    """
    catalog = launch_catalog(emulator, folder)
    if product == "data_subscriptions":
        catalog.subscriptions.stack.delete()
        return {"DomainId": catalog.domain}
    catalog.publish_now()
    return {"ListingId": str(catalog.listing("houses")["listingId"])}


def launch_catalog(emulator: Emulator, folder: Path, *, approval: str = "Required") -> Catalog:
    """Launch a lake with a table of houses, the catalog of it, and the development account's part.

    Args:
        emulator: An emulator whose organisation has a data account.
        folder: For files.
        approval: The product's parameter.
    """
    beside = templates().values()
    lake = launch_product(emulator, PRODUCTS["data_lake"], "data", beside=beside)
    content = parquet(HOUSES, HOUSE_COLUMNS, folder)
    key = f"{TABLES}/houses/a.parquet"
    emulator.client("s3", account=DATA).put_object(Bucket=LAKE_BUCKET, Key=key, Body=content)
    glue = emulator.client("glue", account=DATA)
    glue.start_crawler(Name=NAMES.lake_crawler)
    until(
        lambda: glue.get_crawler(Name=NAMES.lake_crawler)["Crawler"],
        lambda found: found["State"] == "READY",
    )
    given = {"SubscriberAccounts": emulator.development, "Approval": approval}
    published = launch_product(emulator, PRODUCTS["published_data"], "data", given=given)
    domain = outputs(emulator, published, DATA)["DomainId"]
    add_administrators(emulator)
    subscriptions = launch_product(
        emulator, PRODUCTS["data_subscriptions"], "development", beside=beside, given={"DomainId": domain}
    )
    return Catalog(
        emulator=emulator, lake=lake, published=published, subscriptions=subscriptions, domain=domain
    )


def add_administrators(emulator: Emulator) -> None:
    """The function that keeps data lake administrators, as the platform makes it in each account."""
    product = PRODUCTS["data_subscriptions"]
    [location] = publish(emulator, product).values()
    template = _administrators(location)
    cloudformation = emulator.client("cloudformation")
    name = "administrators"
    cloudformation.create_stack(StackName=name, TemplateBody=template, Capabilities=["CAPABILITY_NAMED_IAM"])
    done = until(
        lambda: cloudformation.describe_stacks(StackName=name)["Stacks"][0],
        lambda stack: not stack["StackStatus"].endswith("_IN_PROGRESS"),
    )
    assert done["StackStatus"] == "CREATE_COMPLETE", done


def _administrators(code: AssetLocation) -> str:
    with tempfile.TemporaryDirectory() as folder:
        app = scratch_app(folder)
        stack = cdk.Stack(app, "Administrators", synthesizer=cdk.BootstraplessSynthesizer())
        DataLakeAdministrators(stack, "Kept", names=NAMES, code=code, roles=[], governs=False)
        return json.dumps(app.synth().get_stack_by_name("Administrators").template)
