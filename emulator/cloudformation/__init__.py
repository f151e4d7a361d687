"""AWS CloudFormation, and its StackSets."""
