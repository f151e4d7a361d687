"""Everybody leaves: the project goes before the lake that it reads, and the lake's tables stay."""

from dataclasses import replace

from rehearsal import lake
from rehearsal.accounts import administrator_credentials
from rehearsal.acts import leave
from rehearsal.acts.leave import DOMAIN, await_termination, follow, what_is_left
from rehearsal.stays import empty, promised, unexpected
from rehearsal.story import ActError, Story, built


def play(story: Story, *, first: str | None = None) -> str:
    """Follow the README's section as far as the story goes, and compare each account with what stays.

    Args:
        story: The story.
        first: What the data engineer terminates before all else, if anything.
    """
    people, accounts = story.people, story.accounts
    project = built(story.build_project)
    follow(story, "Delete the projects", people.data_scientist, project=project.name)
    if first:
        follow(story, "Terminate the domain", people.data_engineer, domain=first)
        await_termination(story, people.data_engineer, first)
    terminated = (
        (people.ml_administrator, DOMAIN),
        (people.hub_administrator, DOMAIN),
        (people.data_engineer, lake.PROVISIONED),
    )
    for person, name in terminated:
        follow(story, "Terminate the domain", person, domain=name)
    for person, name in terminated:
        await_termination(story, person, name)
    follow(story, "Take back what is shared", people.platform_engineer)
    follow(story, "Destroy the stacks", people.platform_engineer)
    hub = administrator_credentials(accounts.account_id("shared_services"))
    follow(story, "Delete the platform engineer's role", hub)
    left = what_is_left(story)
    promises = promised(accounts.keys)
    # Nothing is deployed in this story, and so not all of the other accounts' promises hold for something.
    of_data = [promise for promise in promises if promise.accounts == ("data",)]
    wrong = unexpected(left, promises) + empty(left, of_data)
    if wrong:
        raise ActError("\n".join(wrong))
    return (
        f"The README's steps were followed to the end. {len(left)} things are left, all named in "
        f"docs/what_stays.md: in the data account the bucket {lake.bucket(story)} with its tables, and "
        "its key."
    )


ACT = replace(leave.ACT, play=play)
