"""Social media: a post becomes a writing, is answered in public or privately, and nothing of anybody goes out in public.

A channel parses what a network tells into an `ArrivedPost` and calls `take_post`. ADR 0040 says why it works as it does.
"""

from moothall.intake.social.pictures import keep_picture, picture_not_had
from moothall.intake.social.sending import message_of
from moothall.intake.social.taking import ArrivedPost, Pictured, take_post

__all__ = ["ArrivedPost", "Pictured", "keep_picture", "message_of", "picture_not_had", "take_post"]
