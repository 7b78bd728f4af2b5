"""Which rule, value or entry makes a conclusion differ between two states: their proofs are laid side by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.base import OUTPUT
from pycoverage.comparisons.novelty import RIGHT, Novelty
from pycoverage.gap import Gap, behind, gaps
from pycoverage.proof import Applied, Attempt, Compared, Denied, InForce, Node, ParameterLeaf, PropertyLeaf
from pycoverage.prover import Prover
from pycoverage.reasoning import Reason, nearest, reason
from pycoverage.sentence import Writer, variables_of
from pycoverage.situation import Context
from pycoverage.states.merging import plain_id
from pycoverage.syntax import Atom
from pycoverage.value import Fun

SHOWN = 3
"""Conditions named for one difference."""


class Tracer:
    """Finds what makes the difference, over a prover that knows both states."""

    def __init__(self, prover: Prover, writer: Writer, novelty: Novelty) -> None:
        self.prover, self.writer, self.novelty = prover, writer, novelty

    def origins(self, atom: Atom, before: Context, after: Context) -> dict[str, str]:
        """Return, per key of what makes an atom hold in one state only, why it does or does not in the second."""
        found: dict[str, str] = {}
        for gap in gaps(self.prover, self.prover.explain(atom, before), self.prover.explain(atom, after)):
            for key in dict.fromkeys(self._direct(gap)) or self._near((gap.before, gap.after)):
                found.setdefault(key, self._why(gap, key))
        return found

    def _direct(self, gap: Gap) -> Iterator[str]:
        last, node = self.prover.nodes[gap.before], self.prover.nodes[gap.after]
        if isinstance(last, Compared) and isinstance(node, Compared):
            sides = ((last.left, node.left, node.left_term), (last.right, node.right, node.right_term))
            for one, other, term in sides:
                if one != other:
                    nearest = (set(self.novelty.marks(each)) for each in behind(self.prover, gap, term))
                    yield from sorted(next((marks for marks in nearest if marks), ()))
        elif isinstance(last, InForce | ParameterLeaf | PropertyLeaf):
            yield from self.novelty.marks(last)
            yield from self.novelty.marks(node)

    def _near(self, roots: Iterable[int]) -> list[str]:
        return nearest(self.prover, roots, self.novelty.marks)

    def _why(self, gap: Gap, key: str) -> str:
        """Return what the second state says where the proofs part."""
        node = self.prover.nodes[gap.after]
        if isinstance(node, Compared):
            return self.writer.node(node) + self._threshold(node, key)
        if isinstance(node, PropertyLeaf | ParameterLeaf):
            return self.writer.node(node)
        above = self.prover.nodes[gap.under[0][1]] if gap.under else node
        if isinstance(above, Denied):
            missing = self._missing(above, key)
            if missing or isinstance(node, InForce):
                return " ; ".join(missing) or self.writer.node(node)
        return self._told(above)

    def _threshold(self, node: Compared, key: str) -> str:
        """Return the amount of the law behind a compared value that the base does not name, if a key tells it."""
        sort, _, name = key.partition(":")
        parameter = self.writer.base.parameters.get(name) if sort == "montant" else None
        terms = (node.left_term, node.right_term)
        unnamed = [
            term
            for term in terms
            if (each := list(variables_of(term))) and not all(v.name in self.writer.base.variables for v in each)
        ]
        return f", d'après : {parameter.nom}" if parameter and unnamed else ""

    def _told(self, node: Node) -> str:
        """Return a node in words; of a right that no sentence of the base tells, whose it is and whether it is held."""
        if isinstance(node, Applied | Denied) and node.name == RIGHT and len(node.args) == OUTPUT[RIGHT]:
            ruled = isinstance(node, Applied) and self.prover.base.rules[node.rule].guard
            person, right = node.args
            if not ruled and person is not None and isinstance(right, Fun) and right.name in self.writer.base.rights:
                who = self.writer.value(person, "personne")
                held = self.writer.speech(f"statuts.{'oui' if isinstance(node, Applied) else 'non'}")
                return f"{who}, {self.writer.base.rights[right.name].nom} : {held}"
        if isinstance(node, Denied):
            return self.writer.notion(node.name, node.args, holds=False)
        return self.writer.node(node)

    def _missing(self, node: Denied, key: str) -> list[str]:
        """Return what a refusal misses, along the rule that a key names or else the closest one.

        Nothing if that rule misses nothing but being in force.
        """

        def wanted(attempt: Attempt) -> bool:
            return f"regle:{plain_id(self.prover.base.rules[attempt.rule].guard or '')}" == key

        named = [each for each in node.attempts if wanted(each)]
        tried = [each for each in named or node.attempts if each.missing]
        return [self._missed(self.prover.nodes[child]) for each in tried[:1] for _, child in each.missing[:SHOWN]]

    def _missed(self, node: Node) -> str:
        return self._told(node) or self.writer.node(node)

    def turned(self, before: int, after: int) -> list[str]:
        """Return the keys of what makes two proofs of the same conclusion differ, an empty list if they do not."""
        if before == after:
            return []
        one, other = (reason(self.prover, root) for root in (before, after))
        if one == other:
            return []
        found = self._keys(one ^ other)
        if not found:
            one, other = (reason(self.prover, root, decisive=False) for root in (before, after))
            found = self._keys(one ^ other)
        return found or self._near((before, after))

    def _keys(self, items: Reason) -> list[str]:
        return sorted({key for item in items for key in self._new(*item)})

    def _new(self, sort: str, text: str) -> Iterator[str]:
        """Yield the key of an item of a reason that is new."""
        name = text.partition(" ")[0]
        if sort == "regle" and name in self.novelty.rules:
            yield f"regle:{plain_id(self.novelty.newest.get(name, name))}"
        elif sort == "montant" and name in self.novelty.parameters:
            yield f"montant:{name}"
        elif sort == "liste" and tuple(name.rstrip(")").split("(")) in self.novelty.entries:
            yield f"liste:{name.partition('(')[0]}"
