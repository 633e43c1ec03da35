"""People on the same ticket: what each is writing, who has it at the moment, who follows it, who is told what.

Nothing here decides or sends; a claim warns and never bars.
"""
