"""A producer puts a table into the lake, and the crawler describes it."""

from rehearsal import lake
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Put the data set as Parquet and as CSV, crawl, and compare the described columns with the data's."""
    accounts, data = story.accounts, story.data
    s3 = story.acting_as(story.people.data_producer, "s3")
    written = lake.files(data)
    for key, content in written.items():
        s3.put_object(Bucket=lake.bucket(story), Key=key, Body=content)
        story.tell(f"{len(content):,} bytes are in s3://{lake.bucket(story)}/{key}")
    lake.crawl(story)
    described = accounts.administrator("data", "glue").get_tables(DatabaseName=accounts.names.lake_database)
    columns = {
        each["Name"]: [column["Name"] for column in each["StorageDescriptor"]["Columns"]]
        for each in described["TableList"]
    }
    name = lake.table(data)
    expected = [column.lower() for column in data.columns]
    if columns != {name: expected, f"{name}_csv": expected}:
        raise ActError(f"the crawler describes {columns}, not {name} and {name}_csv with {expected}")
    for each in sorted(columns):
        story.add_holding("data", f"table {each}")
    return (
        f"{data.name} is in the lake as Parquet and as CSV. The crawler describes the tables "
        f"{' and '.join(sorted(columns))}, each with {len(expected)} columns."
    )


ACT = Act(
    name="Fill the data lake",
    actor="Data producer",
    account="data",
    play=play,
    next="Keep a table or a column from the teams: give it the LF-tag's value `nobody`.",
)
