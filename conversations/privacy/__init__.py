"""The customer's choices: people only, and the proof of it.

It never asks why.
"""
