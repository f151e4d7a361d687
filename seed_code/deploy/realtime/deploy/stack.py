"""The endpoint of a stage: a model version of the central registry, served in the stage's own account."""

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from deploy.configuration import StageConfiguration
from deploy.model_stack import ModelStack
from deploy.project import Project, StageName


class StageStack(ModelStack):
    """Model, endpoint configuration and endpoint.

    CloudFormation names the model and the configuration, so that a change replaces them; the endpoint
    keeps its name and moves to the new configuration without a gap: SageMaker creates the new instances
    beside the old ones, and goes back by itself when they do not come up.
    https://docs.aws.amazon.com/sagemaker/latest/dg/deployment-guardrails-blue-green.html
    """

    def __init__(
        self, scope: Construct, *, project: Project, stage: StageName, configuration: StageConfiguration
    ) -> None:
        """Define the stack.

        Args:
            scope: The app.
            project: Names, accounts, and the model version.
            stage: Which stage; it names the template.
            configuration: The stage's own settings.
        """
        super().__init__(
            scope,
            project=project,
            stage=stage,
            kind="endpoint",
            description="Real-time endpoint",
            role="endpoint",
            network_isolation=configuration.network_isolation,
        )
        endpoint_configuration = sagemaker.CfnEndpointConfig(
            self,
            "EndpointConfiguration",
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name="AllTraffic",
                    model_name=self.model.attr_model_name,
                    initial_instance_count=configuration.instance_count,
                    initial_variant_weight=1,
                    instance_type=configuration.instance_type,
                )
            ],
            data_capture_config=self._data_capture(project, configuration),
        )
        sagemaker.CfnEndpoint(
            self,
            "Endpoint",
            endpoint_name=project.title,
            endpoint_config_name=endpoint_configuration.attr_endpoint_config_name,
        )

    def _data_capture(
        self, project: Project, configuration: StageConfiguration
    ) -> sagemaker.CfnEndpointConfig.DataCaptureConfigProperty | None:
        """Keep requests and answers in the account's bucket for them.

        https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture-endpoint.html
        """
        if configuration.data_capture_percentage == 0:
            return None
        bucket = f"{project.name_prefix}-data-capture-{self.account}-{self.region}"
        key_alias = f"alias/{project.name_prefix}-data-capture"
        return sagemaker.CfnEndpointConfig.DataCaptureConfigProperty(
            enable_capture=True,
            initial_sampling_percentage=configuration.data_capture_percentage,
            destination_s3_uri=f"s3://{bucket}/{project.title}",
            kms_key_id=f"arn:{cdk.Aws.PARTITION}:kms:{self.region}:{self.account}:{key_alias}",
            capture_options=[
                sagemaker.CfnEndpointConfig.CaptureOptionProperty(capture_mode=mode)
                for mode in ("Input", "Output")
            ],
            # Without these, captured texts are kept as base64.
            capture_content_type_header=sagemaker.CfnEndpointConfig.CaptureContentTypeHeaderProperty(
                csv_content_types=["text/csv"], json_content_types=["application/json"]
            ),
        )
