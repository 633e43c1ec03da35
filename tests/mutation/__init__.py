"""Are the tests of the ledger worth their name? Its code is changed in one small place at a time, and a test has to notice.

    python -m tests.mutation                       every part, as `make test-long` does
    python -m tests.mutation tree notes            these alone
    python -m tests.mutation --minutes 8 verify    no longer than this: a sample, the same one each time

It prints the share that was noticed for each file and each place where nothing was, and ends with 1 below 85 %.

A mutator of our own, because those that there are do not fit: mutmut leaves decorated functions out, which most readers of
formats here are, and brings setproctitle, by which Celery renames its processes; cosmic-ray starts Python, Django and the tests
anew for each mutant, three seconds for what takes a few hundredths here. The tests run once as they are, which says what each of
them reaches. Then a process is forked for each mutant, has one function's code exchanged, and runs the tests that reach the line,
the quickest first.
"""
