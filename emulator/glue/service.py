"""The service object to which the catalog's file adds its operations; ministack has the rest of AWS Glue."""

from emulator.core.service import Service

glue = Service("glue", ministack=True)
