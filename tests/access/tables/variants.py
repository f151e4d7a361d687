"""Roles of which settings change a little: what they may do under other settings than the example's."""

from dataclasses import replace

from tests.access.rows import May, MayNot
from tests.access.tables.hub_people import ML_ENGINEER
from tests.access.tables.platform import ENGINEER

ML_ENGINEER_WITH_GITHUB = replace(
    ML_ENGINEER,
    variant="github",
    may=tuple(row for row in ML_ENGINEER.may if not row.actions.startswith("codecommit:")),
    may_not=(
        *ML_ENGINEER.may_not,
        MayNot(
            actions="codecommit: GetRepository GitPull GitPush",
            on=("codecommit:hub:churn-serving-p-deploy",),
            given={"aws:ResourceTag/sagemaker:project-id": "p-deploy"},
            why="Repositories are with the provider.",
        ),
    ),
)

ENGINEER_WITH_DATA = replace(
    ENGINEER,
    variant="data",
    may=(
        *ENGINEER.may,
        May(
            actions="cloudformation: DescribeStackInstance DescribeStackSet DescribeStackSetOperation "
            "ListStackInstances ListStackSetOperationResults ListStackSetOperations",
            on=(
                "cloudformation:hub:stackset/mlplatform-data:1",
                "cloudformation:111111111111:stackset/mlplatform-data:1",
            ),
            not_on=(
                "cloudformation:hub:stackset/payroll:1",
                "cloudformation:data:stackset/mlplatform-data:1",
            ),
            why="The engineer sees what they operate.",
        ),
    ),
)

VARIED = (ML_ENGINEER_WITH_GITHUB, ENGINEER_WITH_DATA)
