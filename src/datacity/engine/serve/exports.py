# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Exports: the rows of a question as a file, computed and therefore unsealed."""

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from datacity.engine.release.spreadsheets import sheet_text
from datacity.engine.serve.database import Database
from datacity.engine.serve.odsql.schema import Kind
from datacity.engine.serve.odsql.statement import Question, Statement
from datacity.engine.serve.parameters import Parameters
from datacity.engine.serve.publications import Version
from datacity.engine.serve.refusals import ParameterError
from datacity.engine.serve.rendering import csv_sql, in_zone, json_sql, native_sql
from datacity.engine.serve.spool import Spool
from datacity.engine.serve.tables import Tables
from datacity.engine.sources.duck import literal
from datacity.kernel.errors import Conflict

FORMATS = ("csv", "json", "jsonl", "parquet", "xlsx")
"""What an export can be."""
XLSX_ROWS = 1_048_575
"""Rows of a sheet, without the header."""
_XLSX_CHARACTERS = 32_767
_XLSX_EXACT = 2**53
_BOM = "\ufeff"
_PLAIN_NAME = re.compile(r"\w+")
_OF_FORMAT = {
    "csv": ("delimiter", "with_bom", "quote_all", "use_labels"),
    "json": (),
    "jsonl": (),
    "parquet": ("parquet_compression",),
    "xlsx": ("use_labels",),
}


def parameters_of(form: str) -> tuple[str, ...]:
    """Give the parameters that an export of this format takes besides those of the question; `offset` is none of them."""
    return _OF_FORMAT[form]


@dataclass(frozen=True)
class Layout:
    """How an export is written; what does not concern the format has its default."""

    form: str
    delimiter: str
    with_bom: bool
    quote_all: bool
    use_labels: bool
    compression: str

    @classmethod
    def read(cls, form: str, parameters: Parameters) -> "Layout":
        """Read the layout. Raises ParameterError for a value that is not allowed."""
        return cls(
            form=form,
            delimiter=parameters.choice("delimiter", (";", ",", "\t", "|")),
            with_bom=parameters.truth("with_bom", default=True),
            quote_all=parameters.truth("quote_all", default=False),
            use_labels=parameters.truth("use_labels", default=False),
            compression=parameters.choice("parquet_compression", ("snappy", "zstd")),
        )

    def keys(self, version: Version, statement: Statement, language: str) -> list[str]:
        """Give the names of the columns: technical ones, or labels in the language; equal labels keep the technical name apart."""
        if not self.use_labels:
            return [output.key for output in statement.outputs]
        labels = {column.name: version.label(column.name, language) for column in version.columns}
        keys: list[str] = []
        for output in statement.outputs:
            label = labels.get(output.key) or output.label
            taken = label.lower() in {key.lower() for key in keys}
            keys.append(f"{label} ({output.key})" if taken else label)
        return keys


@dataclass(frozen=True)
class Exporter:
    """Writes exports into files of the spool."""

    tables: Tables
    database: Database
    spool: Spool

    def write(self, version: Version, question: Question, layout: Layout, language: str, target: Path) -> None:
        """Write the export to the target.

        Raises OdsqlError, TooBusy, TooLong; Conflict when XLSX cannot hold it; then the target is not there.
        """
        statement = self.tables.statement(version, question)
        keys = layout.keys(version, statement, language)
        if layout.form == "xlsx":
            self._write_xlsx(statement, keys, question, target)
        elif layout.form == "csv":
            self._write_csv(statement, keys, question, layout, target)
        else:
            sql, options = (
                (native_sql(statement, keys), f"FORMAT parquet, COMPRESSION {layout.compression}")
                if layout.form == "parquet"
                else (
                    json_sql(statement, keys, question.zone),
                    f"FORMAT json, ARRAY {'true' if layout.form == 'json' else 'false'}",
                )
            )
            self._copy(sql, statement, target, options)

    def _copy(self, sql: str, statement: Statement, target: Path, options: str) -> None:
        self.database.write(
            sql, statement.parameters, target, options=options, maximum_bytes=self.spool.maximum_file_bytes
        )

    def _write_csv(
        self, statement: Statement, keys: Sequence[str], question: Question, layout: Layout, target: Path
    ) -> None:
        options = f"FORMAT csv, HEADER true, DELIMITER {literal(layout.delimiter)}" + (
            ", FORCE_QUOTE *" if layout.quote_all else ""
        )
        if not layout.with_bom:
            self._copy(csv_sql(statement, keys, question.zone), statement, target, options)
        elif not layout.quote_all and _PLAIN_NAME.fullmatch(keys[0]):
            # a name without quotes can carry the mark itself
            self._copy(csv_sql(statement, [_BOM + keys[0], *keys[1:]], question.zone), statement, target, options)
        else:
            without = self.spool.scratch()
            try:
                self._copy(csv_sql(statement, keys, question.zone), statement, without, options)
                with target.open("wb") as file, without.open("rb") as source:
                    file.write(_BOM.encode())
                    shutil.copyfileobj(source, file, 1 << 20)
            finally:
                without.unlink(missing_ok=True)

    def _write_xlsx(self, statement: Statement, keys: Sequence[str], question: Question, target: Path) -> None:
        workbook = xlsxwriter.Workbook(
            str(target),
            {
                "constant_memory": True,
                "tmpdir": str(self.spool.folder),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
                "default_date_format": "yyyy-mm-dd",
            },
        )
        sheet = _Sheet(
            workbook.add_worksheet(),
            workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            statement,
            keys,
            question,
        )
        try:
            self.database.batches(
                native_sql(statement, keys),
                statement.parameters,
                sheet.add,
                target=target,
                maximum_bytes=self.spool.maximum_file_bytes,
            )
            workbook.close()
        except BaseException:
            _abandon(workbook)
            target.unlink(missing_ok=True)
            raise


