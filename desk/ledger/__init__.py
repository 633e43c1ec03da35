"""What happened, in order, for good: entries that are appended inside the transaction of the action they tell of.

It never changes, deletes or reorders an entry, and it never holds personal text.
"""
