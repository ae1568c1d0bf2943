# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""The gate's report: three sentences for a councillor, then singling out, linkability, inference, utility lost, in full.

It says what was measured against which attacker. It never says that nobody can be recognised.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from datacity.engine.catalogue.description import Description, Role
from datacity.engine.protection.attacks import AttackReport
from datacity.engine.protection.gate import ProtectionResult
from datacity.engine.protection.parts import Method
from datacity.engine.protection.plan import Plan
from datacity.engine.protection.report_columns import Speaker, column_rows, label_of
from datacity.engine.protection.risk import RiskReport
from datacity.engine.protection.tries import Attempt
from datacity.kernel.words import LANGUAGES, msg, render

ATTEMPT_TITLES = {
    "linkage": msg("Linking a row of the raw table to one published row"),
    "homogeneity": msg("Learning a sensitive value without recognising the row"),
    "singling_out": msg("Isolating a row by all its published values"),
    "differencing": msg("Comparing with earlier versions"),
    "lone_unit": msg("Reading the figure of a unit that is alone in its cell"),
    "dominance": msg("Computing the figure of a unit that dominates its cell"),
    "known_total": msg("Computing a hidden cell from a total known elsewhere"),
}
_SINGLING, _LINKING, _INFERENCE = (
    {"singling_out", "lone_unit"},
    {"linkage", "differencing"},
    {"homogeneity", "dominance", "known_total"},
)


@dataclass(frozen=True)
class Measured:
    """Everything the report speaks of: the table described, the plan, the risk before and after, the attacks, what was done."""

    description: Description
    plan: Plan
    before: RiskReport
    after: RiskReport
    attacks: AttackReport
    result: ProtectionResult


def report(  # noqa: PLR0917 -- the steps of the gate in their order
    description: Description,
    plan: Plan,
    before: RiskReport,
    after: RiskReport,
    attacks: AttackReport,
    result: ProtectionResult,
    *,
    language: str,
) -> dict[str, Any]:
    """Give the report in one language.

    Result: `language`; `sentences`, three texts; `sections`, each with `key`, `title`, `paragraphs` and, for `columns` and
    `attacks`, `rows` (one mapping of texts each). The same input gives the same report, byte for byte.
    """
    return _Writer(Measured(description, plan, before, after, attacks, result), language).report()


def bilingual(  # noqa: PLR0917 -- the steps of the gate in their order
    description: Description,
    plan: Plan,
    before: RiskReport,
    after: RiskReport,
    attacks: AttackReport,
    result: ProtectionResult,
) -> dict[str, Any]:
    """Give what `report.json` holds: the figures once, the words in French and English.

    Times of computing are left out, so that the same table under the same plan gives the same file.
    """
    measured = Measured(description, plan, before, after, attacks, result)
    done = {key: value for key, value in result.as_dict().items() if key not in {"seconds", "load_seconds"}}
    words = {language: _Writer(measured, language).report() for language in LANGUAGES}
    return {
        "report": 1,
        "plan": plan.as_dict(),
        "plan_fingerprint": plan.fingerprint,
        "before": before.as_dict(),
        "after": after.as_dict(),
        "attacks": attacks.as_dict()["attempts"],
        "result": done,
        **words,
    }


