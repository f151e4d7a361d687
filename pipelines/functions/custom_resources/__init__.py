"""Functions that CloudFormation invokes for custom resources."""
