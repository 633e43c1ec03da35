"""Customers and their consent, tickets, messages, sendings, the views of the queue.

It never drafts, decides or sends; upper rooms do, through the actions here.
"""
