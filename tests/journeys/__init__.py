"""Whole ways through the product: real browsers on a whole desk of real parts."""
