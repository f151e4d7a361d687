"""Everybody leaves, by the README's own steps; afterwards only what `docs/what_stays.md` names is left."""

from collections.abc import Collection, Sequence

from rehearsal import readme
from rehearsal.accounts import Credentials, administrator_credentials
from rehearsal.inventory import Thing, inventory
from rehearsal.people import OWN_ROLES, AccountKey, Person
from rehearsal.stays import mistakes, promised
from rehearsal.story import Act, ActError, Story, built
from rehearsal.waiting import wait_for

SERVING: tuple[AccountKey, ...] = ("production", "test")
DOMAIN = "studio"


def play(story: Story) -> str:
    """Follow the section to its end, and compare each account with the list of what stays."""
    return leave(story, SERVING)


def leave(story: Story, serving: Sequence[AccountKey], also: Collection[Thing] = ()) -> str:
    """Follow the section to its end, and compare each account with the list of what stays.

    Args:
        story: The story.
        serving: The accounts that have an endpoint.
        also: What stays as well, of what stays only where there was any.
    """
    people, accounts = story.people, story.accounts
    deploy, build = built(story.deploy_project), built(story.build_project)
    for person, project in ((people.ml_engineer, deploy), (people.data_scientist, build)):
        follow(story, "Delete the projects", person, project=project.name)
    for account in serving:
        administrator = administrator_credentials(accounts.account_id(account))
        follow(story, "Delete the endpoints", administrator, **{"project id": deploy.id})
    owners = (people.ml_administrator, people.hub_administrator)
    for person in owners:
        follow(story, "Terminate the domain", person, domain=DOMAIN)
    for person in owners:
        await_termination(story, person)
    follow(story, "Take back what is shared", people.platform_engineer)
    follow(story, "Destroy the stacks", people.platform_engineer)
    hub = administrator_credentials(accounts.account_id("shared_services"))
    follow(story, "Delete the platform engineer's role", hub)
    left = what_is_left(story)
    if wrong := mistakes(left - set(also), promised(accounts.keys)):
        raise ActError("\n".join(wrong))
    return (
        f"The README's steps were followed to the end. {len(left)} things are left: those that "
        "docs/what_stays.md names, and no other."
    )


def what_is_left(story: Story) -> set[Thing]:
    """Return what the accounts hold now beside what they held before, and list it in the report."""
    accounts = story.accounts
    left = {thing for account in accounts.keys for thing in inventory(accounts, account)} - story.before
    left = {thing for thing in left if not _is_peoples_own(story, thing)}
    story.left = [f"{thing.account.replace('_', ' ')}: {thing.kind} {thing.name}" for thing in sorted(left)]
    for line in story.left:
        story.tell(line)
    return left


def follow(story: Story, title: str, who: Person | Credentials, **values: str) -> None:
    """Follow a step of *Leave it* as a person, or as the administrator whose credentials are given."""
    if isinstance(who, Person):
        readme.follow(story, readme.LEAVE, title, story.accounts.credentials(who), values, by=who.title)
    else:
        readme.follow(story, readme.LEAVE, title, who, values, by="Administrator")


def await_termination(story: Story, person: Person, name: str = DOMAIN) -> None:
    """Wait until what a person has terminated is gone."""
    wait_for(f"the end of {name}", lambda: _is_terminated(story, person, name) or None)


def _is_terminated(story: Story, person: Person, name: str) -> bool:
    """Whether a product of a person's account is gone; a termination that failed says why.

    Raises:
        ActError: It failed.
    """
    catalog = story.accounts.administrator(person.account, "servicecatalog")
    found = [
        each for each in catalog.search_provisioned_products()["ProvisionedProducts"] if each["Name"] == name
    ]
    for each in found:
        if each["Status"] in ("ERROR", "TAINTED"):
            raise ActError(f"{name} is not terminated: {each['StatusMessage']}")
    return not found


def _is_peoples_own(story: Story, thing: Thing) -> bool:
    """The accounts' own: identities of people, in place of IAM Identity Center, roles, and logs of jobs."""
    users = {(person.account, person.user) for person in story.people.everyone}
    if thing.kind == "user":
        return (thing.account, thing.name) in users
    # What services log is kept by CloudWatch, whoever asked for the job.
    return (thing.kind == "role" and thing.name in OWN_ROLES) or thing.name.startswith("/aws/sagemaker/")


ACT = Act(
    name="Leave",
    actor="Platform engineer",
    account="shared_services",
    play=play,
    next="Delete what stays, if you want to keep nothing of it: `docs/what_stays.md` tells how.",
)
