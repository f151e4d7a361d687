"""The products where an assumption about AWS does not hold; each test is named for its key."""

import pytest

from tests.products.launches import LONGEST, launch
from tests.products.test_build_from_s3 import TITLE, resources

ID = LONGEST["SageMakerProjectId"]


@pytest.mark.parametrize("registration", ["team", "central"])
def test_group_asked_by_pipelines(registration: str) -> None:
    role = launch("build_from_s3", Registration=registration).role(f"mlplatform-x-training-{ID}")
    own = f"arn:aws:sagemaker:ap-southeast-1:333333333333:model-package-group/{TITLE}"
    assert resources(role, "sagemaker:CreateModelPackageGroup") == {own}
