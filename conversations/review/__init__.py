"""People decide: approve, edit, reject, write themselves, take it back; and the disclosure that follows from it.

It never decides by itself.
"""
