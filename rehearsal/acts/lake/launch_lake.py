"""The data engineer launches the data lake in the account that governs data."""

from rehearsal import catalog, lake
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Look who is offered the product, launch it, and look at its answers."""
    accounts = story.accounts
    engineer = accounts.people.data_engineer
    summaries = story.acting_as(engineer, "servicecatalog").search_products()["ProductViewSummaries"]
    offered = sorted(summary["Name"] for summary in summaries)
    wanted = ", ".join(lake.offered())
    if offered != lake.offered():
        raise ActError(f"the data engineer is offered {', '.join(offered) or 'nothing'} and not {wanted}")
    record = catalog.begin(story, engineer, lake.LAKE, lake.PROVISIONED, {"Crawling": "OnDemand"})
    outputs = catalog.finish(story, engineer, record)
    uri = outputs.get("TablesUri", "")
    if not uri.startswith(f"s3://{lake.bucket(story)}/"):
        raise ActError(f"the product answers {uri or 'nothing'} for the place of tables")
    story.add_holding("data", f"data lake {accounts.names.lake_database}")
    return (
        f"The data engineer is offered {wanted}, and no other product. The lake "
        f"stands: tables go to {uri}, and Lake Formation shares them by LF-tag with the development unit."
    )


ACT = Act(
    name="Launch the data lake",
    actor="Data engineer",
    account="data",
    play=play,
    next="Tell producers of tables to assume the role of the data producer in the data account.",
)
