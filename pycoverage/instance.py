"""The program of a case whose facts are chosen, as it is written for the solver (`choices` grounds it)."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

import msgspec

from pycoverage.atoms import Ids, rank_atoms, situation_atoms
from pycoverage.base import KnowledgeBase
from pycoverage.law import Law
from pycoverage.program import Statement
from pycoverage.relevance import relevant
from pycoverage.situation import Case, Context, Fact, Option
from pycoverage.value import Fun, Value

Row = tuple[Value, ...]

RULE = re.compile(
    r'"(?:[^"\\]|\\.)*"'
    r"|(@[a-z_]+\(|(?<!\w)_(?:depuis|ligne|comptee|cumul|applique|atteinte)_|(?<!\w)_depassement\()([0-9]+)"
)
"""Where a text holds the number of a rule: before each call of a function, and in the names that `lifting` makes; what
stands between quotes is passed over.
"""


class Instance(msgspec.Struct, frozen=True):
    """What the solver is given for a case whose facts are chosen: the texts of a program, and atoms.

    One option of each group is taken, per copy of the case; only the `loose` groups may differ between two copies,
    where they are given. `ids` are the numbers of the contexts, `hidden` the arguments that the rules have beside
    those that they write.
    """

    base: KnowledgeBase
    groups: tuple[tuple[Option, ...], ...]
    contexts: tuple[Context, ...]
    copies: int
    loose: frozenset[int] | None
    texts: tuple[str, ...]
    atoms: tuple[tuple[str, tuple[Value, ...]], ...]
    ids: Ids
    levels: Mapping[str, tuple[str, ...]]
    hidden: dict[int, tuple[str, ...]]

    @property
    def digest(self) -> str:
        """What is the same for two programs that differ only by the numbers that their rules have in the base."""
        numbers: dict[str, str] = {}
        texts = "\n".join(self.texts)

        def numbered(found: re.Match[str]) -> str:
            return found[1] + numbers.setdefault(found[2], str(len(numbers))) if found[1] else found[0]

        text = RULE.sub(numbered, texts)
        return hashlib.sha256(msgspec.msgpack.encode((text, self.atoms))).hexdigest()


def instance(
    law: Law,
    case: Case,
    groups: Sequence[Sequence[Option]],
    contexts: Sequence[Context],
    *,
    goals: Iterable[str],
    stakes: Iterable[str] = (),
    copies: int = 1,
    loose: Collection[int] | None = None,
    program: str = "",
    traced: Collection[int] = (),
) -> Instance:
    """Return the program of a case, on the rules that the `goals` and the `stakes` rest on.

    `program` is added to what is asked, over the atoms of `_PROGRAM`; of the rules `traced`, the atoms that tell
    they apply are there too.
    """
    ids = Ids(law.program.pivots)
    options = [fact for group in groups for option in group for fact in option]
    full = Case(case.name, case.persons, (*case.facts, *options))
    atoms = list(situation_atoms(law.base, law.program, [full] * copies, [list(contexts)] * copies, ids))
    rules, others = relevant(law.base, law.program, [full], ids.laws, list(goals), list(stakes))
    hidden = {each.rule: each.hidden for each in rules}
    traced = frozenset(traced)
    rules = [
        msgspec.structs.replace(each, text=each.traced) if each.rule in traced and not each.open else each
        for each in rules
    ]
    chosen = {(fact.name, fact.args) for fact in options} - {(fact.name, fact.args) for fact in case.facts}
    told = (
        *(each for each in atoms if (each[0], each[1][1:]) not in chosen),
        *_groups(groups, loose, chosen),
        *rank_atoms(full),
        *(("_observe", [ids.context(each), number]) for number, each in enumerate(contexts)),
    )
    texts = tuple(_texts(law, rules, others, options, program))
    return Instance(
        base=law.base,
        groups=tuple(map(tuple, groups)),
        contexts=tuple(contexts),
        copies=copies,
        loose=None if loose is None else frozenset(loose),
        texts=texts,
        atoms=tuple((name, tuple(arguments)) for name, arguments in told),
        ids=ids,
        levels=law.program.levels,
        hidden=hidden,
    )


def _groups(
    groups: Sequence[Sequence[Option]], loose: Collection[int] | None, chosen: Collection[tuple[str, Row]]
) -> Iterator[tuple[str, list[Value]]]:
    """Yield what `_PROGRAM` is told of the groups: their options, and the facts that these choose."""
    for number, group in enumerate(groups):
        yield "_groupe", [number]
        if loose is not None and number not in loose:
            yield "_suit", [number]
        for index, option in enumerate(group):
            yield "_possible", [number, index]
            for fact in option:
                if (fact.name, fact.args) in chosen:
                    yield "_option", [number, index, Fun(fact.name), *fact.args]


def _texts(
    law: Law, rules: Sequence[Statement], others: Sequence[Statement], options: Iterable[Fact], program: str
) -> Iterator[str]:
    """Yield the texts of the program: the rules, those of the stakes, and how options choose the facts."""
    yield law.program.text(rules, others, form="open")
    if others:
        yield law.program.stakes(others, form="open")
    yield _PROGRAM + program
    for name, arity in sorted({(fact.name, len(fact.args)) for fact in options}):
        names = ",".join(f"A{number}" for number in range(arity))
        rule = f"{name}(C,{names}) :- _option(G,I,{name},{names}), _choix(C,G,I)."
        yield f"{rule}\n#defined _option/{arity + 3}."


_PROGRAM = """\
{ _choix(C,G,I) : _possible(G,I) } = 1 :- _groupe(G), _cas(C), not _suit(C,G).
_choix(1,G,I) :- _suit(1,G), _choix(0,G,I).
_suit(1,G) :- _suit(G), _cas(1).
{ _meme(G) } :- _groupe(G), _cas(1), not _suit(1,G).
:- _meme(G), _choix(0,G,I), not _choix(1,G,I).
{ _coherent }.
:- _coherent, anomalie(C,K,_,_), _observe(K,0).
_tenu(N,P,R) :- droit(0,K,P,R), _observe(K,N).
_differe(N,P,R) :- droit(0,K,P,R), not droit(1,K,P,R), _observe(K,N), _cas(1).
_differe(N,P,R) :- droit(1,K,P,R), not droit(0,K,P,R), _observe(K,N), _cas(1).
#show.
#show _tenu/3.
#show _differe/3.
#show _enjeu/4.
#defined droit/4.
#defined anomalie/4.
#defined _enjeu/4.
#defined _suit/1.
#defined _rang/2.
#defined _rang/3.
#defined _rang/4."""
