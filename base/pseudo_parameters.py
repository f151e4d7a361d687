"""What CloudFormation knows where a stack is deployed, each read once.

To read a value of the CDK's library is a call to another process, and a synthesis would make 600 of them for
these few.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/pseudo-parameter-reference.html
"""

from typing import Final

import base.embedded_node  # noqa: F401  # isort: skip  (before aws_cdk)
import aws_cdk as cdk

ACCOUNT_ID: Final = cdk.Aws.ACCOUNT_ID
NO_VALUE: Final = cdk.Aws.NO_VALUE
PARTITION: Final = cdk.Aws.PARTITION
REGION: Final = cdk.Aws.REGION
URL_SUFFIX: Final = cdk.Aws.URL_SUFFIX
