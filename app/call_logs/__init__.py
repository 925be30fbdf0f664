"""Readers of call logs for the look back: a file as the phone system exported it becomes calls, one after another.

The door is `reading`: `look` at the beginning of a file, show the person the layout, then read its `calls`. Nothing is
stored, and no file is ever in memory as a whole.
"""
