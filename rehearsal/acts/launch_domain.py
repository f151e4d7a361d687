"""The lead data scientist launches the Studio domain of the team."""

from rehearsal import catalog
from rehearsal.story import Act, Story


def play(story: Story) -> str:
    """Launch the product, and look whether the domain and both user profiles are there."""
    stage = story.stage
    catalog.launch(
        story,
        stage.people.ml_administrator,
        catalog.STUDIO_DOMAIN,
        "studio",
        {"DomainName": "team", "NetworkAccess": "VpcOnly", "VpcCidr": "10.0.0.0/24"},
    )
    sagemaker = story.acting_as(story.people.data_scientist, "sagemaker")
    domains = [domain["DomainName"] for domain in sagemaker.list_domains()["Domains"]]
    profiles = [profile["UserProfileName"] for profile in sagemaker.list_user_profiles()["UserProfiles"]]
    story.add_holding("development", f"Studio domain {', '.join(domains)}")
    return (
        f"Domain {', '.join(domains)} stands in a VPC of its own, with the user profiles "
        f"{' and '.join(sorted(profiles))}."
    )


ACT = Act(name="Launch the domain", actor="Lead data scientist", account="development", play=play)
