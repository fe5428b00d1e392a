#!/usr/bin/env bash
# python-calamine 0.9.1: a cell that holds an error (#REF!, #N/A) is read as '', exactly as an empty cell is.
# In a sheet of counts a broken formula then looks like a place without a figure. openpyxl 3.1.5 gives '#REF!'.
set -euo pipefail
folder=$(mktemp -d); trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check python-calamine==0.9.1 openpyxl==3.1.5
cd "$folder"
"$folder/venv/bin/python" - <<'PY'
import importlib.metadata, openpyxl, python_calamine
book = openpyxl.Workbook()
for row in (["ward", "offences"], ["A", 12], ["B", "#REF!"], ["C", "#N/A"], ["D", None]):
    book.active.append(row)
book.save("counts.xlsx")
fast = python_calamine.CalamineWorkbook.from_path("counts.xlsx").get_sheet_by_index(0).to_python()
slow = [list(row) for row in openpyxl.load_workbook("counts.xlsx").active.iter_rows(values_only=True)]
print("python-calamine", importlib.metadata.version("python-calamine"), fast)
print("openpyxl", openpyxl.__version__, slow)
assert [row[1] for row in fast[2:]] == ["", "", ""], "changed: errors can be told from empty cells"
assert [row[1] for row in slow[2:]] == ["#REF!", "#N/A", None], "changed in openpyxl"
PY
