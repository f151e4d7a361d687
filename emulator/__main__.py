"""Start the emulator: `python -m emulator --port N --state FOLDER`."""

from emulator.core.server import main

main()
