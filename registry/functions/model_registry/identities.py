"""Names in the ARN of an identity, such as ``arn:aws:sts::222222222222:assumed-role/ml-engineer/ada``."""


def account_of(arn: str) -> str:
    """The account of an identity, or of any other resource."""
    return arn.split(":")[4]


def role_name(arn: str) -> str:
    """The role of an identity: of a session, or of the role itself, whatever its path."""
    kind, _, path = arn.split(":", 5)[5].partition("/")
    return path.partition("/")[0] if kind == "assumed-role" else path.rpartition("/")[2]


def person(arn: str) -> str:
    """An identity as people recognise it, such as ``ml-engineer/ada``."""
    return arn.split(":", 5)[5].partition("/")[2] or arn