def _abandon(workbook: xlsxwriter.Workbook) -> None:
    """Close the temporary files of a workbook that is given up; it would otherwise be written when collected."""
    workbook.fileclosed = 1
    for sheet in workbook.worksheets():
        if sheet.row_data_fh is not None:
            sheet.row_data_fh.close()
            Path(sheet.row_data_filename).unlink(missing_ok=True)


class _Sheet:
    """Writes rows into a sheet: texts as texts, never as formulas or links."""

    def __init__(
        self, sheet: Worksheet, moments: Format, statement: Statement, keys: Sequence[str], question: Question
    ) -> None:
        self._sheet = sheet
        self._moments = moments
        self._kinds = [output.kind for output in statement.outputs]
        self._keys = keys
        self._zone = question.zone
        self._row = 0
        for index, key in enumerate(keys):
            sheet.write_string(0, index, key)

    def add(self, batch: pa.RecordBatch) -> None:
        if self._row + batch.num_rows > XLSX_ROWS:
            raise Conflict(
                "serve.xlsx_rows",
                "A sheet holds {limit} rows; this export has more.",
                hint="Take csv or parquet, or narrow it with where.",
                limit=XLSX_ROWS,
            )
        columns = [batch.column(index).to_pylist() for index in range(batch.num_columns)]
        for values in zip(*columns, strict=True):
            self._row += 1
            for index, value in enumerate(values):
                if value is not None:
                    self._cell(index, value)

    def _cell(self, index: int, value: Any) -> None:
        kind = self._kinds[index]
        if isinstance(value, bool):
            self._sheet.write_boolean(self._row, index, value)
        elif kind.is_numeric and isinstance(value, int | float) and abs(value) <= _XLSX_EXACT:
            self._sheet.write_number(self._row, index, value)
        elif kind is Kind.DATETIME and isinstance(value, datetime) and value.year >= 1901:
            self._sheet.write_datetime(self._row, index, in_zone(value, self._zone).replace(tzinfo=None), self._moments)
        elif kind is Kind.DATE and isinstance(value, date) and value.year >= 1901:
            self._sheet.write_datetime(self._row, index, value)
        else:
            self._text(index, _as_text(value))

    def _text(self, index: int, text: str) -> None:
        if len(text) > _XLSX_CHARACTERS:
            raise Conflict(
                "serve.xlsx_cell",
                "Row {row}, column {column}: {length} characters; a cell of XLSX holds {limit}.",
                hint="Take csv or parquet, or leave the column out with select.",
                row=self._row,
                column=self._keys[index],
                length=len(text),
                limit=_XLSX_CHARACTERS,
            )
        self._sheet.write_string(self._row, index, sheet_text(text))


def _as_text(value: Any) -> str:
    if isinstance(value, dict):
        return f"{value['lat']}, {value['lon']}"
    return value.isoformat() if isinstance(value, date) else str(value)


def check_format(form: str) -> str:
    """Give the format back. Raises ParameterError for one that is not made here."""
    if form not in FORMATS:
        raise ParameterError(
            "serve.parameter",
            "There is no export “{value}”; there are {formats}.",
            field="format",
            value=form[:40],
            formats=" ".join(FORMATS),
        )
    return form
