"""The network of a Studio domain: two private subnets without a way to the internet."""

from collections.abc import Iterable

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from base.acknowledgements import acknowledge
from base.pseudo_parameters import ACCOUNT_ID, REGION
from base.roles import Permission, role, service_principal

SUBNETS = 2
# Of 64 addresses each, of which AWS keeps five: one for each endpoint and each running application.
SUBNET_HOST_BITS = 6

# What Studio and a project's work from a notebook call: https://docs.aws.amazon.com/sagemaker/latest/dg/
# studio-updated-and-internet-access.html. Each is billed by the hour in each subnet.
INTERFACE_ENDPOINTS = {
    "SageMakerApi": "com.amazonaws.{region}.sagemaker.api",
    "SageMakerRuntime": "com.amazonaws.{region}.sagemaker.runtime",
    "Studio": "aws.sagemaker.{region}.studio",
    "Sts": "com.amazonaws.{region}.sts",
    "Logs": "com.amazonaws.{region}.logs",
    "Kms": "com.amazonaws.{region}.kms",
    "ServiceCatalog": "com.amazonaws.{region}.servicecatalog",
}
CODECOMMIT_ENDPOINTS = {
    "CodeCommit": "com.amazonaws.{region}.codecommit",
    "GitCodeCommit": "com.amazonaws.{region}.git-codecommit",
}

HTTPS = 443
# Applications of one domain talk to each other on these (same source).
APPLICATIONS = (8192, 65535)


