"""Text in, placeholders out, so that a model never reads who wrote.

Pure functions (see `redact.py`). It never touches a database, a file or the network.
"""
