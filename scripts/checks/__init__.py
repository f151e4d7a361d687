"""What the platform is, written down and checked without AWS."""
