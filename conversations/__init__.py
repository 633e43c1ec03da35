"""What: customers write, models draft, people decide. One folder (room) per subject; upper rooms may use lower ones:

portal | oversight → privacy → review → drafting → escalation → knowledge → mailroom → attachments → tickets → redaction.
"""
