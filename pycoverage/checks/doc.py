"""What a code of `pycoverage check` means, for who meets it while editing a rule."""

from __future__ import annotations

import textwrap

import msgspec


class Doc(msgspec.Struct, frozen=True, order=True):
    """One code: its title, why it matters, what to avoid, what to prefer, and the exceptions."""

    code: str
    titre: str
    pourquoi: str
    eviter: str
    preferer: str
    exceptions: str = "aucune"

    def __str__(self) -> str:
        blocks = (("À éviter", self.eviter), ("Préférer", self.preferer))
        shown = [f"{name} :\n\n{textwrap.indent(textwrap.dedent(text).strip(), '    ')}" for name, text in blocks]
        why = textwrap.fill(" ".join(self.pourquoi.split()), 100)
        return "\n\n".join([f"{self.code} — {self.titre}", why, *shown, f"Exceptions : {self.exceptions}."])
