"""What a network told of a post or a message, read strictly. Sources: the entities of Mastodon, the lexicons of Bluesky,
the Graph API of Facebook."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.conf import settings

from moothall.channels.reading import NotReadable, as_moment, as_text
from moothall.intake.social import ArrivedPost, Pictured
from moothall.notifications.adapters.social.mastodon import plain

LONGEST: Final = 20_000
_NOT_PUBLIC: Final = frozenset({"direct", "private"})
MOST_PICTURES: Final = 10
"""Of one post: as many as any of these networks lets somebody add."""
LONGEST_SAID: Final = 300
MORE: Final = "A picture or link came with it; see it there."


def read_mastodon(told: Any, host: str) -> ArrivedPost:
    """Return a mention. One to followers only is answered privately: a public answer would show it."""
    status, account = _part(told, "status"), _part(_part(told, "status"), "account")
    visibility, handle = as_text(status, "visibility", longest=20), as_text(account, "acct", longest=200)
    status_id = as_text(status, "id", longest=60)
    words = _without_us(plain(as_text(status, "content", longest=LONGEST, empty=True)))
    if status.get("spoiler_text"):
        words = f"{as_text(status, 'spoiler_text', longest=500)}\n{words}"
    answers = str(status.get("in_reply_to_id") or "")
    media = _rows(status.get("media_attachments"))
    return ArrivedPost(
        network="mastodon", id=f"mastodon:{host}:{status_id}", author_id=as_text(account, "id", longest=100),
        author=f"@{handle}", author_name=as_text(account, "display_name", longest=200, empty=True), text=words,
        private=visibility in _NOT_PUBLIC, at=as_moment(status, "created_at"), own_id=f"mastodon:{status_id}",
        answers=f"mastodon:{answers}" if answers else "", link=_link(status.get("url")),
        refs={"status": status_id, "visibility": "direct" if visibility in _NOT_PUBLIC else visibility},
        remarks=_besides(media), pictures=_of_mastodon(media), bot=account.get("bot") is True,
        original=json.dumps(told, ensure_ascii=False).encode(),
    )  # fmt: skip


def read_bluesky(told: Any, host: str) -> ArrivedPost:
    """Return a post that names or answers us, or a direct message."""
    if isinstance(told, dict) and told.get("kind") == "message":
        return _message(told)
    author, record = _part(told, "author"), _part(told, "record")
    uri, cid = as_text(told, "uri", longest=300), as_text(told, "cid", longest=200)
    handle = as_text(author, "handle", longest=200)
    reply = record.get("reply") if isinstance(record.get("reply"), dict) else {}
    root = _part(reply, "root") if reply else {"uri": uri, "cid": cid}
    parent = str(_part(reply, "parent").get("uri", "")) if reply else ""
    pictures = _of_bluesky(told.get("shown"))
    return ArrivedPost(
        network="bluesky", id=f"bluesky:{uri}"[:200], author_id=as_text(author, "did", longest=200), author=f"@{handle}",
        author_name=as_text(author, "displayName", longest=200, empty=True) if "displayName" in author else "",
        text=as_text(record, "text", longest=LONGEST, empty=True), private=False, at=as_moment(told, "indexedAt"),
        own_id=f"bluesky:{uri}", answers=f"bluesky:{parent}" if parent else "",
        link=f"https://bsky.app/profile/{handle}/post/{uri.rsplit('/', 1)[-1]}",
        refs={
            "uri": uri, "cid": cid, "root_uri": as_text(root, "uri", longest=300),
            "root_cid": as_text(root, "cid", longest=200),
        },
        remarks=(MORE,) if record.get("embed") and not pictures else (), pictures=pictures,
        original=json.dumps(told, ensure_ascii=False).encode(),
    )  # fmt: skip


def _message(told: Mapping[str, Any]) -> ArrivedPost:
    message, author = _part(told, "message"), _part(told, "author")
    convo, id_ = as_text(dict(told), "convo", longest=100), as_text(message, "id", longest=100)
    return ArrivedPost(
        network="bluesky", id=f"bluesky:{convo}:{id_}", author_id=as_text(author, "did", longest=200),
        author=f"@{as_text(author, 'handle', longest=200)}",
        author_name=as_text(author, "displayName", longest=200, empty=True) if "displayName" in author else "",
        text=as_text(message, "text", longest=LONGEST, empty=True), private=True, at=as_moment(message, "sentAt"),
        own_id=f"bluesky:{id_}", refs={"convo": convo}, original=json.dumps(dict(told), ensure_ascii=False).encode(),
    )  # fmt: skip


def read_facebook(told: Any, host: str) -> ArrivedPost:
    """Return a visitor's post or comment, or what came by Messenger. Who hid her name from us is known by what she wrote."""
    kind, id_ = as_text(told, "kind", longest=10), as_text(told, "id", longest=200)
    who = told["from"] if isinstance(told.get("from"), dict) else {"id": f"of {id_}", "name": "Somebody"}
    author_id, name = as_text(who, "id", longest=200), as_text(who, "name", longest=150, empty=True)
    at = as_moment(told, "created_time")
    if kind == "message":
        refs, answers = {"psid": author_id, "at": at.isoformat()}, ""
    else:
        above = str(_part(told, "parent").get("id", "")) if told.get("parent") else ""
        page_post = f"{settings.SOCIAL_KEYS.get('facebook', '').partition(':')[0]}_{id_.partition('_')[0]}"
        refs, answers = {"object": id_, "kind": kind}, above or (page_post if kind == "comment" else "")
    more, pictures = (told.get("attachments"), told.get("attachment")), _of_facebook(told)
    return ArrivedPost(
        network="facebook", id=f"facebook:{id_}", author_id=author_id, author=f"{name} (Facebook {author_id})"[:254],
        author_name=name, text=as_text(told, "message", longest=LONGEST, empty=True) if "message" in told else "",
        private=kind == "message", at=at, own_id=f"facebook:{id_}", answers=f"facebook:{answers}" if answers else "",
        link=_link(told.get("permalink_url")), refs=refs,
        remarks=(MORE,) if any(more) and not pictures else (), pictures=pictures,
        original=json.dumps(told, ensure_ascii=False).encode(),
    )  # fmt: skip


