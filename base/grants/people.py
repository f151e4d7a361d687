"""Who assumes the role of a person."""

from aws_cdk import aws_iam as iam

from base.roles import service_principal


def trusted_people() -> iam.IPrincipal:
    """Identities of the account whose own policy allows it, as single sign-on arranges, and Studio.

    Studio runs under the role of its user's profile. SageMaker is trusted for this account alone, because
    another account could use it as a confused deputy otherwise.
    """
    return iam.CompositePrincipal(iam.AccountRootPrincipal(), service_principal("sagemaker"))
