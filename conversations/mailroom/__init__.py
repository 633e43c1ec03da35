"""Mail in and mail out: takes in raw mails, hands replies to the mail server, at most once.

It never writes a reply and never decides one.
"""
