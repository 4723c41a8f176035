"""The web server's way in: `moothall serve` runs this."""

import gc
import os
import threading

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moothall.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """Read the pack and its search index now, so that the first person to search does not wait for it."""
    from django.db import Error, connection

    from moothall.core.packs import NoPack
    from moothall.intake.queries import search_catalogue

    try:
        search_catalogue("bin")
    except (Error, NoPack):
        return  # not ready yet: the first request will read it
    finally:
        connection.close()
    # What stands now (code, pack, index: a few hundred thousand things) stays: looking for rubbish among it on and on
    # cost a twelfth of a busy page's time.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


threading.Thread(target=_warm, name="warm", daemon=True).start()
