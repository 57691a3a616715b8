"""Reads the reports of two runs with other programs. Arguments: folder of the schemas, folder of the runs.

Every validator is shown a spoiled copy first, so that one which takes everything is noticed.
"""

import copy
import csv
import hashlib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import cmarkgfm
import html5lib
import jsonschema
import openpyxl
import regex
import xmlschema
from junitparser import JUnitXml
from trestle.oscal import OSCAL_VERSION
from trestle.oscal.assessment_results import Model

SCHEMAS, RUNS = map(pathlib.Path, sys.argv[1:3])
LANGUAGES = ("en", "ja")


def need(holds, what):
    if not holds:
        sys.exit(f"formats: {what}")


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def units(assessment):
    for provision in assessment["provisions"]:
        for case in provision["cases"]:
            yield from case["units"]


def failing(assessment):
    return {unit["id"] for unit in units(assessment) if unit["verdict"] == "FAIL"}


def pattern(_validator, wanted, instance, _schema):
    # The patterns of OSCAL name classes of Unicode, which the module re does not know.
    if isinstance(instance, str) and not regex.search(wanted, instance):
        yield jsonschema.ValidationError(f"{instance!r} does not match {wanted!r}")


def validator(name):
    schema = load(SCHEMAS / name)
    known = jsonschema.validators.validator_for(schema)
    return jsonschema.validators.extend(known, {"pattern": pattern})(schema, format_checker=known.FORMAT_CHECKER)


def by_schema(checker, document, spoil, what):
    spoiled = copy.deepcopy(document)
    spoil(spoiled)
    need(not checker.is_valid(spoiled), f"{what}: the schema took a spoiled copy")
    for error in checker.iter_errors(document):
        sys.exit(f"formats: {what}: {list(error.absolute_path)}: {error.message[:400]}")


def sarif(checker, run, assessment):
    log = load(run / "reports/report.sarif")

    def spoil(value):
        value["runs"][0]["tool"]["driver"].pop("name")

    by_schema(checker, log, spoil, "SARIF")
    results = log["runs"][0]["results"]
    for level, verdicts in (("error", {"FAIL"}), ("note", {"INCONCLUSIVE"}), ("warning", {"INCONCLUSIVE"})):
        need(all(one["properties"]["verdict"] in verdicts for one in results if one["level"] == level), f"SARIF: {level}")
    items = [item for unit in units(assessment) if unit["planned"] for item in unit["items"]]
    failed = sum(item["verdict"] == "FAIL" for item in items)
    failed += sum(bool(one["reason"]) and one["verdict"] == "FAIL" for one in assessment["provisions"])
    need(sum(one["level"] == "error" for one in results) == failed, "SARIF: an error for each failing item")
    prints = [one["partialFingerprints"]["hantei/v1"] for one in results]
    need(len(set(prints)) == len(prints), "SARIF: two results have one fingerprint")


