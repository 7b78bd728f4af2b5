"""From an assessment to the answer people and programs read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pycoverage.answer import VERSION, Anomaly, Answer, Entry, PersonAnswer, RightAnswer, Variant
from pycoverage.assessment import Assessment
from pycoverage.citation import citations
from pycoverage.engine import Row
from pycoverage.field import codes
from pycoverage.firmness import firm
from pycoverage.proof import Absent, Applied, Denied, Node, ParameterLeaf, Stated, reach
from pycoverage.prover import Prover
from pycoverage.reliance import Reliance
from pycoverage.rubric import Rubric
from pycoverage.sentence import Writer
from pycoverage.situation import Context, Fact
from pycoverage.speech import speech
from pycoverage.status import reading_name, verdict
from pycoverage.syntax import Atom
from pycoverage.value import Fun, Value, rank


def prover_for(assessment: Assessment) -> Prover:
    """Return a prover over the model of an assessment, whose proofs rest on as few open facts as they can."""
    reliance = None
    if assessment.filled.gaps:
        reliance = Reliance(assessment.law, assessment.filled, assessment.case, assessment.world)
    return Prover(assessment.law.base, assessment.case, assessment.world, reliance)


def answer_for(assessment: Assessment, prover: Prover | None = None) -> Answer:
    """Return the answer for a dossier, with the rules, hypotheses and open facts behind each status."""
    prover = prover or prover_for(assessment)
    anomalies = list(anomalies_of(assessment, prover))
    base = assessment.law.base
    people: dict[str, PersonAnswer] = {}
    if not anomalies:
        for identifier, name in assessment.dossier.persons.items():
            rights = {right: right_answer(assessment, prover, identifier, right) for right in base.rights}
            people[name] = PersonAnswer(rights)
    told = [right for person in people.values() for right in person.droits.values()]
    rules = {rule for right in told for rule in right.regles}
    rules |= {entry.regle for right in told for entries in right.rubriques.values() for entry in entries}
    readings = {name: base.reading(name, dict(assessment.default.readings)) for name in base.questions}
    return Answer(
        VERSION,
        assessment.dossier.name,
        assessment.date,
        assessment.default.droit_au,
        dict(sorted(readings.items())),
        anomalies,
        people,
        assessment.complete,
        citations(base, rules, assessment.default.droit_au),
        base.reader,
        _suppositions(assessment, {text for right in told for text in right.hypotheses}),
        assessment.space.declared if assessment.space else [],
    )


def anomalies_of(assessment: Assessment, prover: Prover) -> Iterator[Anomaly]:
    base, dossier = assessment.law.base, assessment.dossier
    writer = Writer(assessment.law, dossier.persons)
    for code, person in sorted(assessment.anomalies):
        root = prover.explain(Atom("anomalie", (Fun(code), Fun(person))), assessment.default)
        top = prover.nodes[root]
        assert isinstance(top, Applied)
        message = writer.fill(base.phrases.get(code, code.replace("_", " ")), top.rule, top.binding)
        facts = {node.fact for node in reach(prover.nodes, root) if isinstance(node, Stated) and node.fact.place.line}
        ordered = sorted(facts, key=lambda fact: fact.place)
        told = [writer.speech("fait_ligne", n=fact.place.line, fait=writer.fact(fact)) for fact in ordered]
        line = ordered[0].place.line if ordered else 0
        yield Anomaly(code, message, dossier.persons.get(person, person), dossier.file, line, told)
    for name in assessment.missing:
        jour = assessment.default.droit_au
        message = writer.speech("parametre_absent", jour=jour, parametre=base.parameters[name].nom)
        yield Anomaly("parametre_absent", message, fichier=base.parameters[name].place.file)


def right_answer(assessment: Assessment, prover: Prover, person: str, right: str) -> RightAnswer:
    """Return the answer for one right of a person (canonical id)."""
    found = verdict(assessment, person, right)
    root = prover.explain(Atom("droit", (Fun(person), Fun(right))), assessment.default)
    nodes = list(reach(prover.nodes, root))
    proved = firm(prover, root)
    held = proved and found.default == "oui"
    opening = _opening(assessment, prover, person, right)
    own = _terms(assessment, prover, person, right, assessment.default) if held else Variant()
    return RightAnswer(
        statut=found.status,
        par_defaut=found.default,
        regles=rules_of(prover, nodes),
        hypotheses=hypotheses(assessment, nodes),
        depend_de=[gap.key(assessment.dossier.persons) for gap in found.depends],
        lectures=found.others,
        effet=own.effet,
        fin=own.fin,
        mensualite=own.mensualite,
        motif="hors_periode" if found.out_of_period else "",
        ouverture=opening,
        suite=_next_step(assessment, prover, person, right) if found.status != "non" and not opening else "",
        reserves=reserves(assessment, nodes),
        variantes=_variants(assessment, prover, person, right, own) if held else {},
        rubriques=_rubrics(assessment, prover, person, right) if proved and not found.out_of_period else {},
    )


def _next_step(assessment: Assessment, prover: Prover, person: str, right: str) -> str:
    """Return what to do for a right that is not running: contest the last refusal, or ask, in the ways of the day."""
    base, say = assessment.law.base, speech(assessment.law.base.reader)
    described = base.rights[right]
    refused = [str(day) for _, day in _firm_rows(assessment, prover, "refus", person, right, assessment.default)]
    if refused:
        return say("suite_refus", jour=say.day(max(refused)))
    rubric = base.rubrics.get(described.voies)
    if rubric is None:
        return described.suite
    writer = Writer(assessment.law, assessment.dossier.persons)
    told = _firm_rows(assessment, prover, described.voies, person, right, assessment.default)
    ways = [
        writer.value(value, kind)
        for row in _sorted(assessment, rubric, told)
        for value, kind in zip(row, rubric.kinds[2:], strict=True)
    ]
    return say("suite_voies", suite=described.suite, voies=say("point_virgule").join(ways)) if ways else described.suite


def _terms(assessment: Assessment, prover: Prover, person: str, right: str, context: Context) -> Variant:
    """Return the days and the amount of a right that is held."""

    def told(name: str) -> list[Value]:
        return [value for (value,) in _firm_rows(assessment, prover, name, person, right, context)]

    starts = [value for value in told("effet") if isinstance(value, str)]
    ends = [value for value in told("fin") if isinstance(value, str)]
    amounts = [value for value in told("montant_du") if isinstance(value, int)]
    return Variant(min(starts, default=""), max(ends, default=""), min(amounts, default=None))


def _firm_rows(
    assessment: Assessment, prover: Prover, name: str, person: str, right: str, context: Context
) -> Iterator[Row]:
    """Yield what the rules tell of a right, but not what rests on a fact supposed in place of an unknown one."""
    for row in assessment.told(name, person, right, context):
        atom = Atom(name, (Fun(person), Fun(right), *row))
        if not assessment.filled.gaps or firm(prover, prover.explain(atom, context)):
            yield row


def _variants(assessment: Assessment, prover: Prover, person: str, right: str, own: Variant) -> dict[str, Variant]:
    found: dict[str, Variant] = {}
    for context in assessment.contexts[1:]:
        if assessment.outcomes[person, right, context].status == "oui":
            other = _terms(assessment, prover, person, right, context)
            if other != own:
                found[reading_name(assessment, context)] = Variant(
                    other.effet if other.effet != own.effet else "",
                    other.fin if other.fin != own.fin else "",
                    other.mensualite if other.mensualite != own.mensualite else None,
                )
    return found


def _rubrics(assessment: Assessment, prover: Prover, person: str, right: str) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for name, entry, root in entries(assessment, prover, person, right):
        if firm(prover, root):
            found.setdefault(name, []).append(entry)
    return found


def entries(assessment: Assessment, prover: Prover, person: str, right: str) -> Iterator[tuple[str, Entry, int]]:
    """Yield what the rules tell of a right beside its status: rubric, entry, and the node that proves it."""
    writer = Writer(assessment.law, assessment.dossier.persons)
    for name, rubric in assessment.law.base.rubrics.items():
        for row in _sorted(assessment, rubric, assessment.told(name, person, right)):
            root = prover.explain(Atom(name, (Fun(person), Fun(right), *row)), assessment.default)
            top = prover.nodes[root]
            assert isinstance(top, Applied)
            values = {key: _plain(value) for key, value in zip(rubric.champs, row, strict=True)}
            rule = prover.base.rules[top.rule].guard or ""
            yield name, Entry(values, writer.node(top), rule, writer.legal_source(top.rule, top.jour)), root


def _sorted(assessment: Assessment, rubric: Rubric, rows: Iterable[Row]) -> list[Row]:
    """Return the rows of a rubric in order: codes as their list is, the rest by value."""
    places = [
        {code: number for number, code in enumerate(codes(assessment.law.base, field))}
        for field in rubric.champs.values()
    ]
    return sorted(
        rows, key=lambda row: [(at.get(str(value), 0), rank(value)) for at, value in zip(places, row, strict=True)]
    )


def _plain(value: Value) -> str | int:
    return value if isinstance(value, int) else str(value)


def rules_of(prover: Prover, nodes: list[Node]) -> list[str]:
    """Return the ids of the legal rules that carry a conclusion, sorted."""
    found: set[str] = set()
    for node in nodes:
        numbers = []
        if isinstance(node, Applied):
            numbers = [node.rule]
        elif isinstance(node, Denied):
            numbers = [attempt.rule for attempt in node.attempts if attempt.missing]
        found.update(guard for number in numbers if (guard := prover.base.rules[number].guard))
    return sorted(found)


def hypotheses(assessment: Assessment, nodes: list[Node]) -> list[str]:
    """Return the presumed facts that a conclusion rests on, as `amina.adresse = stable`."""
    found: set[str] = set()
    names = assessment.dossier.persons
    attributes = assessment.law.base.vocabulary.by_predicate()
    for node in nodes:
        facts: tuple[Fact, ...] = ()
        if isinstance(node, Stated):
            facts = (node.fact,)
        elif isinstance(node, Absent):
            attribute = attributes[node.name]
            owners = [names[str(arg)] for arg in node.args if isinstance(arg, Fun) and str(arg) in names]
            if not attribute.is_list:
                facts = node.near
            elif node.presumed and (owners or attribute.owner == "foyer"):
                owner = "foyer" if attribute.owner == "foyer" else owners[0]
                found.add(f"{owner}.{attribute.name} = aucun")
        for fact in facts:
            if fact.origin == "presumed":
                owner = names.get(str(fact.args[0]), "foyer")
                found.add(f"{owner}.{fact.attribute} = {fact.args[-1]}")
    return sorted(found)


def _suppositions(assessment: Assessment, hypotheses: Iterable[str]) -> dict[str, str]:
    """Return the sentence of each presumed fact, by owner in the order of the vocabulary."""
    writer = Writer(assessment.law, assessment.dossier.persons)
    wanted = set(hypotheses)
    persons = assessment.law.base.vocabulary.personne
    facts = {
        (str(fact.args[0]) if fact.attribute in persons else "", fact.attribute): fact
        for fact in assessment.case.facts
        if fact.origin == "presumed"
    }
    found: dict[str, str] = {}
    for owner, name in (("", "foyer"), *assessment.dossier.persons.items()):
        for attribute in assessment.law.base.vocabulary:
            prefix = f"{name}.{attribute.name} = "
            for key in sorted(text for text in wanted if text.startswith(prefix)):
                fact = facts.get((owner, attribute.name))
                if fact is not None:
                    found[key] = writer.fact(fact)
                else:
                    found[key] = writer.speech("rien", question=writer.question(attribute, owner))
    return found


def reserves(assessment: Assessment, nodes: list[Node]) -> list[str]:
    """Return what makes a conclusion less sure: parameters that were not fully confirmed."""
    found: set[str] = set()
    say = speech(assessment.law.base.reader)
    for node in nodes:
        if not isinstance(node, ParameterLeaf) or node.amount is None:
            continue
        parameter = assessment.law.base.parameters[node.name]
        if node.amount.confiance != "haute":
            trust = say(f"confiances.{node.amount.confiance}")
            found.add(say("peu_sure", parametre=parameter.nom, confiance=trust))
        due = parameter.due(node.amount)
        if due and due <= node.droit_au:
            found.add(say("revalorisation", parametre=parameter.nom, jour=say.day(due)))
    return sorted(found)


def _opening(assessment: Assessment, prover: Prover, person: str, right: str) -> str:
    rows = _firm_rows(assessment, prover, "ouverture", person, right, assessment.default)
    states = [str(value) for (value,) in rows]
    return sorted(states)[0] if states else ""
