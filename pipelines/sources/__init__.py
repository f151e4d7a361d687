"""Where the data of a build project comes from."""
