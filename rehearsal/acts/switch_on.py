"""With the accounts' stacks, SageMaker Projects was turned on where projects are created."""

from rehearsal.people import AccountKey
from rehearsal.story import Act, ActError, Story

LAUNCHING: tuple[AccountKey, ...] = ("shared_services", "development")
ON, OFF = "Enabled", "Disabled"


def status(story: Story, account: AccountKey) -> str:
    """Whether SageMaker may use Service Catalog in an account, in SageMaker's word."""
    sagemaker = story.accounts.administrator(account, "sagemaker")
    return str(sagemaker.get_sagemaker_servicecatalog_portfolio_status()["Status"])


def play(story: Story) -> str:
    """Compare every account with what it must be, and look at the note of what it was before."""
    accounts = story.accounts
    accounts.journal.note("aws sagemaker get-sagemaker-servicecatalog-portfolio-status")
    for account in accounts.keys:
        found, expected = status(story, account), ON if account in LAUNCHING else OFF
        story.tell(f"{accounts.account_title(account)}: {found}")
        if found != expected:
            raise ActError(
                f"SageMaker Projects is {found} in {accounts.account_title(account)}, not {expected}"
            )
    for account in LAUNCHING:
        note = accounts.administrator(account, "ssm").get_parameter(
            Name=accounts.names.sagemaker_projects_note
        )
        story.tell(f"{accounts.account_title(account)}: {note['Parameter']['Value']}")
    return (
        "SageMaker may create projects from products in the development and the shared services account, and "
        "nowhere else; a parameter in each notes that it could not before."
    )


ACT = Act(
    name="Switch on Projects",
    actor="Platform engineer",
    account="development",
    play=play,
    next=(
        "Do nothing more: it is part of the deployment. An account that joins the organisation later gets it "
        "too."
    ),
)
