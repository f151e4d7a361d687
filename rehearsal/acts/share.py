"""The platform engineer shares both portfolios with the workloads unit."""

from base.names import PORTFOLIO_NAMES
from rehearsal import readme
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Share by the README's command, and look at the portfolios from the development account."""
    accounts = story.accounts
    engineer = accounts.credentials(story.people.platform_engineer)
    readme.follow(story, readme.ADOPT, "Share both portfolios", engineer)
    imported = accounts.administrator("development", "servicecatalog").list_accepted_portfolio_shares(
        PortfolioShareType="AWS_ORGANIZATIONS"
    )["PortfolioDetails"]
    seen = {portfolio["DisplayName"] for portfolio in imported}
    missing = sorted(set(PORTFOLIO_NAMES.values()) - seen)
    if missing:
        raise ActError(f"the development account does not see {', '.join(missing)} as imported")
    unit = accounts.settings.organization.organizational_units.workloads
    story.add_holding("development", "both portfolios, imported")
    return (
        f"{' and '.join(PORTFOLIO_NAMES.values())} are shared with unit {unit}, with the names of the "
        "principals; the development account sees both as imported."
    )


ACT = Act(
    name="Share",
    actor="Platform engineer",
    account="shared_services",
    play=play,
    next=("Give the roles of `catalog.yaml` to people, and reserve their names by a service control policy."),
)
