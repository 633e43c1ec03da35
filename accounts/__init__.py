"""Who: people of the staff, their roles and teams, how they sign in, the tokens of their programs.

It knows no ticket; conversations builds on it, and it builds on the frame.
"""
