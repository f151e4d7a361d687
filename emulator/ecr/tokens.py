"""Tokens by which docker acts on a registry: whoever has one acts on the permissions of whom it was given to.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html#registry-auth-token
"""

import base64
import time
from typing import Any

from emulator.core.service import Request
from emulator.docker.registry import password_of
from emulator.ecr.service import ecr
from emulator.iam import credentials

USER = "AWS"
TOKEN_SECONDS = 12 * 3600


@ecr.operation("GetAuthorizationToken")
def _token(request: Request) -> dict[str, Any]:
    own = credentials.credentials_of_key(request.access_key, request.account)
    registry = f"{request.account}.dkr.ecr.{request.region}.amazonaws.com"
    return {
        "authorizationData": [
            {
                "authorizationToken": base64.b64encode(f"{USER}:{password_of(own)}".encode()).decode(),
                "expiresAt": time.time() + TOKEN_SECONDS,
                "proxyEndpoint": f"https://{registry}",
            }
        ]
    }