class _Writer:
    """Writes the report in one language."""

    def __init__(self, measured: Measured, language: str) -> None:
        self.m = measured
        self.speaker = Speaker(language)
        self.say = self.speaker.say

    def percent(self, share: float | None) -> float:
        return round((share or 0.0) * 100, 1)

    def report(self) -> dict[str, Any]:
        sections = [
            self._section("singling_out", msg("Singling out"), self._singling_out()),
            self._section("linkability", msg("Linkability"), self._linkability()),
            self._section("inference", msg("Inference"), self._inference()),
            self._section("utility", msg("What is lost"), self._utility()),
            self._section(
                "columns",
                msg("What was done, column by column"),
                [],
                rows=column_rows(self.speaker, self.m.description, self.m.plan),
            ),
            self._section("attacks", msg("How we tried to break it"), [self._attacks_summary()], rows=self._attempts()),
            self._section("limits", msg("Limits of the method"), self._limits()),
        ]
        return {
            "language": self.speaker.language,
            "sentences": [self._done(), self._risk(), self._attacks_summary()],
            "sections": sections,
        }

    def _section(
        self, key: str, title: str, paragraphs: list[str], *, rows: list[dict[str, Any]] | None = None
    ) -> dict[str, Any]:
        section: dict[str, Any] = {"key": key, "title": self.say(title), "paragraphs": paragraphs}
        return section if rows is None else {**section, "rows": rows}

    @property
    def _personal(self) -> bool:
        return any(column.role != Role.INSENSITIVE for column in self.m.plan.columns.values())

    def _done(self) -> str:
        result = self.m.result
        if result.kind == "cells":
            return self.say(
                msg(
                    "{rows} rows were summed up into {cells} cells. Cells hidden because too few units stand behind them: {hidden}."
                ),
                rows=result.rows_in,
                cells=result.rows_out,
                hidden=result.hidden_cells,
            )
        dropped = sum(1 for each in self.m.plan.columns.values() if each.method == Method.DROP)
        coarser = sum(1 for each in self.m.plan.columns.values() if each.method in {Method.GENERALISE, Method.MASK})
        if not dropped and not coarser and not result.suppressed:
            return self.say(
                msg("All {rows} rows are published as they are: every column is kept."), rows=result.rows_in
            )
        return self.say(
            msg(
                "Of {rows} rows, {kept} are published. Columns left out: {dropped}; made less precise: {coarser}; rows removed: {suppressed}."
            ),
            rows=result.rows_in,
            kept=result.rows_out,
            dropped=dropped,
            coarser=coarser,
            suppressed=result.suppressed,
        )

    def _risk(self) -> str:
        before, after = self.m.before, self.m.after
        if self.m.result.kind == "cells":
            return self.say(
                msg("The published cell with the fewest units has {smallest}; the rule asks for {minimum} at least."),
                smallest=self.m.result.smallest_class,
                minimum=self.m.plan.cells.minimum_contributors if self.m.plan.cells else 1,
            )
        if not self.m.plan.quasi_identifiers:
            return self.say(
                msg("Nothing else in the table was found to point at persons, so no risk of recognition was computed.")
                if self._personal
                else msg("No column was found that points at persons, so no risk of recognition was computed.")
            )
        if after.k is None:
            return self.say(
                msg(
                    "Before, {uniques} rows were alone of their kind; now no column is left that helps to recognise somebody."
                ),
                uniques=before.uniques,
            )
        if not after.uniques:
            return self.say(
                msg(
                    "Before, {uniques} of {rows} rows were alone of their kind; now none is, and the smallest group of look-alikes has {k} rows."
                ),
                uniques=before.uniques,
                rows=before.rows,
                k=after.k,
            )
        return self.say(
            msg(
                "Before, {uniques} of {rows} rows were alone of their kind; now {after} are, and the smallest group of look-alikes has {k} rows."
            ),
            uniques=before.uniques,
            rows=before.rows,
            after=after.uniques,
            k=after.k,
        )

    def _attacks_summary(self) -> str:
        attempts = [each for each in self.m.attacks.attempts if not each.informs]
        if not any(each.tried for each in attempts):
            return self.say(
                msg("There was nothing to attack: no row or cell of the table points at a person or a unit.")
            )
        if not self.m.attacks.succeeded and len(attempts) == 1:
            return self.say(
                msg(
                    "We tried to break it with the raw table in hand: our one attack did not succeed, which measures a risk and does not exclude it."
                )
            )
        if not self.m.attacks.succeeded:
            return self.say(
                msg(
                    "We tried to break it with the raw table in hand: none of our {attacks} attacks succeeded, which measures a risk and does not exclude it."
                ),
                attacks=len(attempts),
            )
        worst = max(attempts, key=lambda each: each.share)
        if len(attempts) == 1:
            return self.say(
                msg(
                    "We tried to break it with the raw table in hand: our one attack ({name}) succeeded in {percent} % of its tries."
                ),
                name=self._title(worst),
                percent=self.percent(worst.share),
            )
        return self.say(
            msg(
                "We tried to break it with the raw table in hand: {succeeded} of our {attacks} attacks succeeded in part; the strongest ({name}) in {percent} % of its tries."
            ),
            succeeded=self.m.attacks.succeeded,
            attacks=len(attempts),
            name=self._title(worst),
            percent=self.percent(worst.share),
        )

    def _title(self, attempt: Attempt) -> str:
        title = self.say(ATTEMPT_TITLES[attempt.name])
        return f"{title} ({label_of(self.m.description, attempt.column)})" if attempt.column else title

    def _of(self, names: set[str]) -> list[str]:
        found = [each for each in self.m.attacks.attempts if each.name in names]
        return [f"{self._title(each)}{self.say(msg(': '))}{self._outcome(each)}" for each in found]

    def _outcome(self, attempt: Attempt) -> str:
        counted = self.say(
            msg("{succeeded} successes in {tried} tries ({percent} %)."),
            succeeded=attempt.succeeded,
            tried=attempt.tried,
            percent=self.percent(attempt.share),
        )
        return f"{counted} {self.say(attempt.evidence, **attempt.values)}"

    def _singling_out(self) -> list[str]:
        before, after = self.m.before, self.m.after
        lines = []
        if before.k is not None and self.m.result.kind == "rows":
            lines.append(
                self.say(
                    msg(
                        "Risk for the most exposed person: {before} % before, {after} % after; rows above 20 %: {high_before} % before, {high_after} % after."
                    ),
                    before=self.percent(before.prosecutor_max),
                    after=self.percent(after.prosecutor_max),
                    high_before=self.percent(before.prosecutor_high),
                    high_after=self.percent(after.prosecutor_high),
                )
            )
        return lines + self._of(_SINGLING) or [self._nothing()]

    def _linkability(self) -> list[str]:
        before, after = self.m.before, self.m.after
        lines = []
        if before.marketer is not None and self.m.result.kind == "rows":
            lines.append(
                self.say(
                    msg(
                        "Expected share of right guesses for someone who tries to recognise everybody: {before} % before, {after} % after."
                    ),
                    before=self.percent(before.marketer),
                    after=self.percent(after.marketer),
                )
            )
        return lines + self._of(_LINKING) or [self._nothing()]

    def _inference(self) -> list[str]:
        lines = self._of(_INFERENCE)
        for each in self.m.attacks.attempts:
            if each.baseline is not None:
                lines.append(
                    self.say(
                        msg(
                            "Without the table's help, always guessing the most frequent value of {column} is right in {percent} % of cases."
                        ),
                        column=label_of(self.m.description, each.column or ""),
                        percent=self.percent(each.baseline),
                    )
                )
        return lines or [self.say(msg("The plan names no sensitive column, so no inference was tried."))]

    def _nothing(self) -> str:
        return self.say(msg("The plan names no column that helps to recognise somebody, so nothing was measured here."))

    def _utility(self) -> list[str]:
        result = self.m.result
        if result.kind == "cells":
            share = result.hidden_cells / result.rows_out if result.rows_out else 0.0
            return [
                self.say(
                    msg("{hidden} of {cells} cells are hidden ({percent} %); single rows are not published."),
                    hidden=result.hidden_cells,
                    cells=result.rows_out,
                    percent=self.percent(share),
                )
            ]
        lines = [
            self.say(
                msg("{suppressed} of {rows} rows are removed ({percent} %; the plan allows {limit} %)."),
                suppressed=result.suppressed,
                rows=result.rows_in,
                percent=self.percent(result.suppressed / result.rows_in),
                limit=self.percent(self.m.plan.suppression_limit),
            )
        ]
        if result.loss is not None and result.metric != "entropy" and self.m.plan.quasi_identifiers:
            lines.append(
                self.say(
                    msg(
                        "Precision lost on the columns that help to recognise somebody: {percent} % (0 % as they were, 100 % nothing left; measure {metric})."
                    ),
                    percent=self.percent(result.loss),
                    metric=result.metric,
                )
            )
        if result.loss is not None and result.metric == "entropy":
            lines.append(
                self.say(
                    msg("Information lost on the columns that help to recognise somebody: {bits} bits."),
                    bits=round(result.loss, 1),
                )
            )
        return lines

    def _attempts(self) -> list[dict[str, Any]]:
        return [
            {
                "name": each.name,
                "title": self._title(each),
                "attacker": self.say(each.attacker),
                "tried": each.tried,
                "succeeded": each.succeeded,
                "share": each.share,
                "informs": each.informs,
                "evidence": self._outcome(each),
            }
            for each in self.m.attacks.attempts
        ]

    def _limits(self) -> list[str]:
        lines = [
            self.say(
                msg(
                    "These figures measure the risk left against the attackers named here, with the raw table as their best knowledge. Somebody who knows something else may do better."
                )
            ),
            self.say(msg("Look-alikes are counted in rows: a person with several rows counts several times.")),
        ]
        if self.m.plan.aggregate:
            lines.append(
                self.say(
                    msg(
                        "Hidden cells are protected within this table. Totals published elsewhere, or another table of the same data, could give them away."
                    )
                )
            )
        if any(each.name == "singling_out" and each.succeeded for each in self.m.attacks.attempts):
            lines.append(
                self.say(
                    msg(
                        "Columns taken as insensitive are published as they are; someone who knows them exactly could find a row by them."
                    )
                )
            )
        return lines


def attackers(attacks: AttackReport, language: str) -> Mapping[str, str]:
    """Give, for each attempt by name, who is assumed to attack."""
    return {each.name: render(each.attacker, language) for each in attacks.attempts}
