"""The data engineer launches a feature group on a table of the lake."""

from rehearsal import catalog, features, lake
from rehearsal.story import Act, ActError, Story


def play(story: Story) -> str:
    """Look up the lake's key, launch the product, and look at the group."""
    engineer = story.people.data_engineer
    service_catalog = story.acting_as(engineer, "servicecatalog")
    outputs = service_catalog.get_provisioned_product_outputs(ProvisionedProductName=lake.PROVISIONED)[
        "Outputs"
    ]
    [key] = [each["OutputValue"] for each in outputs if each["OutputKey"] == "KeyArn"]
    specimens = features.Specimens(story.data)
    parameters = {
        "GroupName": features.GROUP,
        "Features": specimens.form,
        "OnlineStore": "On",
        "LakeKeyArn": key,
        "LakeTable": features.records_table(story.data),
        "Deletions": "Marked",
        "Ingestion": "OnDemand",
    }
    record = catalog.begin(story, engineer, features.PRODUCT, features.GROUP, parameters)
    catalog.finish(story, engineer, record)
    described = story.accounts.administrator("data", "sagemaker").describe_feature_group(
        FeatureGroupName=features.GROUP
    )
    names = [each["FeatureName"] for each in described["FeatureDefinitions"]]
    if names != ["event_time", features.IDENTIFIER, *specimens.features]:
        raise ActError(f"the feature group has the features {', '.join(names)}")
    story.add_holding("data", f"feature group {features.GROUP}")
    return (
        f"The feature group {features.GROUP} stands with {len(specimens.features)} features, an online store "
        "and an Iceberg table. AWS RAM shares the group with the development unit, and Lake Formation the "
        "table."
    )


ACT = Act(
    name="Launch the feature group",
    actor="Data engineer",
    account="data",
    play=play,
    next="Tell producers which table of the lake fills the group.",
)
