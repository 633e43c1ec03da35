"""The settings and switches of those who answer for the desk.

It never decides a reply.
"""
