"""Files: what comes with messages and goes out with them, checked by content, downloaded and never rendered.

It shows no model a file, and runs and opens none.
"""
