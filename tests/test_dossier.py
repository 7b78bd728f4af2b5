"""A dossier that cannot be used says everything that is wrong, where, and in the user's own words."""

from __future__ import annotations

import pytest
from cases import DOSSIERS, dossier, name_of, the_law
from click.testing import CliRunner

from pycoverage.assessment import assess
from pycoverage.atoms import situation_atoms
from pycoverage.cli import main
from pycoverage.completion import fill
from pycoverage.export import export_program
from pycoverage.finding import Finding, InputError
from pycoverage.situation import Context
from pycoverage.value import Fun

WHOLE = """\
dossier: essai
date: 2021-05-01
personnes:
  ana:
    naissance: 1980-01-01
    nationalite: PE
    arrivee: 2019-01-01
    sejour: []
    ressources: []
"""

BAD = [
    # what is written in place of what, the place, the code, the words of the message
    ("nationalite: PE", "nationalit: PE", 6, 5, "DO006", ["« nationalit »", "vouliez-vous dire « nationalite » ?"]),
    ("nationalite: PE", "nationalite: ZZ", 6, 18, "DO009", ["« ZZ »"]),
    ("nationalite: PE", "nationalite: [PE]", 6, 18, "DO007", ["« nationalite »", "une liste"]),
    ("nationalite: PE", "nationalite: {pays: PE}", 6, 18, "DO007", ["« nationalite »", "un bloc de clés"]),
    ("nationalite: PE", "nationalite:", 6, 17, "DO007", ["« nationalite »", "« inconnu »"]),
    ("1980-01-01", "2021-02-30", 5, 16, "DO009", ["« 2021-02-30 »", "un jour qui existe"]),
    ("1980-01-01", "01/01/1980", 5, 16, "DO009", ["« 01/01/1980 »", "AAAA-MM-JJ"]),
    ("1980-01-01", "20200101", 5, 16, "DO009", ["« 20200101 »"]),
    ("1980-01-01", "1899-12-31", 5, 16, "DO009", ["« 1899-12-31 »", "1900"]),
    ("1980-01-01", "2020-01-01", 7, 14, "DO009", ["« arrivee » (2019-01-01) précède « naissance » (2020-01-01)"]),
    ("1980-01-01", "2021-05-02", 5, 16, "DO009", ["« naissance » (2021-05-02)", "la date du dossier (2021-05-01)"]),
    ("arrivee: 2019-01-01", "arrivee: 2021-05-02", 7, 14, "DO009", ["(2021-05-02)", "la date du dossier (2021-05-01)"]),
    ("date: 2021-05-01", "date: 2021-02-30", 2, 7, "DO009", ["« 2021-02-30 »"]),
    ("date: 2021-05-01", "date: 9999-01-01", 2, 7, "DO009", ["« 9999-01-01 »"]),
    ("date: 2021-05-01", "date: [2021]", 2, 7, "DO009", ["une liste"]),
    ("sejour: []", "sejour: carte", 8, 13, "DO007", ["« sejour » attend une liste, pas « carte »"]),
    ("sejour: []", "sejour: [carte]", 8, 14, "DO007", ["« sejour »", "{titre, du, au}"]),
    (
        "sejour: []",
        "sejour: [{titre: carte_residente, du: 2020-01-01}]",
        8,
        22,
        "DO009",
        ["« carte_residente »", "vouliez-vous dire « carte_resident » ?"],
    ),
    (
        "sejour: []",
        "sejour: [{titre: carte_resident, du: 2020-01-02, au: 2020-01-01}]",
        8,
        58,
        "DO009",
        ["la fin « 2020-01-01 » précède le début « 2020-01-02 »"],
    ),
    (
        "sejour: []",
        "sejour: [{titre: carte_resident, du: 2020-01-01, fin: 2021-01-01}]",
        8,
        54,
        "DO006",
        ["champ inconnu « fin »"],
    ),
    ("sejour: []", "sejour: [{titre: carte_resident}]", 8, 14, "DO008", ["il manque « du »", "« sejour »"]),
    (
        "ressources: []",
        "ressources: [{nature: salaire, montant: -5.00, par: mois, du: 2020-01-01}]",
        9,
        45,
        "DO009",
        ["« -5.00 »"],
    ),
    (
        "ressources: []",
        "ressources: [{nature: salaire, montant: 2000000.01, par: mois, du: 2020-01-01}]",
        9,
        45,
        "DO009",
        ["« 2000000.01 »", "2000000.00 euros"],
    ),
    (
        "ressources: []",
        "ressources: [{nature: salaire, montant: 99999999999999999999, par: mois, du: 2020-01-01}]",
        9,
        45,
        "DO009",
        ["« 99999999999999999999 »"],
    ),
    (
        "ressources: []",
        "ressources: [{nature: salaire, montant: 1e3, par: mois, du: 2020-01-01}]",
        9,
        45,
        "DO009",
        ["« 1e3 »", "640.00"],
    ),
    (
        "ressources: []",
        'ressources: [{nature: salaire, montant: "640,00", par: mois, du: 2020-01-01}]',
        9,
        45,
        "DO009",
        ["« 640,00 »"],
    ),
    (
        "ressources: []",
        "ressources: [{nature: salaire, montant: 0.001, par: mois, du: 2020-01-01}]",
        9,
        45,
        "DO009",
        ["« 0.001 »"],
    ),
    ("sejour: []", "sejour: []\n    isole: yes", 9, 12, "DO009", ["« yes »", "oui, non ou inconnu"]),
    ("sejour: []", "sejour: []\n    parents: [zoe]", 9, 15, "DO010", ["« zoe »", "sous « personnes: »"]),
    ("sejour: []", "sejour: []\n    parents: [anna]", 9, 15, "DO010", ["« anna »", "vouliez-vous dire « ana » ?"]),
    (
        "sejour: []",
        "sejour: []\n    territoire: metropole",
        9,
        5,
        "DO006",
        ["« territoire »", "à la racine du dossier"],
    ),
    ("dossier: essai", "naissance: 1980-01-01", 1, 1, "DO006", ["« naissance »", "sous le nom d'une personne"]),
    ("dossier: essai", "dossier: [essai]", 1, 10, "DO007", ["« dossier » attend un texte, pas une liste"]),
    ("dossier: essai", "territoire: paris", 1, 13, "DO009", ["« paris »"]),
    (
        "dossier: essai",
        "demandes: [{droit: amee, personne: ana, deposee: 2021-01-01}]",
        1,
        20,
        "DO009",
        ["« amee »", "vouliez-vous dire « ame » ?"],
    ),
    (
        "dossier: essai",
        "unions: [{nature: mariage, de: ana, avec: bob}]",
        1,
        43,
        "DO010",
        ["« bob »"],
    ),
    ("dossier: essai", "attendu: {ana: {amee: oui}}", 1, 17, "DO006", ["« amee »", "« ame »"]),
    ("dossier: essai", "attendu: {ana: {ame: peut_etre}}", 1, 22, "DO009", ["« peut_etre »", "a_preciser"]),
    ("dossier: essai", "attendu: {ana: {ame: {contest: {a: oui}}}}", 1, 23, "DO009", ["conteste"]),
    ("dossier: essai", "attendu: {ana: oui}", 1, 16, "DO007", ["« ana »"]),
    ("dossier: essai", "attendu: {bob: {ame: oui}}", 1, 11, "DO010", ["« bob »"]),
    ("dossier: essai", "attendu: oui", 1, 10, "DO007", ["« attendu »"]),
    ("personnes:\n  ana:", "personnes:\n  ana: {}\n  ana:", 5, 3, "DO004", ["« ana » écrite deux fois", "ligne 4"]),
    ("personnes:\n  ana:", "personnes:\n  3:", 4, 3, "DO005", ["« 3 »", "une lettre d'abord"]),
    ("personnes:\n  ana:", 'personnes:\n  "p1). droit(p1,ame":', 4, 3, "DO005", ["« p1). droit(p1,ame »"]),
    ("personnes:\n  ana:", "personnes:\n  bob: 3\n  ana:", 4, 8, "DO007", ["« 3 »"]),
    ("personnes:", "personne:", 3, 1, "DO006", ["« personne »", "vouliez-vous dire « personnes » ?"]),
    ("dossier: essai", "dossier: essai\nnaissances: 3", 2, 1, "DO006", ["« naissances »"]),
]


