"""What every other room stands on: settings, names, roles, and the folders that become archives."""
