"""The service object to which CodePipeline's files add their operations."""

from emulator.core.service import Service

codepipeline = Service("codepipeline")
