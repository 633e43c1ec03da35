"""Drafts asked of a model: the gate, the prompt, the call and its receipt, the checks on the answer.

It never sends anything; review decides what becomes of a draft.
"""
