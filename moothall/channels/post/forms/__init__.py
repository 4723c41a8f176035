"""Paper forms: a service's dialogue printed with boxes, and what was ticked and written in them read back."""

from datetime import datetime

from moothall.channels.post.forms.drawing import Form, draw_form
from moothall.channels.post.forms.marks import read_marks
from moothall.core.packs import Pack
from moothall.intake.actions.raising import check_channel
from moothall.postroom.actions import keep_form
from moothall.postroom.models import PrintedForm
from moothall.services.pack import Service

__all__ = ["Form", "print_form", "read_marks"]


def print_form(pack: Pack, service: Service, *, large: bool = False, at: datetime) -> Form:
    """Return the paper form of a service, and keep how it is printed, so that it is known when it comes back.

    Raises:
        NotOnThisChannel: it cannot be asked for on paper. NoPrinter: nothing can be drawn here. ValueError: far too long.
    """
    check_channel(service, "post")
    form = draw_form(pack, service, large=large)
    keep_form(
        PrintedForm(
            mark=form.mark, service=form.service, language=form.language, large=large, pages=form.pages, layout=form.layout(),
            pack_version_id=pack.version_id, made_at=at,
        )
    )  # fmt: skip
    return form
