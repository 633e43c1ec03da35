"""How long a customer may wait, and to whom a ticket goes when it must go elsewhere.

It never asks a model.
"""
