"""The model card of a team's own account, where model cards are kept in hub and spokes."""

from aws_cdk import aws_ram as ram
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from base.names import PlatformNames, ProjectNames
from base.pseudo_parameters import PARTITION
from base.roles import arn
from pipelines.project import KEEP

# Managed by AWS: describe, list versions, update
# (https://docs.aws.amazon.com/sagemaker/latest/dg/model-cards-xaccount.html). The hub only reads; but a
# narrower permission is a resource of the account, and its second project could not make it again. What the
# hub's roles may do with the card, their own policies say.
PERMISSION = "AWSRAMPermissionSageMakerModelCards"


class TeamModelCard(Construct):
    """A model card that the hub may read; it outlives the project.

    The stack only starts it. What training writes makes new versions of the card, which CloudFormation does
    not look at as long as the content in the template stays as it is. So that content must follow from
    nothing that a later version of the product, or a later launch, may change.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, names: ProjectNames, platform: PlatformNames
    ) -> None:
        """Define the card and its share.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            names: The project's names; the card is named as its model package group.
            platform: The platform's names, the account of the hub among them.
        """
        super().__init__(scope, construct_id)
        self.arn = arn("sagemaker", f"model-card/{names.title}")
        content = sagemaker.CfnModelCard.ContentProperty(
            model_overview=sagemaker.CfnModelCard.ModelOverviewProperty(model_name=names.title)
        )
        card = sagemaker.CfnModelCard(
            self, "Card", model_card_name=names.title, model_card_status="Draft", content=content
        )
        card.apply_removal_policy(KEEP)
        share = ram.CfnResourceShare(
            self,
            "Share",
            name=platform.card_authors_share(names.title),
            resource_arns=[card.attr_model_card_arn],
            principals=[platform.shared_services_account],
            permission_arns=[f"arn:{PARTITION}:ram::aws:permission/{PERMISSION}"],
            allow_external_principals=False,
        )
        share.apply_removal_policy(KEEP)
