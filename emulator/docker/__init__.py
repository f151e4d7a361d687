"""docker as far as builds use it: a program without a daemon, which copies files and runs nothing."""
