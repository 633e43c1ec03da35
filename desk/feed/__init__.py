"""The live feed: one reader a process, many sockets.

It shows what the ledger says in order, to those who may see it, and keeps nothing itself.
"""
