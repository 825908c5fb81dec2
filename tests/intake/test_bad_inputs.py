"""Every bad input is named with file, row, reason and way out, with exit code 3; all of them are raised together."""

from __future__ import annotations

from typing import Any


def only(error: Any) -> Any:
    assert len(error.problems) == 1, str(error)
    return error.problems[0]


def test_unknown_region_is_named_with_row_and_candidates(folder):
    rows = folder.rows()
    rows[5][0], rows[5][1] = "110009", "京北"
    folder.write(rows)
    problem = only(folder.fails())
    assert problem.place == "indicators.csv, row 6, column 1 (A)"
    assert "110009" in problem.message
    assert "110000" in " ".join(problem.candidates)
    assert "aliases" in problem.way_out


def test_misspelt_name_is_not_guessed(folder):
    rows = folder.rows()
    rows[5][1] = "北亰"
    folder.write(rows)
    problem = only(folder.fails())
    assert problem.place == "indicators.csv, row 6, column 2 (B)"
    assert any("北京 = 110000" in c for c in problem.candidates)


def test_code_and_name_must_agree(folder):
    folder.edit(6, "name_zh", "天津")
    problem = only(folder.fails())
    assert problem.place.startswith("indicators.csv, row 6, column 2")
    assert "disagree" in problem.message
    assert "北京" in problem.message
    assert "天津" in problem.message


def test_duplicate_region_year_names_both_rows(folder):
    rows = folder.rows()
    rows.append(rows[20])
    folder.write(rows)
    problem = only(folder.fails())
    assert problem.place == "indicators.csv, row 343"
    assert "row 21" in problem.message
    assert problem.way_out


def test_duplicate_in_a_long_table_names_both_rows(folder):
    rows = folder.rows("industries.csv")
    rows.append(rows[30])
    folder.write(rows, "industries.csv")
    problem = only(folder.fails())
    assert problem.place == "industries.csv, row 1955"
    assert "row 31" in problem.message


def test_text_in_a_number(folder):
    at = folder.edit(12, "patents_per_10k", "about 30")
    problem = only(folder.fails())
    assert problem.place.startswith(f"indicators.csv, row 12, column {at} ")
    assert "'about 30'" in problem.message
    assert problem.way_out


def test_decimal_comma_is_not_guessed(folder):
    folder.edit(12, "patents_per_10k", "29,5")
    assert "'29,5'" in only(folder.fails()).message


def test_wrong_encoding_names_the_line(folder):
    path = folder.path / "indicators.csv"
    lines = path.read_bytes().split(b"\n")
    lines[9] = lines[9].replace("北京".encode(), b"\xff\xff\x81")
    path.write_bytes(b"\n".join(lines))
    problem = only(folder.fails())
    assert problem.place == "indicators.csv, row 10"
    assert "UTF-8" in problem.message
    assert "GB18030" in problem.message
    assert "UTF-8" in problem.way_out


def test_missing_column_lists_what_there_is(folder):
    rows = folder.rows()
    rows[0][rows[0].index("patents_per_10k")] = "patents_10k"
    folder.write(rows)
    error = folder.fails()
    assert any("'patents_per_10k'" in p.message and "patents_10k" in p.candidates for p in error.problems)


def test_empty_file_and_no_file(folder):
    (folder.path / "indicators.csv").write_bytes(b"")
    (folder.path / "industries.csv").unlink()
    error = folder.fails()
    assert [p.place for p in error.problems] == ["indicators.csv", "industries.csv"]
    assert "empty" in error.problems[0].message
    assert "no such file" in error.problems[1].message


def test_only_a_head_row(folder):
    folder.write(folder.rows()[:1])
    assert folder.fails().problems


