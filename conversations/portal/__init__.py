"""Pages for customers: ask, read the replies, choose people.

It shows one customer one ticket, and nothing of anybody else.
"""
