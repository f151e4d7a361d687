"""A data lake is launched, changed and deleted under the role that is derived for it.

In the development account, because the organisation of these tests has no data account.
"""

import uuid

from portfolios.permissions import derive
from tests.emulator.cloudformation.test_cloudformation import finish
from tests.emulator.launch_support import (
    PRODUCT_TAG,
    REGION,
    add_boundary,
    changed,
    launch,
    parameters_of,
)
from tests.emulator.support import Emulator
from tests.products.launches import templates


def test_a_data_lake_launches_changes_and_leaves(emulator: Emulator) -> None:
    template, name = templates()["data_lake"], f"p-{uuid.uuid4().hex[:12]}"
    add_boundary(emulator, account=emulator.development, templates=[template])
    parameters = parameters_of(template, name)
    statements = derive(template, region=REGION, product_tag=PRODUCT_TAG)
    assert launch(emulator, name, template, statements, parameters) == []
    cloudformation = emulator.client("cloudformation")
    stack = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackId"]
    update = changed(template, parameters)
    if update is not None:
        cloudformation.update_stack(
            StackName=name,
            UsePreviousTemplate=True,
            Capabilities=["CAPABILITY_NAMED_IAM"],
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in update.items()],
        )
        assert finish(emulator, stack) == ("UPDATE_COMPLETE", [])
    cloudformation.delete_stack(StackName=name)
    assert finish(emulator, stack) == ("DELETE_COMPLETE", [])
