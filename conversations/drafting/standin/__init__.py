"""A stand-in for a model: an OpenAI-compatible server that answers only with sentences of the passages it is given.

For the demo, for development and for tests. It never invents, unless it is asked to misbehave.
"""
