"""What every service of the emulator is built on, and how its process starts."""
