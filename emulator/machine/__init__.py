"""How the emulator runs programs on this machine: their interpreters, and nothing of the user's."""
