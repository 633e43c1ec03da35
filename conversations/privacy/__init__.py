"""The customer's choices and their data: people only, erasure, export, and the proof of it.

It never asks why.
"""
