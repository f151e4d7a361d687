"""Everybody leaves; nothing was deployed to production in this story."""

from dataclasses import replace

from rehearsal.accounts import administrator_credentials
from rehearsal.acts import leave
from rehearsal.acts.leave import DOMAIN, await_termination, follow, what_is_left
from rehearsal.stays import promised, unexpected
from rehearsal.story import ActError, Story, built


def play(story: Story) -> str:
    """Follow the README's section as far as the story went, and compare each account with what stays."""
    people, accounts = story.people, story.accounts
    deploy, build = built(story.deploy_project), built(story.build_project)
    for person, project in ((people.ml_engineer, deploy), (people.data_scientist, build)):
        follow(story, "Delete the projects", person, project=project.name)
    test = administrator_credentials(accounts.account_id("test"))
    follow(story, "Delete the endpoints", test, **{"project id": deploy.id})
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
    if wrong := unexpected(left, promised(accounts.keys)):
        raise ActError("\n".join(wrong))
    return (
        f"The README's steps were followed to the end. {len(left)} things are left, all named in "
        "docs/what_stays.md."
    )


ACT = replace(leave.ACT, play=play)
