"""Articles and their passages: what answers may be drawn from, and finding it.

It never holds anything about a customer.
"""
