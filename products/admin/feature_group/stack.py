"""Feature group: what it holds, who reads it, and how records come into it."""

from collections.abc import Mapping
from dataclasses import replace

import aws_cdk as cdk
from constructs import Construct

from base.contracts.features import EVENT_TIME, GROUP_EXPECTED, GROUP_PATTERN, IS_DELETED, MAXIMUM_GROUP
from base.pseudo_parameters import REGION
from base.settings import Settings
from pipelines.assets import INGESTION, AssetLocation
from pipelines.features.definitions import EXPECTED, MAXIMUM, PATTERN, FeatureList
from pipelines.features.ingestion import FeatureIngestion
from pipelines.features.sharing import FeatureSharing
from pipelines.features.store import FeatureStore
from pipelines.form import Form
from pipelines.sources.lake_data import TABLE_PATTERN

ON, OFF = ONLINE = ("On", "Off")
MARKED, NONE = DELETIONS = ("Marked", "None")
DAILY, ON_DEMAND = INGESTIONS = ("Daily", "OnDemand")
GROUP, SOURCE = "Feature group", "Records"


class FeatureGroupStack(cdk.Stack):
    """A feature group that the development accounts may read."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """Define the group.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: The bundle of the function that fills the group.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form, names = Form(self), replace(settings.names, region=REGION)
        name = form.ask(
            "GroupName",
            group=GROUP,
            label="Name",
            description="The name of the feature group, and of its offline table.",
            pattern=GROUP_PATTERN,
            expected=GROUP_EXPECTED,
            maximum=MAXIMUM_GROUP,
        )
        features = form.ask(
            "Features",
            group=GROUP,
            label="Features",
            description=f"As customer:Integral,spend:Fractional,city:String; the first identifies a record. "
            f"{EVENT_TIME} is added. Later, add features at the end only.",
            pattern=PATTERN,
            expected=EXPECTED,
            maximum=MAXIMUM,
        )
        online = form.choose(
            "OnlineStore",
            group=GROUP,
            label="Online store",
            description=f"{ON}: the latest record of each identifier is also kept for endpoints.",
            default=OFF,
            choices=ONLINE,
        )
        key_arn = form.ask(
            "LakeKeyArn",
            group=GROUP,
            label="Key",
            description="ARN of the data lake's key: the output KeyArn of the product Data lake.",
            pattern=r"^arn:aws:kms:[a-z0-9-]{5,20}:[0-9]{12}:key/[a-z0-9-]{36}$",
            expected="the ARN of a key, such as arn:aws:kms:eu-west-1:666666666666:key/ and its id",
            maximum=100,
        )
        table = form.ask(
            "LakeTable",
            group=SOURCE,
            label="Table",
            description=f"A table of the database {names.lake_database} with a column for each feature, and "
            f"{EVENT_TIME} as a timestamp of UTC.",
            pattern=TABLE_PATTERN,
            expected="the name of a table: lower-case letters, digits and underscores",
            maximum=128,
        )
        deletions = form.choose(
            "Deletions",
            group=SOURCE,
            label="Deletions",
            description=f"{MARKED}: the table's boolean column {IS_DELETED} says which records were deleted. "
            "Needs the online store.",
            default=NONE,
            choices=DELETIONS,
        )
        ingestion = form.choose(
            "Ingestion",
            group=SOURCE,
            label="When to look for new records",
            description=f"{DAILY}: each night. {ON_DEMAND}: when a producer starts it.",
            default=DAILY,
            choices=INGESTIONS,
        )
        store = FeatureStore(
            self,
            "Store",
            names=names,
            name=name,
            features=FeatureList(self, features),
            key_arn=key_arn,
            is_online=cdk.CfnCondition(self, "IsOnline", expression=cdk.Fn.condition_equals(online, ON)),
        )
        FeatureSharing(self, "Sharing", settings=settings, store=store)
        filled = FeatureIngestion(
            self,
            "Ingest",
            names=names,
            store=store,
            table=table,
            features=features,
            deletions=deletions,
            key_arn=key_arn,
            code=assets[INGESTION],
            is_nightly=cdk.CfnCondition(
                self, "IsNightly", expression=cdk.Fn.condition_equals(ingestion, DAILY)
            ),
        )
        form.answer("FeatureGroupName", store.name, "Projects name this feature group.")
        form.answer(
            "IngestionFunctionName", filled.function_name, "Producers of tables invoke it to fill the group."
        )
