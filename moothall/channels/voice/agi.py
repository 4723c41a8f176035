"""FastAGI: Asterisk asks us over TCP what to say and tells us what was pressed. Source: Asterisk's AGI commands.

One thread a call; nothing of a call is kept here, so that a server that goes away takes no answers with it. Sentences are
played from recordings, or said by the dialplan application that ``say`` names (``Festival``, ``PicoTTS``, ``SayText`` …).
"""

from __future__ import annotations

import socketserver
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from moothall.channels.phone.calls import read_number
from moothall.core.lines import one_line
from moothall.intake.talking.turns import Say, Then, Turn

LONGEST_LINE = 8192
MOST_VARIABLES = 200
TIMEOUT_MS = 8000
MOST_KEYS = 20


class HungUp(Exception):
    """The caller, or the line, has gone."""


class NotAgi(Exception):
    """Whoever connected does not speak AGI."""


@dataclass(frozen=True, slots=True)
class Menu:
    """What the server asks of the council: begin a call, take what was pressed, end it."""

    begin: Callable[[str, str], Turn]
    hear: Callable[[str, int, str], Turn]
    end: Callable[[str, str], None]


class Session:
    """One call on one connection."""

    def __init__(self, reading: BinaryIO, writing: BinaryIO, menu: Menu, *, desk: str, say: str) -> None:
        self._reading, self._writing = reading, writing
        self._menu, self._desk, self._say_by = menu, desk, say
        self._language, self._own = "", "en"

    def run(self) -> None:
        """Carry a call from its first sentence to its end. Raises NotAgi."""
        told = self._variables()
        call_id = one_line(told.get("agi_uniqueid", ""))[:200]
        if not call_id:
            raise NotAgi("There was no agi_uniqueid.")
        number = read_number(told.get("agi_callerid", ""))
        self._own = told.get("agi_language", "") or "en"
        try:
            self._command("ANSWER")
            turn = self._menu.begin(call_id, number if number.startswith("+") else _national(number))
            while turn.then is Then.LISTEN:
                turn = self._menu.hear(call_id, turn.number, self._gather(turn))
            self._speak(turn.says)
            if turn.then is Then.TRANSFER and self._desk:
                self._command(f'EXEC Dial "{_safe(self._desk)}"')
            self._command("HANGUP")
        except HungUp:
            self._menu.end(call_id, "hung_up")

    def _variables(self) -> dict[str, str]:
        told: dict[str, str] = {}
        for _ in range(MOST_VARIABLES):
            line = self._line()
            if not line:
                return told
            name, colon, value = line.partition(":")
            if not colon:
                raise NotAgi("The first lines are not AGI variables.")
            told[name.strip()] = value.strip()
        raise NotAgi("There is no end of AGI variables.")

    def _gather(self, turn: Turn) -> str:
        """Say a turn; a key pressed in the middle of it ends the saying and is the first of the answer."""
        keys = self._speak(turn.says, stop_at="0123456789*#")
        if keys == "#":
            return "#"
        while not turn.digits or len(keys) < turn.digits:
            key = self._wait_for_key()
            if not key:
                return keys
            if key == "#":
                return keys or "#"
            keys += key
            if len(keys) >= MOST_KEYS:
                break
        return keys

    def _speak(self, says: tuple[Say, ...], stop_at: str = "") -> str:
        for say in says:
            self._speak_in(say.language)
            if say.recording:
                pressed = _key(self._command(f'STREAM FILE "{_safe(say.recording)}" "{stop_at}"'))
            else:
                pressed = _key(self._command(f'EXEC {self._say_by} "{_safe(say.words)}"'))
            if pressed and stop_at:
                return pressed
        return ""

    def _speak_in(self, language: str) -> None:
        """Tell the channel in which language the next sentence is, as the application that says it may choose a voice by;
        nothing while it stays ours."""
        if language != self._language:
            self._language = language
            self._command(f'SET VARIABLE CHANNEL(language) "{_safe(language.replace("-", "_") or self._own)}"')

    def _wait_for_key(self) -> str:
        return _key(self._command(f"WAIT FOR DIGIT {TIMEOUT_MS}"))

    def _command(self, words: str) -> int:
        """Send a command; return its result. Raises HungUp when there is nobody any more, or -1 says so."""
        try:
            self._writing.write(words.encode("utf-8") + b"\n")
            self._writing.flush()
        except OSError as gone:
            raise HungUp from gone
        while True:
            line = self._line()
            if line == "HANGUP":  # said between answers when the caller hangs up
                continue
            code, _, rest = line.partition(" ")
            if code == "200" and rest.startswith("result="):
                result = rest.removeprefix("result=").split(" ", 1)[0]
                number = int(result) if result.lstrip("-").isdigit() else 0
                if number == -1:
                    raise HungUp
                return number
            if code == "511" or not line:
                raise HungUp
            if code.rstrip("-") == "520" or code == "510":  # a command it does not know: go on without it
                return 0

    def _line(self) -> str:
        try:
            raw = self._reading.readline(LONGEST_LINE)
        except OSError as gone:
            raise HungUp from gone
        if not raw:
            raise HungUp
        return raw.decode("utf-8", "replace").rstrip("\r\n")


class Server(socketserver.ThreadingTCPServer):
    """Takes calls from Asterisk. Only from the addresses in ``allowed`` (none: from this machine)."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, where: tuple[str, int], menu: Menu, *, desk: str, say: str, allowed: frozenset[str] = frozenset(),
        done: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.menu, self.desk, self.say, self.done = menu, desk, say, done
        self.allowed = allowed or frozenset({"127.0.0.1", "::1"})
        super().__init__(where, _Handler)


class _Handler(socketserver.StreamRequestHandler):
    timeout = 120

    def handle(self) -> None:
        server = self.server
        if not isinstance(server, Server) or self.client_address[0] not in server.allowed:
            return
        try:
            Session(self.rfile, self.wfile, server.menu, desk=server.desk, say=server.say).run()  # type: ignore[arg-type]
        except (NotAgi, HungUp):
            return
        finally:
            server.done()


def _key(result: int) -> str:
    character = chr(result) if 0 < result < 128 else ""
    return character if character in "0123456789*#" else ""


def _national(number: str) -> str:
    """A number as exchanges here give it (07700…) in international form; empty where it is withheld."""
    if number.startswith("00"):
        return f"+{number[2:]}"
    return f"+44{number[1:]}" if number.startswith("0") and len(number) > 9 else ""


def _safe(words: str) -> str:
    """Words inside quotation marks of a command: no line of them may become another command, no comma another argument."""
    plain = words.replace("\\", " ").replace('"', "'").replace("|", " ").replace(",", " -").replace("\x00", "")
    return " ".join(plain.split())
