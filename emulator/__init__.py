"""The emulator: ministack with IAM on, moto beside it, and an overlay of the services the story needs.

`python -m emulator --port N --state FOLDER` starts it on the loopback interface. Each service of
the overlay is one file (or a few with a common start of their names); `overlay.py` lists them.
"""
