"""Programs that run inside containers: what the toolkits in SageMaker's images do with a team's code."""