class StudioNetwork(Construct):
    """A VPC with the endpoints that a domain without internet needs.

    A domain with internet needs the VPC too, though its applications leave by a network that SageMaker
    manages; it is spared the endpoints, which cost money.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        cidr: str,
        key: kms.IKey,
        flow_log_role_name: str,
        with_codecommit: bool,
        isolated: cdk.CfnCondition,
    ) -> None:
        """Define the network.

        Args:
            scope: The construct it belongs to.
            construct_id: Its id there.
            name: What the console calls its parts.
            cidr: The VPC's addresses.
            key: Encrypts the flow log.
            flow_log_role_name: Name of the role that writes the flow log.
            with_codecommit: Whether teams keep their code in CodeCommit.
            isolated: Holds if the domain has no internet.
        """
        super().__init__(scope, construct_id)
        self._name = name
        vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=[self._tag("")],
        )
        self.vpc_id = vpc.attr_vpc_id
        routes = ec2.CfnRouteTable(self, "Routes", vpc_id=self.vpc_id, tags=[self._tag("-private")])
        self.subnet_ids = [self._subnet(index, cidr, routes) for index in range(SUBNETS)]
        self._log_traffic(key, flow_log_role_name)
        self.security_group_id = self._studio_security_group(cidr)

        services = INTERFACE_ENDPOINTS | (CODECOMMIT_ENDPOINTS if with_codecommit else {})
        ec2.CfnVPCEndpoint(
            self,
            "S3",
            vpc_id=self.vpc_id,
            service_name=f"com.amazonaws.{REGION}.s3",
            vpc_endpoint_type="Gateway",
            route_table_ids=[routes.attr_route_table_id],
            policy_document=_own_identities_only(),
        )
        self._interface_endpoints(services.items(), isolated)

    def _subnet(self, index: int, cidr: str, routes: ec2.CfnRouteTable) -> str:
        subnet = ec2.CfnSubnet(
            self,
            f"Subnet{index + 1}",
            vpc_id=self.vpc_id,
            availability_zone=cdk.Fn.select(index, cdk.Fn.get_azs()),
            cidr_block=cdk.Fn.select(index, cdk.Fn.cidr(cidr, SUBNETS, str(SUBNET_HOST_BITS))),
            map_public_ip_on_launch=False,
            tags=[self._tag(f"-private-{index + 1}")],
        )
        ec2.CfnSubnetRouteTableAssociation(
            self,
            f"Subnet{index + 1}Routes",
            subnet_id=subnet.attr_subnet_id,
            route_table_id=routes.attr_route_table_id,
        )
        return subnet.attr_subnet_id

    def _studio_security_group(self, cidr: str) -> str:
        first, last = APPLICATIONS
        group = ec2.CfnSecurityGroup(
            self,
            "StudioSecurityGroup",
            group_description="Studio applications: to AWS by HTTPS, and to each other",
            vpc_id=self.vpc_id,
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    cidr_ip=cidr,
                    ip_protocol="tcp",
                    from_port=first,
                    to_port=last,
                    description="Applications of the domain",
                )
            ],
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    cidr_ip=cidr,
                    ip_protocol="tcp",
                    from_port=first,
                    to_port=last,
                    description="Applications of the domain",
                ),
                ec2.CfnSecurityGroup.EgressProperty(
                    # No route leads to the internet; S3 answers at public addresses by its gateway.
                    cidr_ip="0.0.0.0/0",
                    ip_protocol="tcp",
                    from_port=HTTPS,
                    to_port=HTTPS,
                    description="Endpoints of AWS services",
                ),
            ],
            tags=[self._tag("-studio")],
        )
        acknowledge(
            group,
            rule="AwsSolutions-EC23",
            reason="The rule cannot read a range that is a parameter; the form takes /16 to /25 only.",
        )
        return group.attr_group_id

    def _interface_endpoints(self, services: Iterable[tuple[str, str]], isolated: cdk.CfnCondition) -> None:
        group = ec2.CfnSecurityGroup(
            self,
            "EndpointSecurityGroup",
            group_description="Endpoints of AWS services: from Studio applications by HTTPS",
            vpc_id=self.vpc_id,
            security_group_ingress=[
                ec2.CfnSecurityGroup.IngressProperty(
                    source_security_group_id=self.security_group_id,
                    ip_protocol="tcp",
                    from_port=HTTPS,
                    to_port=HTTPS,
                    description="Studio applications",
                )
            ],
            tags=[self._tag("-endpoints")],
        )
        group.cfn_options.condition = isolated
        for name, service in services:
            endpoint = ec2.CfnVPCEndpoint(
                self,
                name,
                vpc_id=self.vpc_id,
                service_name=service.format(region=REGION),
                vpc_endpoint_type="Interface",
                private_dns_enabled=True,
                subnet_ids=self.subnet_ids,
                security_group_ids=[group.attr_group_id],
                policy_document=_own_identities_only(),
            )
            endpoint.cfn_options.condition = isolated

    def _log_traffic(self, key: kms.IKey, role_name: str) -> None:
        log_group = logs.LogGroup(
            self,
            "FlowLogs",
            log_group_name=f"/aws/vpc-flow-logs/{self._name}",
            encryption_key=key,
            removal_policy=cdk.RemovalPolicy.DESTROY,
            retention=logs.RetentionDays.THREE_MONTHS,
        )
        writer = role(
            self,
            "FlowLogRole",
            name=role_name,
            description="Writes the flow log of the Studio domain's network",
            trusts=service_principal("vpc-flow-logs"),
            permissions=[
                # https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
                Permission(
                    actions=(
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ),
                    resources=(log_group.log_group_arn,),
                    because="A log stream belongs to each network interface.",
                ),
            ],
        )
        ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_id=self.vpc_id,
            resource_type="VPC",
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=log_group.log_group_name,
            deliver_logs_permission_arn=writer.role_arn,
        )

    def _tag(self, suffix: str) -> cdk.CfnTag:
        return cdk.CfnTag(key="Name", value=f"{self._name}{suffix}")


def _own_identities_only() -> iam.PolicyDocument:
    """Nobody carries data out of the network with credentials of another account.

    A policy of an endpoint grants nothing; it limits what the callers' own policies grant.
    https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
    """
    return iam.PolicyDocument(
        statements=[
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=["*"],
                resources=["*"],
                conditions={"StringEquals": {"aws:PrincipalAccount": ACCOUNT_ID}},
            )
        ]
    )
