"""The telephone: what a call brings with it, and what we say at the end of one."""

from moothall.channels.phone.calls import ArrivedCall, read_call
from moothall.channels.phone.words import say_goodbye, say_promise

__all__ = ["ArrivedCall", "read_call", "say_goodbye", "say_promise"]
