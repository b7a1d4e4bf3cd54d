"""The lived-in demo: fifteen agreements in every state of their life, worked out through the real actions.

`stories` tells what happened where, `play` does it, `answers` reads what they agreed on (content/demo), and `clock`
lets it happen on the day on which it happened.
"""
