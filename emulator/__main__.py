"""Start the emulator: `python -m emulator --port N --state FOLDER`."""

from emulator.server import main

main()
