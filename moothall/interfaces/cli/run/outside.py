"""The outside systems of a demonstration: a twin of each provider and contractor, served by the run itself.

They are a few threads that mostly wait, so they cost the start no process of their own.
"""

from __future__ import annotations

import os
from pathlib import Path

from moothall.core.twin_server import LocalServer


class Outside:
    """Twins of what the council deals with, on free ports, for the site at ``url``; what they took is kept in ``folder``.

    A system that the environment already names (``MOOTHALL_PAY_URL`` …) is left to it.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self.url, self.folder = url, folder
        self.environment: dict[str, str] = {}
        """The settings that lead the site and the worker to the twins."""
        self.lines: list[str] = []
        """What to tell whoever runs the demonstration."""
        self._running: list[LocalServer] = []

    def start(self) -> None:
        """Serve them all until `stop`."""
        if not os.environ.get("MOOTHALL_PAY_URL"):
            self._payments()
        if not (os.environ.get("MOOTHALL_CONTRACTORS") or os.environ.get("MOOTHALL_PARTNERS")):
            self._contractors()
        if not os.environ.get("MOOTHALL_SOCIAL"):
            self._social()
        if not os.environ.get("MOOTHALL_CALLS_URL"):
            self._exchange()

    def stop(self) -> None:
        """End them; what they took stays in the folder."""
        while self._running:
            self._running.pop().stop()

    def _payments(self) -> None:
        from moothall.payments.adapters.govuk_pay.twin import KEY, SECRET, Twin

        twin = Twin(
            pages=f"{self.url}/demo/card", callback=f"{self.url}/hooks/pay/govuk_pay", tells=True,
            keep=self.folder / "payments.json",
        ).start()  # fmt: skip
        self._running.append(twin)
        self.environment |= {
            "MOOTHALL_PAY_BY": "govuk_pay", "MOOTHALL_PAY_URL": twin.url, "MOOTHALL_PAY_KEY": KEY,
            "MOOTHALL_PAY_SECRET": SECRET, "MOOTHALL_PAY_KEYPAD": f"{twin.url}/_twin", "MOOTHALL_PAY_KEYPAD_KEY": KEY,
        }  # fmt: skip

    def _contractors(self) -> None:
        """Those of repairs, and those of the street, whom we tell by Open311."""
        from moothall.partners.adapters.open311 import twin as open311
        from moothall.repairs.adapters.works_orders import twin as works_orders

        repairs = works_orders.Twin(
            callback=f"{self.url}/hooks/repairs/{{code}}", keep=self.folder / "contractors.json"
        ).start()
        street = open311.Twin(callback=f"{self.url}/hooks/open311/{{code}}", keep=self.folder / "open311.json").start()
        self._running += [repairs, street]
        self.environment |= {
            "MOOTHALL_CONTRACTORS": f"*={repairs.url}", "MOOTHALL_CONTRACTOR_KEYS": f"*={works_orders.KEY}",
            "MOOTHALL_PARTNERS": f"*={street.url}", "MOOTHALL_PARTNER_KEYS": f"*={open311.KEY}",
        }  # fmt: skip
        self.lines += [
            f"  Contractors   {repairs.url} (repairs; play them: take on, offer times, come, need more, be done)",
            f"                {street.url} (street lights, by Open311: take on, be done, refuse)",
        ]

    def _social(self) -> None:
        """Both networks, with a few posts to begin with."""
        from moothall.interfaces.cli.demo.posts import SAID
        from moothall.notifications.adapters.social.twin import KEYS, Twin

        twin = Twin(keep=self.folder / "social.json").start()
        self._running.append(twin)
        if not twin.posts:
            for said in SAID:
                twin.say(**said)
        self.environment |= {
            "MOOTHALL_SOCIAL": ",".join(f"{code}={twin.url}" for code in KEYS),
            "MOOTHALL_SOCIAL_KEYS": ",".join(f"{code}={key}" for code, key in KEYS.items()),
        }
        self.lines.append(f"  Social media  {twin.url} (write to the council as anybody, read what it answers)")

    def _exchange(self) -> None:
        """The telephone exchange that records calls, and is told to stop while a card is paid on one."""
        from moothall.payments.adapters.exchange.twin import KEY, Twin

        twin = Twin(key=os.environ.get("MOOTHALL_CALLS_KEY", KEY)).start()
        self._running.append(twin)
        self.environment |= {"MOOTHALL_CALLS_URL": twin.url, "MOOTHALL_CALLS_KEY": twin.key}
