"""What a build project trains with."""
