"""A lake on AWS as it is feared to be, with the fallbacks of the bundle and without."""

from collections.abc import Iterator

import pytest

from emulator.machine.isolation import LoopbackSession
from rehearsal.processes import Emulator as EmulatorProcess
from tests.emulator.lake_formation.conftest import SERVICE, VERSION, Governed, settings
from tests.emulator.lake_formation.test_cross_account import UNIT, Consumer, consumer, granted_on
from tests.emulator.sagemaker_support import refused
from tests.emulator.support import SETTINGS, Emulator, Statement, policy

__all__ = ["consumer"]

FEARED = ("lake-location-trust", "lake-settings-context")


@pytest.fixture(scope="module")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """An emulator where what the bundle assumes of the lake does not hold."""
    with EmulatorProcess(tmp_path_factory.mktemp("feared"), fears=FEARED) as process:
        yield Emulator(
            process=process,
            endpoint=process.endpoint,
            region=SETTINGS.region,
            session=LoopbackSession(process.endpoint, SETTINGS.region),
        )


def test_another_account_reads_only_where_the_role_trusts_the_service_alone(consumer: Consumer) -> None:
    governed, role = consumer.governed, consumer.reader()
    owner, name = governed.lake.account, governed.location_role.rpartition("/")[2]
    consumer.shared(UNIT)
    granted_on(consumer, role)
    iam = consumer.emulator.client("iam", account=owner)
    trusted: Statement = {
        "Effect": "Allow",
        "Principal": {"Service": SERVICE},
        "Action": "sts:AssumeRole",
    }
    told = {"Condition": {"StringEquals": {"aws:SourceAccount": owner}}}
    for statement, state in (({**trusted, **told}, "FAILED"), (trusted, "SUCCEEDED")):
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=policy(statement))
        done = consumer.query("SELECT count(*) FROM plain", role)
        assert done.state == state, done.reason
        if state == "FAILED":
            assert f"{SERVICE} is not authorized to perform: sts:AssumeRole" in done.reason
        else:
            assert done.rows() == [["300"]]


def test_settings_are_refused_with_what_was_returned_and_taken_without(
    emulator: Emulator, governed: Governed
) -> None:
    client = emulator.client("lakeformation", account=governed.lake.account)
    found = client.get_data_lake_settings()["DataLakeSettings"]
    assert found["Parameters"] == {VERSION: "3", "SET_CONTEXT": "TRUE"}
    code, message = refused(client.put_data_lake_settings, DataLakeSettings=found)
    assert code == "InvalidInputException"
    assert "SET_CONTEXT" in message
    client.put_data_lake_settings(DataLakeSettings=settings(governed.administrator))
    assert client.get_data_lake_settings()["DataLakeSettings"]["Parameters"] == found["Parameters"]
