"""The build seed under generated tables and requests.

`worker.py` runs in the seed's own environment, and `client.py` talks to it: neither imports the seed here.
"""
