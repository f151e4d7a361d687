"""The service object to which RAM's files add their operations."""

from emulator.core.service import Service

ram = Service("ram")
