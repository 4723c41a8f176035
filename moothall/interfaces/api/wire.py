"""What every operation shares: idempotency, errors as one shape, the committed description."""

import functools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import pydantic
from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI, Query, Router
from ninja.errors import HttpError, ValidationError

from moothall.bookings.actions import SlotTaken
from moothall.cases.actions import ChangedMeanwhile
from moothall.cases.actions.rows import NoSuchCase
from moothall.core import clock
from moothall.core.access import Refused
from moothall.core.idempotency import KeyReused, fingerprint, once
from moothall.core.packs import current_pack
from moothall.core.paging import BadCursor
from moothall.interfaces.api import shapes
from moothall.interfaces.policy import Request, TokenRefused
from moothall.services.pack import SERVICES, Service

DERIVED_FOR: Final = timedelta(minutes=2)
LONGEST_KEY: Final = 200
LONG_AGO: Final = datetime(1900, 1, 1, tzinfo=UTC)
ERRORS: Final = dict.fromkeys((400, 401, 403, 404, 422), shapes.Problems)
WRITES: Final = ERRORS | {409: shapes.Problems}
Size = Annotated[int, Query(ge=1, le=100)]
After = Annotated[str, Query(max_length=400)]
JSON: Final = "application/json; charset=utf-8"


class NotValid(ValueError):
    """Some answers do not stand. ``problems`` are pairs of where and what to do."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("; ".join(words for _, words in problems))


def do_once(
    request: Request, scope: str, body: Any, do: Callable[[], dict[str, Any]], *, status: int = 201,
    told: Callable[[dict[str, Any]], dict[str, Any]] | None = None, derived: bool = True,
) -> HttpResponse:  # fmt: skip
    """Run a write once for its ``Idempotency-Key``; a repeat is answered as the first and says so in a header.

    ``do`` returns what the operation's shape has made plain: it is kept and sent as it is. An empty one sends nothing. Where
    the answer says something of a person, ``do`` returns ids alone, which are kept, and ``told`` makes the answer of them.
    A call without a key gets one from its token and body, good for two minutes; not where ``derived`` is false, because the
    same words again may be meant (a status set, changed, and set again) and do no harm.
    """
    given = request.headers.get("Idempotency-Key", "").strip()
    if len(given) > LONGEST_KEY:
        raise NotValid([("Idempotency-Key", f"Use a key of at most {LONGEST_KEY} characters.")])
    client = str(request.actor.id)
    if given or derived:
        key = f"{client}:{given}" if given else f"{client}:{fingerprint(body)}"
        expires = None if given else DERIVED_FOR
        answer, ran = once(f"api.{scope}", key, at=clock.now(), request=body, do=do, expires=expires)
    else:
        answer, ran = do(), True
    if told is not None:
        answer = told(answer)
    sent = HttpResponse(json.dumps(answer) if answer else "", content_type=JSON if answer else None, status=status)
    if not ran:
        sent["Idempotent-Replayed"] = "true"
    return sent


def own_id(request: Request, given: str) -> str:
    """Return a caller's own id as it is kept: with the caller's, for two systems that both number from 1 are not one, nor
    is either the telephone system or the mail server that numbers what comes by the same channel."""
    return f"{request.actor.id}:{given}" if given else ""


def known_service(code: str) -> Service:
    """Return a service of the catalogue, or say that there is none."""
    found = current_pack().of(SERVICES).get(code)
    if found is None:
        raise NotValid([("service", f"There is no service “{code[:80]}”. GET /services lists them.")])
    return found


def not_later(received: datetime | None, now: datetime) -> datetime:
    """Return when somebody was in touch: now, if left out; a time to come, or without a zone, is refused."""
    if received is None:
        return now
    if received.tzinfo is None or not LONG_AGO <= received <= now:
        raise NotValid([("received_at", "Give a time that has passed, with its zone: 2026-11-22T09:30:00Z.")])
    return received


def refuse_unknown(router: Router) -> None:
    """Let no operation of this router swallow a parameter it does not have: who sends ``limit`` where it is called ``size``
    would take one page for everything. Says which there are, and between which numbers."""
    for view in router.path_operations.values():
        for operation in view.operations:
            queries = [one for one in operation.models if one.__ninja_param_source__ == "query"]
            named = dict(pair for one in queries for pair in _bounds(one))
            operation.view_func = _strict(operation.view_func, named)


def _bounds(model: type[pydantic.BaseModel]) -> Iterator[tuple[str, str]]:
    """The parameters of a model, each with the numbers it may be between, in words."""
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, pydantic.BaseModel):
            yield from _bounds(kind)
            continue
        least, most = ([getattr(one, at) for one in field.metadata if hasattr(one, at)] for at in ("ge", "le"))
        yield field.alias or name, f"{name} ({least[0]} to {most[0]})" if least and most else name


def _strict(view: Callable[..., Any], named: Mapping[str, str]) -> Callable[..., Any]:
    allowed = f"You may send {', '.join(named.values())}." if named else "It takes none in its address."

    @functools.wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        unknown = [name for name in request.GET if name not in named]
        if unknown:
            raise NotValid([(name[:80], f"There is no such parameter here. {allowed}") for name in unknown[:20]])
        return view(request, *args, **kwargs)

    return called


def _where(place: Sequence[Any]) -> str:
    """Where in the call a mistake stands: a parameter by its name, a part of the body by its path."""
    return ".".join(str(part) for part in (place[1:] if place[:1] == ("query",) else place[2:]))


def problems(api: NinjaAPI, request: HttpRequest, status: int, *found: tuple[str, str, str]) -> HttpResponse:
    """Return the one shape of every error: code, words, where."""
    rows = [{"code": code, "message": words, "where": where} for code, words, where in found]
    return api.create_response(request, {"problems": rows}, status=status)


def tell_errors(api: NinjaAPI) -> None:
    """Give every error its status and words. Nothing of the inside is told."""

    def simple(status: int, code: str) -> Callable[[HttpRequest, Any], HttpResponse]:
        return lambda request, error: problems(api, request, status, (code, str(error), ""))

    api.add_exception_handler(KeyReused, simple(409, "key_reused"))
    api.add_exception_handler(ChangedMeanwhile, simple(409, "changed_meanwhile"))
    api.add_exception_handler(SlotTaken, simple(409, "taken"))
    words = "Send the “after” of the answer before it as it was, or leave it out to begin."
    api.add_exception_handler(BadCursor, lambda r, e: problems(api, r, 400, ("not_valid", words, "after")))
    api.add_exception_handler(ValueError, simple(422, "not_valid"))
    for missing in (Http404, NoSuchCase, LookupError):
        api.add_exception_handler(
            missing, lambda r, e: problems(api, r, 404, ("not_found", "There is no such thing here.", ""))
        )

    @api.exception_handler(pydantic.ValidationError)
    def our_fault(request: HttpRequest, error: pydantic.ValidationError) -> HttpResponse:
        raise error  # ninja wraps what a caller sent in an error of its own: this one is of the inside, and a ValueError

    @api.exception_handler(HttpError)
    def not_understood(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problems(api, request, error.status_code, ("not_valid", str(error), ""))

    @api.exception_handler(TokenRefused)
    def no_token(request: HttpRequest, error: TokenRefused) -> HttpResponse:
        answer = problems(api, request, 401, ("no_token", str(error), "Authorization"))
        answer["WWW-Authenticate"] = 'Bearer realm="api"'
        return answer

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        words = "This token may not do that. Ask whoever gave it to you for one that may."
        return problems(api, request, 403, ("not_allowed", words, ""))

    @api.exception_handler(DataError)
    def not_kept(request: HttpRequest, error: DataError) -> HttpResponse:
        words = "Something in it cannot be kept: a NUL character, or a text or number that is too long."
        return problems(api, request, 422, ("not_valid", words, ""))

    @api.exception_handler(RequestDataTooBig)
    def too_large(request: HttpRequest, error: RequestDataTooBig) -> HttpResponse:
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE // (1024 * 1024)
        return problems(api, request, 413, ("too_large", f"Send at most {most} MB at once.", ""))

    @api.exception_handler(SuspiciousOperation)
    def not_read(request: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        most = f"{settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:,}"
        return problems(api, request, 400, ("not_valid", f"It cannot be read. Send {most} parameters at most.", ""))

    @api.exception_handler(NotValid)
    def not_valid(request: HttpRequest, error: NotValid) -> HttpResponse:
        return problems(api, request, 422, *(("not_valid", words, where) for where, words in error.problems))

    @api.exception_handler(ValidationError)
    def not_shaped(request: HttpRequest, error: ValidationError) -> HttpResponse:
        found = [("not_valid", str(e["msg"]), _where(e["loc"])) for e in error.errors]
        return problems(api, request, 422, *found)
