"""Words read aloud by espeak-ng (the Debian package of that name), as a WAV file."""

import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path
from typing import Final

VOICES: Final = {
    "en": "en-gb", "cy": "cy", "ar": "ar", "bn": "bn", "zh": "cmn", "cs": "cs", "fa": "fa", "fr": "fr-fr", "gu": "gu",
    "ku": "ku", "lt": "lt", "pa": "pa", "pl": "pl", "pt": "pt", "ro": "ro", "es": "es", "tr": "tr", "uk": "uk", "ur": "ur",
}  # fmt: skip
"""Its voice for each language of ours. Somali and Tigrinya have none: nothing is offered rather than nonsense."""

LONGEST: Final = 12_000
_SECONDS: Final = 30
_WORDS_A_MINUTE: Final = 145


class CannotSpeak(ValueError):
    """These words cannot be read aloud here; the message says why."""


def can_speak(language: str) -> bool:
    """Say whether this machine can read a language aloud."""
    return language in VOICES and shutil.which("espeak-ng") is not None


@lru_cache(maxsize=16)
def speak(words: str, language: str) -> bytes:
    """Return a WAV file (16 bit, one channel) of the words; about 40 kB a second.

    Raises:
        CannotSpeak: no voice for the language, no espeak-ng here, too many words, or it failed.
    """
    if not can_speak(language):
        raise CannotSpeak("There is nobody here to read this language aloud.")
    if len(words) > LONGEST:
        raise CannotSpeak(f"At most {LONGEST:,} characters can be read aloud at once.")
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "said.wav"
        command = [
            "espeak-ng",
            "-v",
            VOICES[language],
            "-s",
            str(_WORDS_A_MINUTE),
            "-b",
            "1",
            "--stdin",
            "-w",
            str(made),
        ]
        try:
            done = subprocess.run(command, input=words.encode(), capture_output=True, timeout=_SECONDS, check=False)
        except subprocess.TimeoutExpired:
            raise CannotSpeak("It took too long to read this aloud.") from None
        if done.returncode or not made.exists():
            raise CannotSpeak("This could not be read aloud.")
        return made.read_bytes()
