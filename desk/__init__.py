"""The frame: how anything happens here. It gives actions, the ledger, jobs, the live feed and problems to the rooms.

It knows no ticket and no person, and imports neither of the packages above it (settings, urls, asgi and celery aside).
"""