def oscal(checker, run, assessment):
    for language in LANGUAGES:
        document = load(run / f"reports/oscal.{language}.json")

        def spoil(value):
            value["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = "perhaps"

        by_schema(checker, document, spoil, f"OSCAL {language}")
        need(document["assessment-results"]["metadata"]["oscal-version"] == OSCAL_VERSION, f"trestle has {OSCAL_VERSION}")
        result = Model.parse_obj(document).assessment_results.results[0]
        told = [finding.target.status.state for finding in result.findings]
        states = {"satisfied" if one["verdict"] == "PASS" else "not-satisfied" for one in assessment["provisions"]}
        wanted = ["satisfied" if one["verdict"] == "PASS" else "not-satisfied" for one in assessment["provisions"]]
        told = [getattr(state, "value", state) for state in told]
        need(states and told == wanted, f"OSCAL {language}: findings are not the verdicts")


def junit(run, assessment, junit_schema):
    for language in LANGUAGES:
        xml = JUnitXml.fromfile(str(run / f"reports/junit.{language}.xml"))
        path = run / f"reports/junit.{language}.xml"
        complaints = list(junit_schema.iter_errors(str(path)))
        need(not complaints, f"JUnit {language}: {complaints[:1]}")
        spoiled = path.read_text(encoding="utf-8").replace("<testcase name=", "<testcase title=", 1)
        need(list(junit_schema.iter_errors(spoiled)), f"JUnit {language}: the schema takes everything")
        cases = [case for suite in xml for case in suite]
        need(len(cases) > 200, f"JUnit {language}: {len(cases)} cases")
        failed = {case.name for case in cases if any(type(one).__name__ == "Failure" for one in case.result)}
        need(failed - {"overall verdict"} == failing(assessment), f"JUnit {language}: other failures: {failed}")


def markdown(run, assessment):
    for language in LANGUAGES:
        text = (run / f"reports/summary.{language}.md").read_text(encoding="utf-8")
        page = cmarkgfm.github_flavored_markdown_to_html(text)
        need("<table>" in page and page.count("<h1>") == 1, f"Markdown {language}: a heading and tables")
        for acting in ("<a ", "<img", "<script", "<code"):
            need(acting not in page, f"Markdown {language}: {acting} in the page")
        for unit in failing(assessment):
            need(unit in page, f"Markdown {language}: {unit} is not there")


def html(run):
    for language in LANGUAGES:
        page = (run / f"reports/report.{language}.html").read_text(encoding="utf-8")
        try:
            html5lib.HTMLParser(strict=True).parse(page)
        except html5lib.html5parser.ParseError as error:
            sys.exit(f"formats: HTML {language}: {error}")


def pdf(run, assessment):
    for language in LANGUAGES:
        path = run / f"reports/report.{language}.pdf"
        about = subprocess.run(["pdfinfo", path], check=True, capture_output=True, text=True).stdout
        need(re.search(r"^Tagged: +yes$", about, re.M), f"PDF {language}: not tagged")
        pages = int(re.search(r"^Pages: +(\d+)$", about, re.M).group(1))
        text = subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout
        for unit in failing(assessment):
            need(unit in text, f"PDF {language}: {unit} is not found")
        for page in range(1, pages + 1):
            need(re.search(rf"\s{page} / {pages}$", text, re.M), f"PDF {language}: page {page} has no number")
        need(b"file://" not in path.read_bytes(), f"PDF {language}: names a place of this machine")


def table(sheet):
    """The rows below the headings, which stand below the line of the run; each by its headings."""
    rows = [[cell or "" for cell in row] for row in sheet.iter_rows(values_only=True)]
    return [dict(zip(rows[1], row)) for row in rows[2:]]


def workbook(run, assessment):
    words = {"en": ("Results", "Verdict", "Unit", "Result: "), "ja": ("結果一覧", "判定", "テストユニット", "結果：")}
    for language in LANGUAGES:
        name, verdict, unit, mark = words[language]
        book = openpyxl.load_workbook(run / f"reports/report.{language}.xlsx")
        for sheet in book:
            need(all(cell.data_type in "sn" and not isinstance(cell.value, (int, float))
                     for row in sheet.iter_rows() for cell in row), f"XLSX {language}: {sheet.title}: all is text")
            need(sheet.oddHeader.left.text and sheet["A1"].value, f"XLSX {language}: {sheet.title}: the line of the run")
        rows = table(book[name])
        told = {row[unit] for row in rows if row[verdict].endswith("FAIL") and row[unit]}
        items = {one["id"] for one in units(assessment) if any(item["verdict"] == "FAIL" for item in one["items"])}
        need(told == items | failing(assessment), f"XLSX {language}: other failures: {told ^ items}")
        need({one["id"] for one in units(assessment)} <= {row[unit] for row in rows}, f"XLSX {language}: a unit is missing")
        ics = {row["Reference" if language == "en" else "Reference\n規定番号"]: row[mark + verdict] for row in table(book["ICS"])}
        for one in assessment["provisions"]:
            said = ics[one["id"]].replace("NOT CLAIMED", "NOT-CLAIMED").replace("主張なし", "NOT-CLAIMED")
            need(said.split()[-1] == one["verdict"], f"XLSX {language}: ICS {one['id']}: {said}")


def office(run, assessment):
    """LibreOffice opens the workbook, prints it and writes every sheet as a text of its own."""
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        for language in LANGUAGES:
            name = ("Results", "結果一覧")[LANGUAGES.index(language)]
            for kind in ("pdf", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"):
                subprocess.run(
                    ["soffice", f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", kind,
                     "--outdir", place, run / f"reports/report.{language}.xlsx"],
                    check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            text = subprocess.run(["pdftotext", "-layout", place / f"report.{language}.pdf", "-"],
                                  check=True, capture_output=True, text=True).stdout
            with open(place / f"report.{language}-{name}.csv", encoding="utf-8", newline="") as file:
                cells = {cell for row in csv.reader(file) for cell in row}
            for unit in failing(assessment):
                need(unit in text and unit in cells, f"XLSX {language}: LibreOffice does not show {unit}")


def crosswalk():
    """LibreOffice opens the table of the cross-walk and leaves every cell the text that it is."""
    for language in LANGUAGES:
        walk = load(RUNS / f"walk.{language}.json")
        table = RUNS / f"walk.{language}.csv"
        with open(table, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file, strict=True))
        ids = [one["id"] for one in walk["provisions"]]
        need(len(ids) == 68 and set(ids) == {row[0] for row in rows[1:]} - {""}, f"cross-walk {language}: provisions")
        with tempfile.TemporaryDirectory() as place:
            subprocess.run(
                ["soffice", f"-env:UserInstallation=file://{place}/profile", "--headless", "--convert-to", "xlsx",
                 "--infilter=Text - txt - csv (StarCalc):44,34,76,1", "--outdir", place, table],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300)
            sheet = openpyxl.load_workbook(pathlib.Path(place) / f"walk.{language}.xlsx").active
            opened = [["" if cell is None else cell for cell in row] for row in sheet.iter_rows(values_only=True)]
        need(opened == rows, f"cross-walk {language}: LibreOffice shows other cells")
        try:
            html5lib.HTMLParser(strict=True).parse((RUNS / f"walk.{language}.html").read_text(encoding="utf-8"))
        except html5lib.html5parser.ParseError as error:
            sys.exit(f"formats: cross-walk {language}: {error}")


def files():
    first, again = load(RUNS / "files.json"), load(RUNS / "again.json")
    for listed in (first, again):
        need(listed["format"] == "hantei.report-files/1", "the list of files")
    for one in again["files"]:
        bytes_ = pathlib.Path(one["path"]).read_bytes()
        need(hashlib.sha256(bytes_).hexdigest() == one["sha256"], f"{one['path']}: another digest")
        need(one in first["files"], f"{one['path']}: not the same when it is written again")


def main():
    schemas = validator("sarif.json"), validator("oscal.json"), xmlschema.XMLSchema(str(SCHEMAS / "junit.xsd"))
    for name in ("pass", "fail"):
        run = RUNS / name
        assessment = load(run / "assessment.json")
        need(bool(failing(assessment)) == (name == "fail"), f"the {name} run: {failing(assessment)}")
        sarif(schemas[0], run, assessment)
        oscal(schemas[1], run, assessment)
        junit(run, assessment, schemas[2])
        markdown(run, assessment)
        html(run)
        workbook(run, assessment)
    office(RUNS / "fail", load(RUNS / "fail/assessment.json"))
    pdf(RUNS / "fail", load(RUNS / "fail/assessment.json"))
    crosswalk()
    files()
    print("formats: SARIF, OSCAL, JUnit, Markdown, HTML, XLSX, PDF and the cross-walk read by other programs, in both languages")


main()