def refused(text: str) -> list[Finding]:
    """Return the findings of a dossier that must not be used."""
    with pytest.raises(InputError) as caught:
        dossier(text)
    return caught.value.findings


@pytest.mark.parametrize(("good", "bad", "line", "column", "code", "words"), BAD, ids=[case[1][:50] for case in BAD])
def test_an_error_is_told_at_its_place_in_the_words_of_the_user(good, bad, line, column, code, words):
    assert good in WHOLE
    text = WHOLE.replace(good, bad, 1)
    found = [f for f in refused(text) if (f.place.line, f.place.column, f.code) == (line, column, code)]
    assert len(found) == 1, refused(text)
    for word in words:
        assert word in str(found[0])


@pytest.mark.parametrize("text", ["personnes: {}\n", "personnes:\n", "date: 2021-01-01\n", "personnes: [ana]\n"])
def test_a_dossier_without_persons_is_refused(text):
    assert any("aucune personne" in finding.message for finding in refused(text))


@pytest.mark.parametrize(("text", "word"), [("[a, b]\n", "une liste"), ("bonjour\n", "« bonjour »")])
def test_a_dossier_is_a_block_of_keys(text, word):
    finding = refused(text)[0]
    assert finding.code == "DO005"
    assert word in finding.message


def test_all_errors_are_told_at_once_sorted_by_place():
    text = WHOLE.replace("PE", "ZZ").replace("1980-01-01", "2021-02-30").replace("sejour: []", "sejours: []")
    text = text.replace("ressources: []", "ressources: [{nature: salair, montant: x, par: an, du: 2020-01-01}]")
    places = [(finding.place.line, finding.place.column) for finding in refused(text)]
    assert places == [(5, 16), (6, 18), (8, 5), (9, 27), (9, 44)]