READERS: Final[Mapping[str, Callable[[Any, str], ArrivedPost]]] = {
    "mastodon": read_mastodon, "bluesky": read_bluesky, "facebook": read_facebook,
}  # fmt: skip


def _part(told: Any, name: str) -> dict[str, Any]:
    part = told.get(name) if isinstance(told, dict) else None
    if not isinstance(part, dict):
        raise NotReadable(f"“{name}” is missing.")
    return part


def _without_us(words: str) -> str:
    """The words without the names they begin with: a mention of us is how it was sent."""
    while words.startswith("@"):
        words = words.partition(" ")[2].lstrip()
    return words


def _link(told: Any) -> str:
    return told if isinstance(told, str) and told.startswith("https://") else ""


def _rows(told: Any) -> list[dict[str, Any]]:
    return [one for one in told if isinstance(one, dict)][:MOST_PICTURES] if isinstance(told, list) else []


def _pictured(address: Any, said: Any) -> tuple[Pictured, ...]:
    """One picture by its address, with what its sender says is on it; nothing where no address is told."""
    if not isinstance(address, str) or not 0 < len(address) <= 2_000:
        return ()
    return (Pictured(address, " ".join(str(said or "").split())[:LONGEST_SAID]),)


def _of_mastodon(media: list[dict[str, Any]]) -> tuple[Pictured, ...]:
    told = [one for one in media if one.get("type") == "image"]
    places = [(one.get("url") or one.get("remote_url"), one.get("description")) for one in told]
    return tuple(found for address, said in places for found in _pictured(address, said))


def _besides(media: list[dict[str, Any]]) -> tuple[str, ...]:
    """What came with it and is no picture, as a sentence each."""
    others = [one for one in media if one.get("type") != "image"]
    return tuple(
        "A video or sound came with it"
        + (f": {str(one['description'])[:200]}" if one.get("description") else "; see it there.")
        for one in others
    )


def _of_bluesky(shown: Any) -> tuple[Pictured, ...]:
    """The pictures of a post as its view shows them: alone, or beside what it quotes (`app.bsky.embed.images#view`)."""
    view = shown if isinstance(shown, dict) else {}
    beside = view.get("media")
    told = _rows(view.get("images")) or _rows(beside.get("images") if isinstance(beside, dict) else None)
    return tuple(found for one in told for found in _pictured(one.get("fullsize"), one.get("alt")))


def _of_facebook(told: dict[str, Any]) -> tuple[Pictured, ...]:
    """The pictures of a post (one, or an album's), of a comment or of a message."""
    held, single = told.get("attachments"), told.get("attachment")
    tops = _rows(held.get("data") if isinstance(held, dict) else None) + _rows([single])
    found: list[tuple[Pictured, ...]] = []
    for top in tops:
        below = top.get("subattachments")
        for one in _rows(below.get("data") if isinstance(below, dict) else None) or [top]:
            sent = one.get("image_data")
            address = sent.get("url") if isinstance(sent, dict) else _source(one)
            found.append(_pictured(address, one.get("description")))
    return tuple(one for some in found for one in some)[:MOST_PICTURES]


def _source(one: dict[str, Any]) -> Any:
    if one.get("media_type", one.get("type")) not in {"photo", "image"}:
        return None  # a link's preview, a video's first frame: nothing she sent us
    media = one.get("media")
    image = media.get("image") if isinstance(media, dict) else None
    return image.get("src") if isinstance(image, dict) else None
