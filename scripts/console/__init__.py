"""What every command shares: options, output, credentials, and how failures are told."""
