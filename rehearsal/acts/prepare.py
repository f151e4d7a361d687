"""What stands before the bundle arrives, by the administrators of the accounts."""

import json
from collections.abc import Mapping

from rehearsal import cdk, readme
from rehearsal.accounts import administrator_credentials
from rehearsal.inventory import inventory
from rehearsal.people import ADMINISTRATOR_ROLE, CONSUMER_ROLE, AccountKey
from rehearsal.story import Act, Story

OWN_ROLES_IN: tuple[AccountKey, ...] = ("development", "test", "production", "data")
ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"


def play(story: Story) -> str:
    """Delegate the organisation's services, create the platform engineer's role, and sign everyone up."""
    accounts = story.accounts
    story.before = {thing for account in accounts.keys for thing in inventory(accounts, account)}
    management, hub = (
        administrator_credentials(accounts.account_id(account))
        for account in ("management", "shared_services")
    )
    readme.follow(story, readme.ADOPT, "Describe your organisation", management)
    readme.follow(story, readme.ADOPT, "Delegate", management)
    story.tell("synthesizing the bundle")
    story.assembly = cdk.synthesize(story)
    readme.follow(story, readme.ADOPT, "Create the platform engineer's role", hub)
    for account in (each for each in OWN_ROLES_IN if each in accounts.keys):
        _create_own_roles(story, account)
    for person in accounts.everyone:
        accounts.sign_up(person)
        story.tell(f"{person.user} may assume {person.role}")
    return (
        "The shared services account administers Service Catalog and StackSets for the organisation, and may "
        "share with it; the platform engineer's role stands. Each person has an identity that may assume "
        "one role and nothing else."
    )


def _create_own_roles(story: Story, account: AccountKey) -> None:
    """Create the roles that an account has apart from the platform: an administrator's, an application's."""
    account_id = story.accounts.account_id(account)
    iam = story.accounts.administrator(account, "iam")
    principal = {"AWS": f"arn:aws:iam::{account_id}:root"}
    trust = _policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})
    ask = {
        "Effect": "Allow",
        "Action": "sagemaker:InvokeEndpoint",
        "Resource": f"arn:aws:sagemaker:{story.accounts.settings.region}:{account_id}:endpoint/*",
    }
    iam.create_role(RoleName=ADMINISTRATOR_ROLE, AssumeRolePolicyDocument=trust)
    iam.attach_role_policy(RoleName=ADMINISTRATOR_ROLE, PolicyArn=ADMINISTRATOR_ACCESS)
    iam.create_role(RoleName=CONSUMER_ROLE, AssumeRolePolicyDocument=trust)
    iam.put_role_policy(RoleName=CONSUMER_ROLE, PolicyName="ask-endpoints", PolicyDocument=_policy(ask))


def _policy(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


ACT = Act(
    name="Prepare the accounts",
    actor="Cloud administrator",
    account="management",
    play=play,
    next=(
        "Do the same on AWS: write the ids of your accounts and units into `catalog.yaml`, and run "
        "these commands as the administrators whom the README names."
    ),
)