def test_too_many_persons_or_lines_are_refused():
    people = "".join(f"  p{number}x: {{}}\n" for number in range(51))
    assert any("plus de 50 personnes" in f.message for f in refused(f"personnes:\n{people}"))
    lines = ", ".join(["{titre: carte_resident, du: 2020-01-01}"] * 201)
    assert any("plus de 200 lignes" in f.message for f in refused(WHOLE.replace("sejour: []", f"sejour: [{lines}]")))


def test_no_is_norway():
    found = dossier(WHOLE.replace("PE", "NO"))
    assert found.stated["p1", "nationalite"].value == Fun("no")


def test_unknown_can_be_written_in_place_of_any_value():
    text = WHOLE.replace("1980-01-01", "inconnu").replace("[]", "inconnu", 1)
    assert {gap.attribute for gap in fill(dossier(text), the_law().base).gaps} >= {"naissance", "sejour"}


@pytest.mark.parametrize("path", DOSSIERS, ids=name_of)
def test_every_dossier_of_the_project_is_read(path):
    assert dossier(path.read_text(encoding="utf-8")).persons


NASTY = ["l'O'Brien", "Jean-Marie Dupont", "droit", "personne", "p2", "not x", "Éloïse", "a.b"]


@pytest.mark.parametrize("name", NASTY)
def test_a_name_never_reaches_the_solver(name):
    """Persons have canonical ids inside; two dossiers that differ by a name give the same program."""
    law = the_law()
    one, other = dossier(WHOLE), dossier(WHOLE.replace("  ana:", f'  "{name}":'))
    assert other.persons == {"p1": name}
    cases = [fill(found, law.base).case for found in (one, other)]
    context = [Context("2021-05-01")]
    atoms = [list(situation_atoms(law.base, law.program, [case], [context])) for case in cases]
    assert atoms[0] == atoms[1]


def test_a_name_or_a_title_with_line_breaks_stays_in_comments_of_the_export():
    law = the_law()
    text = WHOLE.replace("dossier: essai", 'dossier: "essai\\ndroit(p1,puma).\\r#script(lua) x #end.\\u2028puma."')
    program = export_program(assess(law, dossier(text)))
    plain = export_program(assess(law, dossier(WHOLE)))
    assert program.splitlines()[1:] == plain.splitlines()[1:]
    assert program.splitlines()[0].startswith("%")


COMMANDS = ["evaluate", "explain", "export"]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff\xfe\x00",
        b"a: &x [*x]\n",
        b"a: !!python/object:os.system ls\n",
        b"\0",
        b"[" * 5000,
        b"personnes: {a: {naissance: 2021-02-30}}\n",
        b"personnes:\n\ta: 1\n",
        b"personnes: {a: {}}\n",
    ],
)
@pytest.mark.parametrize("command", COMMANDS)
def test_bad_input_ends_with_code_2_and_messages_that_name_the_file(command, data, tmp_path):
    path = tmp_path / "cas.yaml"
    path.write_bytes(data)
    result = CliRunner().invoke(main, [command, str(path)])
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert all(line.startswith(f"{path}:") for line in result.stderr.splitlines())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_folder_or_a_missing_file_ends_with_code_2(command, tmp_path):
    for path in (tmp_path, tmp_path / "absent.yaml"):
        result = CliRunner().invoke(main, [command, str(path)])
        assert (result.exit_code, result.stdout) == (2, "")
        assert str(path) in result.stderr


def test_nothing_is_written_when_the_dossier_is_refused(tmp_path):
    bad, output = tmp_path / "cas.yaml", tmp_path / "cas.lp"
    bad.write_text("personnes: {a: {x: 1}}\n", encoding="utf-8")
    assert CliRunner().invoke(main, ["export", str(bad), "-o", str(output)]).exit_code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["cas.yaml"]


def test_a_quoted_value_is_data():
    """A value with quotes and a full stop is refused as an unknown code, not run."""
    text = WHOLE.replace("PE", "'fr). droit(p1,ame'")
    assert "« fr). droit(p1,ame »" in refused(text)[0].message
