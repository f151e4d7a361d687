"""Data lake: where it lies, how tables come into it, and who reads them."""

from collections.abc import Mapping
from dataclasses import replace

import aws_cdk as cdk
from constructs import Construct

from base.contracts.lake import TABLES
from base.pseudo_parameters import NO_VALUE, REGION
from base.settings import Settings
from pipelines.assets import AssetLocation
from pipelines.form import Form
from pipelines.lake.intake import LakeIntake
from pipelines.lake.location import LakeLocation
from pipelines.lake.sharing import LakeSharing

ON_DEMAND = "OnDemand"
DAILY = "Daily"
# Of UTC: https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
EACH_NIGHT = "cron(0 3 * * ? *)"


class DataLakeStack(cdk.Stack):
    """A lake whose tables the development accounts may read."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        /,
        *,
        settings: Settings,
        assets: Mapping[str, AssetLocation],  # noqa: ARG002  (the products' common signature)
        synthesizer: cdk.IStackSynthesizer,
    ) -> None:
        """Define the lake.

        Args:
            scope: The app.
            construct_id: The stack's id.
            settings: What the adopter decided.
            assets: None is needed.
            synthesizer: How the stack becomes a template.
        """
        super().__init__(scope, construct_id, synthesizer=synthesizer)
        form = Form(self)
        crawling = form.choose(
            "Crawling",
            group="Tables",
            label="When to look for new tables",
            description=f"{DAILY}: each night. {ON_DEMAND}: when a producer starts the crawler.",
            default=DAILY,
            choices=(DAILY, ON_DEMAND),
        )
        nightly = cdk.CfnCondition(self, "Nightly", expression=cdk.Fn.condition_equals(crawling, DAILY))
        names = replace(settings.names, region=REGION)
        location = LakeLocation(
            self,
            "Lake",
            names=names,
            tells_account=settings.assumptions.lake_location_trust == "source_account",
        )
        LakeSharing(self, "Sharing", settings=settings, location=location)
        intake = LakeIntake(
            self,
            "Intake",
            names=names,
            location=location,
            schedule=cdk.Fn.condition_if(nightly.logical_id, {"ScheduleExpression": EACH_NIGHT}, NO_VALUE),
        )
        form.answer(
            "TablesUri",
            f"s3://{location.bucket.bucket_name}/{TABLES}/",
            "Put each table into a folder of its own here, as Parquet or CSV.",
        )
        form.answer("DatabaseName", names.lake_database, "Projects read the tables of this database.")
        form.answer("CrawlerName", intake.crawler_name, "Start it to have new tables described.")
        form.answer("KeyArn", location.key.key_arn, "Feature groups are kept under this key, too.")
        form.answer("DataProducerRoleArn", intake.producer.role_arn, "Producers of tables assume this role.")