def test_constant_indicator(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    for row in rows[1:]:
        row[at] = "7"
    folder.write(rows)
    problem = only(folder.fails())
    assert problem.place == "indicators.csv, patents"
    assert "equal" in problem.message
    assert "drop" in problem.way_out


def test_all_values_absent(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    for row in rows[1:]:
        row[at] = "…"
    folder.write(rows)
    problem = only(folder.fails())
    assert "absent" in problem.message
    assert "every region" in problem.message
    assert "drop" in problem.way_out
    assert "impute" not in problem.way_out


def test_negative_value_where_the_bound_says_share(folder):
    at = folder.edit(40, "urbanisation_pct", "-58.5")
    problem, sign = sorted(folder.fails().problems, key=lambda p: "impossible" not in p.message)
    assert "-58.5" in f"{problem}"
    assert "sign" in sign.message
    assert problem.place.startswith(f"indicators.csv, row 40, column {at} ")
    assert "-58.5 is impossible" in problem.message
    assert "between 0 and 100" in problem.message
    assert "correct" in problem.way_out


def test_year_missing_for_one_region(folder):
    rows = [r for r in folder.rows() if not (r[0] == "620000" and r[2] == "2018")]
    folder.write(rows)
    problem = only(folder.fails())
    assert problem.place == "indicators.csv"
    assert "620000" in problem.message
    assert "2018" in problem.message
    assert "impute" in problem.way_out


def test_missing_region(folder):
    folder.write([r for r in folder.rows() if r[0] != "460000"])
    problem = only(folder.fails())
    assert "海南 460000" in problem.message


def test_missing_year_everywhere(folder):
    problem = only(folder.fails(lambda tree: tree.update(years=[2012, 2023])))
    assert problem.place == "study.yaml: years"
    assert "2012" in problem.message
    assert "2013 to 2023" in problem.way_out


def test_unknown_unit_and_unit_of_another_quantity(folder):
    folder.edit(3, "unit", "bushels", "industries.csv")
    folder.edit(4, "unit", "10k_persons", "industries.csv")
    error = folder.fails()
    assert [p.place.split(", column")[0] for p in error.problems] == ["industries.csv, row 3", "industries.csv, row 4"]
    assert "not known" in error.problems[0].message
    assert "cannot be turned" in error.problems[1].message


def test_faults_of_all_files_come_together(folder):
    folder.edit(12, "patents_per_10k", "about 30")
    folder.edit(13, "year", "20l4")
    folder.edit(9, "value", "many", "industries.csv")
    error = folder.fails()
    assert [p.place.split(", column")[0] for p in error.problems] == [
        "indicators.csv, row 12", "indicators.csv, row 13", "industries.csv, row 9"]  # fmt: skip
    assert str(error).startswith("intake: 3 problem(s)")


def test_two_files_that_disagree_name_both_cells(folder):
    rows = folder.rows()
    at = rows[0].index("patents_per_10k")
    folder.write([["code", "year", "patents"], ["110000", "2013", "99"], ["120000", "2013", rows[12][at]]], "more.csv")
    problem = only(folder.fails(lambda tree: tree["inputs"].append({"file": "more.csv"})))
    assert problem.place == "more.csv, row 2, column 3 (C)"
    assert "99 here" in problem.message
    assert "indicators.csv, row 2" in problem.message


def test_unanswered_findings_stop_with_the_lines_to_paste(folder):
    error = folder.fails(lambda tree: tree["treatments"].clear())
    said = {p.place.split(", ")[1]: p for p in error.problems}
    assert set(said) == {"telecom", "gdp_per_capita", "energy_intensity", "software", "tech_market"}
    assert "treatments: {telecom: [{finding: break, choice: within_years" in said["telecom"].way_out
    assert "2020/2021" in str(error)


def test_stale_treatment_is_named(folder):
    stale = {"finding": "break", "choice": "within_years", "reason": "just so"}
    problem = only(folder.fails(lambda tree: tree["treatments"].update(rd_spend=[stale])))
    assert problem.place == "study.yaml: treatments.rd_spend[0]"
    assert "nothing is found" in problem.message


def test_keep_does_not_complete_an_indicator(folder):
    keep = [{"finding": "absent", "choice": "keep", "reason": "let it be"}]
    problem = only(folder.fails(lambda tree: tree["treatments"].update(tech_market=keep)))
    assert "must be complete" in problem.message


def test_imputer_that_cannot_fill_says_which_cells(folder):
    def change(tree):
        tree["treatments"]["tech_market"][0]["method"] = "interpolate"

    problem = folder.fails(change).problems[0]
    assert problem.place == "study.yaml: treatments.tech_market[0]"
    assert "540000 2013" in problem.message
    unknown = folder.fails(lambda tree: tree["treatments"]["tech_market"][0].update(method="guess"))
    assert "interpolate" in str(unknown)


def test_damaged_workbook(folder):
    (folder.path / "book.xlsx").write_bytes(b"PK\x03\x04 not really")
    problem = only(folder.fails(lambda tree: tree["inputs"].append({"file": "book.xlsx"})))
    assert problem.place == "book.xlsx"
    assert "workbook" in problem.message


def test_unknown_framework_and_grouping(folder):
    error = folder.fails(lambda tree: tree.update(framework="nqpf_z", regions={"grouping": "five_blocks"}))
    assert any("nqpf_b" in p.candidates for p in error.problems)
    assert any("four_blocks" in p.candidates for p in error.problems)


def test_heads_without_rows_name_the_file(folder):
    folder.write(folder.rows()[:1])
    first = folder.fails().problems[0]
    assert first.place == "indicators.csv"
    assert "no row of data" in first.message
    assert "export" in first.way_out
