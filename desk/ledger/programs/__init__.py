"""Programs for people who have no desk: each is one file, needs Python and `cryptography`, and imports nothing of ours."""
