"""From a team's registry into the central one."""
