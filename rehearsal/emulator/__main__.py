"""Start the emulator: `python -m rehearsal.emulator --port N --state FOLDER`."""

from rehearsal.emulator.server import main

main()
