# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Exports: the rows of a question as a file, computed and therefore unsealed."""

import re
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from datacity.engine.serve import sheets
from datacity.engine.serve.apart import Growing
from datacity.engine.serve.database import Database, too_long
from datacity.engine.serve.odsql.statement import Question, Statement
from datacity.engine.serve.parameters import Parameters
from datacity.engine.serve.publications import Version
from datacity.engine.serve.refusals import ParameterError
from datacity.engine.serve.rendering import csv_sql, json_sql, native_sql
from datacity.engine.serve.sheets import Plan
from datacity.engine.serve.spool import Spool
from datacity.engine.serve.tables import Tables
from datacity.engine.sources.duck import literal

FORMATS = ("csv", "json", "jsonl", "parquet", "xlsx")
"""What an export can be."""
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
            self._refuse_many_rows(version, statement)
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

    def _refuse_many_rows(self, version: Version, statement: Statement) -> None:
        """Raise Conflict before the first row is written when a large table gives more rows than a sheet holds."""
        if version.rows > sheets.ROWS:
            most = sheets.ROWS + 1
            sql = f"SELECT count(*) FROM (SELECT 1 FROM ({statement.sql}) LIMIT {most})"  # noqa: S608 -- around a compiled statement
            if self.database.rows(sql, statement.parameters)[0][0] > sheets.ROWS:
                raise sheets.too_many_rows()

    def _write_xlsx(self, statement: Statement, keys: Sequence[str], question: Question, target: Path) -> None:
        seconds = self.database.limits.export_seconds
        with TemporaryDirectory(dir=self.spool.folder, prefix="sheet-") as folder:
            sheet = Growing(_plan(statement, keys, question, target, folder), until=time.monotonic() + seconds)
            try:
                self.database.batches(
                    native_sql(statement, keys),
                    statement.parameters,
                    sheet.add,
                    target=target,
                    maximum_bytes=self.spool.maximum_file_bytes,
                )
                sheet.close()
            except BaseException as error:
                sheet.abandon()
                if isinstance(error, TimeoutError):
                    raise too_long(seconds) from error
                raise


def _plan(statement: Statement, keys: Sequence[str], question: Question, target: Path, folder: str) -> Plan:
    kinds = tuple(output.kind.value for output in statement.outputs)
    return Plan(tuple(keys), kinds, question.zone.key, str(target), folder)


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
