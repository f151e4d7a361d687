"""What an account needs before data is governed there."""

from aws_cdk import aws_iam as iam

from base.grants.launching import launching
from base.pseudo_parameters import ACCOUNT_ID
from base.roles import role
from base.settings import Settings
from pipelines.assets import AssetLocation
from portfolios.account_stack import AccountStack


class DataAccountStack(AccountStack):
    """Besides, the role of who launches products for data accounts.

    No project is made in such an account, and no model: it has neither SageMaker Projects nor a way to the
    registry.
    """

    kind = "data"
    purpose = "roles of an account that governs data"

    def prepare(
        self,
        settings: Settings,
        custom_resources: AssetLocation,  # noqa: ARG002  (the common signature)
    ) -> None:
        """Define what a data account needs besides.

        Args:
            settings: What the adopter decided.
            custom_resources: The bundle of `pipelines.assets.CUSTOM_RESOURCES`.
        """
        role(
            self,
            "DataEngineer",
            name=settings.names.data_engineer_role,
            description="Launches the products of the portfolio ML Admin (data)",
            # Identities of this account whose own policy allows it.
            trusts=iam.AccountRootPrincipal(),
            permissions=launching(owners=(settings.accounts.shared_services, ACCOUNT_ID), updates=True),
        )
