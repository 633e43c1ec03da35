"""Tickets, their messages, and decisions over the API."""
