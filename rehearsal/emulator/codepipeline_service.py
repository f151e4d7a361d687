"""The service object to which CodePipeline's files add their operations."""

from rehearsal.emulator.service import Service

codepipeline = Service("codepipeline")
