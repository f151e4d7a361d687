"""A producer puts records and labels into the lake, and the crawler describes their tables."""

from dataclasses import replace

from base.contracts.lake import TABLES
from rehearsal import features, lake
from rehearsal.acts.lake import fill_lake
from rehearsal.story import Story


def play(story: Story) -> str:
    """Put both tables, and crawl."""
    specimens = features.Specimens(story.data)
    features.put_records(story, late=False)
    labels = features.labels_table(story.data)
    story.acting_as(story.people.data_producer, "s3").put_object(
        Bucket=lake.bucket(story), Key=f"{TABLES}/{labels}/data.parquet", Body=specimens.labels()
    )
    lake.crawl(story)
    for each in (labels, features.records_table(story.data)):
        story.add_holding("data", f"table {each}")
    return (
        f"The lake has {specimens.count:,} labels, and two records of each specimen: one before its label, "
        "of which every fifth is wrong, and one after it."
    )


ACT = replace(fill_lake.ACT, play=play, next="Launch a feature group for the table of records.")
