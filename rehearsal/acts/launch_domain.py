"""The lead data scientist launches the Studio domain of the team, and so does the hub its own."""

from rehearsal import catalog
from rehearsal.people import Person
from rehearsal.story import Act, ActError, Story

TEAM, HUB = "team", "hub"


def play(story: Story) -> str:
    """Launch the product in both accounts, and look whether domains and user profiles are there."""
    people = story.people
    launches = [
        (person, _begin(story, person, name, cidr))
        for person, name, cidr in (
            (people.ml_administrator, TEAM, "10.0.0.0/24"),
            (people.hub_administrator, HUB, "10.0.1.0/24"),
        )
    ]
    for person, record in launches:
        catalog.finish(story, person, record)
    profiles = _profiles(story, people.data_scientist, TEAM)
    hub_profiles = _profiles(story, people.ml_engineer, HUB)
    _open(story, people.ml_engineer, "ml-engineer")
    return (
        f"Domain {TEAM} stands in a VPC of its own, with the user profiles {profiles}; the hub has one for "
        f"{hub_profiles}, and the ML engineer opens it."
    )


def _begin(story: Story, person: Person, name: str, cidr: str) -> str:
    values = {"DomainName": name, "NetworkAccess": "VpcOnly", "VpcCidr": cidr}
    return catalog.begin(story, person, catalog.STUDIO_DOMAIN, "studio", values)


def _profiles(story: Story, person: Person, name: str) -> str:
    """See, as a person, that the account has this domain and no other; return the names of its profiles."""
    sagemaker = story.acting_as(person, "sagemaker")
    domains = [domain["DomainName"] for domain in sagemaker.list_domains()["Domains"]]
    if domains != [name]:
        raise ActError(f"{person.account} has the domains {', '.join(domains)} and not {name}")
    story.add_holding(person.account, f"Studio domain {name}")
    profiles = sagemaker.list_user_profiles()["UserProfiles"]
    return " and ".join(sorted(profile["UserProfileName"] for profile in profiles))


def _open(story: Story, person: Person, profile: str) -> None:
    """Open Studio under a person's own profile."""
    sagemaker = story.acting_as(person, "sagemaker")
    (domain,) = sagemaker.list_domains()["Domains"]
    sagemaker.create_presigned_domain_url(DomainId=domain["DomainId"], UserProfileName=profile)


ACT = Act(
    name="Launch the domain",
    actor="Lead data scientist",
    account="development",
    play=play,
    next=(
        "Open Studio under your own user profile. Each further development account gets a domain in "
        "the same way."
    ),
)
