"""Commands of the AWS CLI, as the README gives them, carried out by boto3: the bundle installs no CLI.

The CLI derives its options from the names of the API's parameters
(https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-parameters.html): so does this, for options that
take one word, which is JSON where the parameter is a structure.
"""

import json
from collections.abc import Sequence
from typing import Any

from botocore import xform_name

from rehearsal.accounts import Accounts, Credentials


def run(accounts: Accounts, credentials: Credentials, arguments: Sequence[str]) -> Any:
    """Carry out `aws SERVICE OPERATION [--option word]…`, or `aws SERVICE wait WAITER [--option word]…`.

    Args:
        accounts: The accounts of the rehearsal.
        credentials: Whose.
        arguments: What follows `aws`.

    Raises:
        ValueError: It has an option that the operation does not know.
    """
    service, operation, *options = arguments
    client = accounts.client(credentials, service)
    if operation == "wait":
        waiter = client.get_waiter(options[0].replace("-", "_"))
        method = waiter.config.operation
        parameters = _parameters(client, method, options[1:])
        waiter.config.delay = POLL_SECONDS
        return waiter.wait(**parameters)
    method = client.meta.method_to_api_mapping[operation.replace("-", "_")]
    return getattr(client, operation.replace("-", "_"))(**_parameters(client, method, options))


POLL_SECONDS = 0.2


def _parameters(client: Any, operation: str, options: Sequence[str]) -> dict[str, Any]:
    members = client.meta.service_model.operation_model(operation).input_shape.members
    known = {f"--{xform_name(name, '-')}": name for name in members}
    given: dict[str, Any] = {}
    for option, word in zip(options[::2], options[1::2], strict=True):
        if option not in known:
            raise ValueError(f"{operation} has no option {option}, but {', '.join(known)}.")
        shape = members[known[option]]
        given[known[option]] = word if shape.type_name == "string" else json.loads(word)
    return given
