"""A believable web shop to try the desk with; `manage.py load_demo` puts it in.

It is not loaded outside the demo.
"""
