"""AWS STS: who the clients are."""

from .core import HUB, Core, Parameters

IDENTITY = f"arn:aws:sts::{HUB}:assumed-role/hub/session"


class SecurityTokens(Core):
    """The identity of the hub's clients."""

    def sts_GetCallerIdentity(self) -> Parameters:  # noqa: N802
        """Who asks."""
        return {"Account": HUB, "Arn": IDENTITY}
