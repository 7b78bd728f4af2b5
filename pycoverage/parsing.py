"""Rule files read through clingo's own parser into frozen objects.

Only normal rules survive: every construct the rule language leaves out becomes a finding.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import msgspec

from pycoverage.document import HIDDEN, code_point
from pycoverage.finding import Finding, Place
from pycoverage.syntax import Aggregate, Atom, Comparison, Condition, Element, Literal, Rule
from pycoverage.value import INF, SUP, Arith, Call, Fun, Term, Var

_TOKEN = re.compile(r'(?P<comment>%\*.*?\*%|%[^\n]*)|(?P<string>"(?:\\.|[^"\\\n])*")|(?P<directive>#[a-z_]+)', re.S)
_FORBIDDEN_DIRECTIVES = {"#include", "#script", "#theory", "#program", "#const", "#external", "#defined"}
_OPERATORS = {0: ">", 1: "<", 2: "<=", 3: ">=", 4: "!=", 5: "="}


class Source(msgspec.Struct, frozen=True):
    """A rule file as read: its rules, its section titles, and what is wrong with it."""

    file: str
    rules: tuple[Rule, ...] = ()
    shows: tuple[tuple[str, int, Place], ...] = ()
    titles: tuple[tuple[int, str], ...] = ()
    findings: tuple[Finding, ...] = ()
    text: str = ""

    def title(self, line: int) -> str:
        """Return the `%%` title in force at a line, or an empty text."""
        return next((text for at, text in reversed(self.titles) if at <= line), "")


class _Unsupported(Exception):
    def __init__(self, node: object, what: str, help_: str = "") -> None:
        super().__init__(what)
        self.node, self.what, self.help = node, what, help_


def decoded(data: bytes, errors: str = "strict") -> str:
    """Return the text of a rule file, without the mark some editors put at its head. Raises UnicodeDecodeError."""
    return data.decode("utf-8-sig", errors).replace("\r\n", "\n")


def read_source(text: str, *, file: str) -> Source:
    """Read one rule file. Nothing is executed and no other file is opened."""
    titles = tuple(
        (number, line.lstrip("% ").strip())
        for number, line in enumerate(text.split("\n"), 1)
        if line.startswith("%%") and not line.startswith("%%%")
    )
    blocking = list(_scan(text, file))
    if blocking:
        return Source(file, titles=titles, findings=tuple(blocking), text=text)

    import clingo
    from clingo.ast import ASTType, parse_string

    lines = text.split("\n")
    findings: list[Finding] = []
    messages: list[str] = []
    rules: list[Rule] = []
    shows: list[tuple[str, int, Place]] = []
    reader = _Reader(file, lines)

    def take(node: clingo.ast.AST) -> None:
        kind = node.ast_type
        try:
            if kind == ASTType.Rule:
                rules.append(reader.rule(node))
            elif kind == ASTType.ShowSignature:
                shows.append((node.name, node.arity, reader.place(node)))
            elif kind not in (ASTType.Comment, ASTType.Program):
                raise _Unsupported(node, f"construction interdite « {str(node)[:60]} »")
        except _Unsupported as error:
            help_ = error.help or "seuls les faits et les règles normales sont permis (rules/README.md)"
            where = error.node if hasattr(error.node, "location") else node
            findings.append(Finding(reader.place(where), "PC104", error.what, help_))

    with contextlib.suppress(RuntimeError):
        parse_string(text, take, logger=lambda _code, message: messages.append(message))
    findings += [_syntax_finding(message, file, lines) for message in messages]
    return Source(file, tuple(rules), tuple(shows), titles, tuple(findings), text)


def _scan(text: str, file: str) -> Iterator[Finding]:
    """Find what must never reach clingo: signs of control, accents outside texts, directives that open files."""
    for sign in HIDDEN.finditer(text):
        message = f"caractère interdit « {code_point(sign.group())} »"
        yield Finding(_at(text, sign.start(), file), "PC103", message, "enlevez-le")
    text = HIDDEN.sub(" ", text)
    masked = list(text)
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "directive" and match.group() in _FORBIDDEN_DIRECTIVES:
            message = f"directive interdite « {match.group()} »"
            yield Finding(_at(text, match.start(), file), "PC104", message, "écrivez des règles normales")
        if kind in ("comment", "string"):
            masked[match.start() : match.end()] = " " * (match.end() - match.start())
    plain = "".join(masked)
    for match in re.finditer("<>", plain):
        yield Finding(_at(text, match.start(), file), "PC104", "comparaison « <> »", "écrivez « != »")
    for match in re.finditer(r"\w*[^\x00-\x7f]+\w*", plain):
        unseen = next((sign for sign in match.group() if not sign.isprintable()), "")
        if unseen:
            message = (
                f"signe invisible « {code_point(unseen)} »{_near(plain, match.start() + match.group().index(unseen))}"
            )
            help_ = "remplacez-le par une espace ordinaire, ou enlevez-le"
            yield Finding(_at(text, match.start() + match.group().index(unseen), file), "PC103", message, help_)
            continue
        yield Finding(
            _at(text, match.start(), file),
            "PC103",
            f"lettre accentuée ou spéciale dans « {match.group()} »",
            "hors des textes et des commentaires, n'employez que des lettres sans accent",
        )


def _near(text: str, offset: int) -> str:
    """Return what a sign stands before, or after at the end of a line."""
    line = text[offset + 1 :].partition("\n")[0]
    after, before = re.search(r"[!-~]\w*", line), re.search(r"\w+\W*$", text[:offset].rpartition("\n")[2])
    if after:
        return f" avant « {after.group()} »"
    return f" après « {before.group().strip()} »" if before else ""


def _at(text: str, offset: int, file: str) -> Place:
    line = text.count("\n", 0, offset) + 1
    return Place(file, line, offset - (text.rfind("\n", 0, offset) + 1) + 1)


def _syntax_finding(message: str, file: str, lines: list[str]) -> Finding:
    match = re.match(r"[^\n]*?:(\d+):(\d+)(?:-[\d:]+)?: \w+: (.*)", message, re.S)
    if not match:
        return Finding(Place(file, 1, 1), "PC101", "écriture incorrecte", "")
    line = int(match.group(1))
    column = _characters(lines, line, int(match.group(2)))
    detail = " ".join(match.group(3).split())
    unexpected = re.search(r"unexpected (.*?)(?:, expecting (.*))?$", detail)
    token = _token(lines, line, column)
    what = f"écriture incorrecte près de « {token} »" if token else "écriture incorrecte"
    help_ = "il manque sans doute un point, une virgule ou une parenthèse juste avant"
    if unexpected and unexpected.group(1).startswith("<EOF>"):
        what, help_ = "le fichier s'arrête au milieu d'une règle", "terminez la dernière règle par un point"
    if "lexer error" in detail:
        help_ = "ce signe n'est pas permis ici ; un texte commencé par « \" » doit se fermer sur la même ligne"
    return Finding(Place(file, line, column), "PC101", what, help_)


def _token(lines: list[str], line: int, column: int) -> str:
    if not 0 < line <= len(lines):
        return ""
    match = re.match(r"\w+|\S", lines[line - 1][column - 1 :])
    return match.group() if match else ""


def _characters(lines: list[str], line: int, column: int) -> int:
    """Turn a column in bytes into a column in characters."""
    if not 0 < line <= len(lines):
        return column
    return len(lines[line - 1].encode()[: column - 1].decode("utf-8", "ignore")) + 1


class _Reader:
    """Turns clingo's syntax tree into frozen objects; each attribute is a foreign call, read once."""

    def __init__(self, file: str, lines: list[str]) -> None:
        import clingo
        from clingo.ast import ASTType, Sign

        self._file, self._lines = file, lines
        self._types, self._sign = ASTType, Sign
        self._symbol = clingo.SymbolType
        self._functions = {0: "count", 1: "sum", 2: "sum+", 3: "min", 4: "max"}

    def place(self, node: object) -> Place:
        begin = node.location.begin  # type: ignore[attr-defined]
        return Place(self._file, begin.line, _characters(self._lines, begin.line, begin.column))

    def rule(self, node: object) -> Rule:
        head = node.head  # type: ignore[attr-defined]
        if head.ast_type != self._types.Literal or head.sign != self._sign.NoSign:
            raise _Unsupported(node, "tête de règle interdite", "une seule conclusion : pas de choix ni de « ; »")
        if head.atom.ast_type == self._types.BooleanConstant:
            help_ = "pour dire qu'un dossier se contredit, dérivez anomalie(Id, Personne)"
            raise _Unsupported(node, "contrainte interdite", help_)
        if head.atom.ast_type != self._types.SymbolicAtom:
            raise _Unsupported(node, "tête de règle interdite", "une conclusion est un atome : nom(argument)")
        conditions: list[Condition] = []
        places: list[Place] = []
        for part in node.body:  # type: ignore[attr-defined]
            for condition in self._condition(part):
                conditions.append(condition)
                places.append(self.place(part))
        return Rule(self._atom(head.atom), tuple(conditions), self.place(node), tuple(places))

    def _condition(self, node: object) -> Iterator[Condition]:
        types = self._types
        if node.ast_type != types.Literal:  # type: ignore[attr-defined]
            raise _Unsupported(node, "condition interdite", "pas de condition « atome : condition » hors d'un agrégat")
        atom, sign = node.atom, node.sign  # type: ignore[attr-defined]
        if atom.ast_type == types.BodyAggregate:
            if sign != self._sign.NoSign:
                raise _Unsupported(node, "agrégat sous « not »", "inversez la comparaison")
            yield self._aggregate(atom)
        elif atom.ast_type in (types.SymbolicAtom, types.Comparison):
            yield from self._simple(node)
        else:
            raise _Unsupported(node, f"condition interdite « {str(node)[:60]} »")

    def _simple(self, node: object) -> Iterator[Literal | Comparison]:
        atom, sign = node.atom, node.sign  # type: ignore[attr-defined]
        if sign == self._sign.DoubleNegation:
            raise _Unsupported(node, "double négation interdite", "écrivez la condition sans « not not »")
        negated = sign == self._sign.Negation
        if atom.ast_type == self._types.Comparison:
            if negated:
                raise _Unsupported(node, "comparaison sous « not »", "inversez la comparaison")
            left = self.term(atom.term)
            for guard in atom.guards:
                right = self.term(guard.term)
                yield Comparison(left, self._operator(guard.comparison), right)
                left = right
            return
        if atom.ast_type != self._types.SymbolicAtom:
            raise _Unsupported(node, f"condition interdite « {str(node)[:60]} »")
        inner = self._atom(atom)
        if inner.name != "a_la_date":
            yield Literal(inner, negated)
            return
        if len(inner.args) != 2 or not isinstance(inner.args[1], Fun):
            raise _Unsupported(node, "a_la_date mal écrit", "écrivez a_la_date(Jour, atome)")
        target = inner.args[1]
        yield Literal(Atom(target.name, target.args), negated, inner.args[0])

    def _aggregate(self, node: object) -> Aggregate:
        left, right = node.left_guard, node.right_guard  # type: ignore[attr-defined]
        if (left is None) == (right is None):
            raise _Unsupported(node, "un agrégat se compare à une seule valeur", "écrivez Total = #sum{ … }")
        function = self._functions[int(node.function)]  # type: ignore[attr-defined]
        if function == "sum+":
            raise _Unsupported(node, "agrégat #sum+ interdit", "écrivez #sum")
        elements = []
        for element in node.elements:  # type: ignore[attr-defined]
            terms = tuple(self.term(term) for term in element.terms)
            condition = tuple(c for part in element.condition for c in self._simple(part))
            elements.append(Element(terms, condition))
        if left is not None:
            return Aggregate(self.term(left.term), self._operator(left.comparison), function, tuple(elements))
        flipped = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
        operator = self._operator(right.comparison)
        return Aggregate(self.term(right.term), flipped.get(operator, operator), function, tuple(elements))

    def _operator(self, code: int) -> str:
        return _OPERATORS[int(code)]  # type: ignore[call-overload]

    def _atom(self, node: object) -> Atom:
        symbol = node.symbol  # type: ignore[attr-defined]
        if symbol.ast_type != self._types.Function:
            raise _Unsupported(node, "négation classique interdite", "écrivez « not »")
        return Atom(symbol.name, tuple(self.term(arg) for arg in symbol.arguments))

    def term(self, node: object) -> Term:
        types = self._types
        kind = node.ast_type  # type: ignore[attr-defined]
        if kind == types.Variable:
            return Var(node.name)  # type: ignore[attr-defined]
        if kind == types.SymbolicTerm:
            symbol = node.symbol  # type: ignore[attr-defined]
            if symbol.type == self._symbol.Number:
                return int(symbol.number)
            if symbol.type == self._symbol.String:
                return str(symbol.string)
            if symbol.type == self._symbol.Infimum:
                return INF
            if symbol.type == self._symbol.Supremum:
                return SUP
            return Fun(symbol.name)
        if kind == types.Function:
            name, arguments = node.name, tuple(self.term(arg) for arg in node.arguments)  # type: ignore[attr-defined]
            if node.external:  # type: ignore[attr-defined]
                return Call(name, arguments)
            if not name:
                raise _Unsupported(node, "n-uplet interdit", "donnez un nom au terme")
            return Fun(name, arguments)
        if kind == types.UnaryOperation and int(node.operator_type) == 0:  # type: ignore[attr-defined]
            inner = self.term(node.argument)  # type: ignore[attr-defined]
            return -inner if isinstance(inner, int) else Arith("-", 0, inner)
        if kind == types.BinaryOperation:
            operator = {3: "+", 4: "-", 5: "*", 6: "/"}.get(int(node.operator_type))  # type: ignore[attr-defined]
            if operator:
                return Arith(operator, self.term(node.left), self.term(node.right))  # type: ignore[attr-defined]
        raise _Unsupported(node, f"terme interdit « {node} »", "ni intervalle, ni alternative, ni opération binaire")
