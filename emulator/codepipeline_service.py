"""The service object to which CodePipeline's files add their operations."""

from emulator.service import Service

codepipeline = Service("codepipeline")
