"""Published data sets and a project that subscribes to one, each in its account under its derived role.

A subscription that is approved becomes permissions of Lake Formation, given in the roles that the products
make; what these need is asked here by none of the tables from which they are made.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from tests.data_account import DATA, catalog_with_data_account
from tests.emulator.catalog_support import NAMES, Catalog, launch_catalog
from tests.emulator.lake_support import HOUSES
from tests.emulator.launch_support import changed
from tests.emulator.step_support import resource, step
from tests.emulator.support import SETTINGS, Emulator
from tests.emulator.try_product import Launched, launch_product
from tests.products.launches import PRODUCTS

PRODUCT = PRODUCTS["build_from_subscription"]
WAITING = (
    "The training role lacks the Lake Formation permission DESCRIBE on houses: ask the owner of the data set "
    "to approve this account's subscription in the data catalog.\n"
)


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator whose organisation has a data account."""
    folder = tmp_path_factory.mktemp("with-data")
    with EmulatorProcess(folder, catalog=catalog_with_data_account(folder)) as process:
        yield Emulator(
            process=process,
            endpoint=process.endpoint,
            region=SETTINGS.region,
            session=LoopbackSession(process.endpoint, SETTINGS.region),
        )


@pytest.fixture(scope="module")
def catalog(emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """A catalog with one data set, and an account that subscribes."""
    made = launch_catalog(emulator, tmp_path_factory.mktemp("houses"))
    run = made.publish_now()
    assert run["status"] == "SUCCESS", run
    assert run["runStatisticsForAssets"]["added"] == 1
    return made


def launched(emulator: Emulator, catalog: Catalog) -> Launched:
    listing = catalog.listing("houses")["listingId"]
    return launch_product(emulator, PRODUCT, "development", given={"ListingId": listing})


def rows(folder: Path) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for path in (folder / "ml" / "processing" / "queried").iterdir():
        found += [tuple(map(str, row)) for row in duckdb.read_parquet(str(path)).fetchall()]
    return sorted(found)


def queried(emulator: Emulator, project: Launched, folder: Path) -> subprocess.CompletedProcess[str]:
    select = "SELECT id, size FROM {table} WHERE region = 'east'"
    return step(emulator, "build_from_subscription", project, folder, select, NAMES.lake_database)


def test_a_subscription_is_granted_when_its_owner_approves_and_ends_when_it_is_revoked(
    emulator: Emulator, catalog: Catalog, tmp_path: Path
) -> None:
    listing = catalog.listing("houses")
    project = launched(emulator, catalog)

    # Nobody has approved it yet.
    early = queried(emulator, project, tmp_path / "early")
    assert (early.returncode, early.stderr) == (2, WAITING)

    catalog.accept(listing["listingId"])
    done = queried(emulator, project, tmp_path / "granted")
    assert done.returncode == 0, done.stderr
    wanted = [(str(number), str(size)) for number, region, size, _ in HOUSES if region == "east"]
    assert rows(tmp_path / "granted") == sorted(wanted)

    # A second project of the account shares the subscription, and nobody has to approve it again.
    second = launched(emulator, catalog)
    assert catalog.pending(listing["listingId"]) == []
    assert queried(emulator, second, tmp_path / "second").returncode == 0
    second.stack.delete()
    assert queried(emulator, project, tmp_path / "still").returncode == 0

    [subscription] = catalog.owner.list_subscriptions(domainIdentifier=catalog.domain)["items"]
    catalog.owner.revoke_subscription(domainIdentifier=catalog.domain, identifier=subscription["id"])
    revoked = queried(emulator, project, tmp_path / "revoked")
    assert (revoked.returncode, revoked.stderr) == (2, WAITING)
    project.stack.delete()


def test_a_project_says_which_listing_and_revision_it_learns_from(
    emulator: Emulator, catalog: Catalog
) -> None:
    listing = catalog.listing("houses")
    project = launched(emulator, catalog)
    codebuild = emulator.client("codebuild")
    name = resource(emulator, project, "AWS::CodeBuild::Project")
    [build] = codebuild.batch_get_projects(names=[name])["projects"]
    said = {each["name"]: each["value"] for each in build["environment"]["environmentVariables"]}
    assert said["INPUT_DATA_URI"] == f"athena://{DATA}/{NAMES.lake_database}/houses"
    assert said["INPUT_DATA_LISTING"] == listing["listingId"]
    assert said["INPUT_DATA_LISTING_REVISION"] == listing["listingRevision"]
    # A request that nobody has decided goes with the only project that waits for it.
    assert len(catalog.pending(listing["listingId"])) == 1
    project.stack.delete()
    assert catalog.pending(listing["listingId"]) == []


def test_all_change_and_leave(emulator: Emulator, catalog: Catalog) -> None:
    project = launched(emulator, catalog)
    catalog.accept(catalog.listing("houses")["listingId"])
    for each in (project, catalog.subscriptions, catalog.published, catalog.lake):
        update = changed(each.template, each.parameters)
        if update is not None:
            each.stack.update(update)
        each.stack.delete()
