# SPDX-FileCopyrightText: DataCity contributors
# SPDX-License-Identifier: EUPL-1.2
"""Find every sentence of the source that people read: in refusals, verdicts, labels and templates."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "datacity"
REFUSALS = frozenset({"Refusal", "Invalid", "Forbidden", "Missing", "Conflict", "Exhausted"})

CALLS: Mapping[str, tuple[tuple[int, str], ...]] = {
    **dict.fromkeys(REFUSALS, ((1, "message"), (-1, "hint"))),
    "no": ((1, "message"),),
    "yes_if": ((2, "message"),),
    "Reason": ((1, "message"),),
    "Verb": ((2, "title"),),
    "Job": ((2, "title"),),
    "Parameter": ((3, "unit"), (4, "source"), (5, "description")),
    "msg": ((0, "message"),),
    "_": ((0, "message"),),
    "gettext": ((0, "message"),),
    "gettext_lazy": ((0, "message"),),
    "gettext_noop": ((0, "message"),),
}
"""Function → where its sentences stand: (position, keyword); position -1 means by keyword only."""

PLURALS = {"ngettext": 0, "ngettext_lazy": 0, "npgettext": 1, "npgettext_lazy": 1}
CONTEXTS = {"pgettext": 1, "pgettext_lazy": 1}
TEMPLATE_CALL = re.compile(r"(?<![\w.])(?:_|gettext|ngettext|pgettext|npgettext)\((?=\s*u?['\"])")
LITERAL = re.compile(r"""\s*u?('(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")\s*(,?)""")


@dataclass(frozen=True)
class Message:
    """A sentence and where it stands. context, plural: "" when there is none."""

    text: str
    place: Path
    line: int
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells two messages apart in a catalogue: context and text."""
        return (self.context, self.text)


def files(folders: Iterable[Path], suffixes: Iterable[str]) -> list[Path]:
    """Return the files below these folders with one of these suffixes, in a fixed order."""
    wanted = set(suffixes)
    return sorted(
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.suffix in wanted and path.is_file() and not {"migrations", "built"} & set(path.parts)
    )


def own_refusals(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of classes that are refusals because a base of theirs is one."""
    bases = {
        node.name: {base.id for base in node.bases if isinstance(base, ast.Name)}
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = set(REFUSALS)
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def refusal_names(folder: Path) -> set[str]:
    """Return the names of the refusal classes that the Python files below this folder declare."""
    return own_refusals(ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in files([folder], [".py"]))


def constants(tree: ast.Module) -> dict[str, str]:
    """Return the module's names that stand for one fixed text."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def texts(node: ast.expr | None, known: Mapping[str, str]) -> list[str]:
    """Return the fixed texts an argument can be: itself, or both sides of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.Name) and node.id in known:
        return [known[node.id]]
    if isinstance(node, ast.IfExp):
        return texts(node.body, known) + texts(node.orelse, known)
    if isinstance(node, ast.BoolOp):
        return [text for value in node.values for text in texts(value, known)]
    return []


def argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    """Return an argument by position, else by keyword."""
    if 0 <= position < len(call.args):
        return call.args[position]
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def name_of(call: ast.Call) -> str:
    """Return the last part of the called name."""
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def in_call(call: ast.Call, path: Path, known: Mapping[str, str]) -> Iterator[Message]:
    """Yield the messages of one call."""
    name = name_of(call)
    for position, keyword in CALLS.get(name, ()):
        for text in texts(argument(call, position, keyword), known):
            if text:
                yield Message(text, path, call.lineno)
    if name in PLURALS or name in CONTEXTS:
        at = PLURALS.get(name, CONTEXTS.get(name, 0))
        context = texts(argument(call, 0, "context"), known)[:1] if at else [""]
        plural = texts(argument(call, at + 1, "plural"), known)[:1] if name in PLURALS else [""]
        for text in texts(argument(call, at, "message"), known):
            yield Message(text, path, call.lineno, "".join(context), "".join(plural))


def in_python(paths: Iterable[Path], *, refusals: Iterable[str] = REFUSALS) -> list[Message]:
    """Return the messages of these Python files.

    refusals: names of refusal classes known from elsewhere. Raises SyntaxError for a file that does not parse.
    """
    trees = {path: ast.parse(path.read_text(encoding="utf-8"), str(path)) for path in paths}
    ours = own_refusals(trees.values()) | set(refusals)
    found: list[Message] = []
    for path, tree in trees.items():
        known = constants(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found += in_call(node, path, known)
                if name_of(node) in ours - set(CALLS):
                    sides = (argument(node, 1, "message"), argument(node, -1, "hint"))
                    found += [Message(text, path, node.lineno) for side in sides for text in texts(side, known)]
    return found


def templatizer() -> Callable[[str, str], str]:
    """Return Django's function that turns a template into translation calls."""
    from django.conf import settings  # slow, and only the check needs Django
    from django.utils.translation import template

    if not settings.configured:
        settings.configure(USE_I18N=True)
    return template.templatize


def in_template(path: Path, templatize: Callable[[str, str], str]) -> Iterator[Message]:
    """Yield the messages of one template."""
    code = templatize(path.read_text(encoding="utf-8"), str(path))
    for call in TEMPLATE_CALL.finditer(code):
        name = call.group().split("(")[0]
        literals: list[str] = []
        end = call.end()
        while literal := LITERAL.match(code, end):
            literals.append(str(ast.literal_eval(literal.group(1))))
            end = literal.end()
            if not literal.group(2):
                break
        line = code.count("\n", 0, call.start()) + 1
        context = literals.pop(0) if "pgettext" in name and len(literals) > 1 else ""
        plural = literals[1] if name.startswith("n") and len(literals) > 1 else ""
        if literals and literals[0]:
            yield Message(literals[0], path, line, context, plural)


def in_templates(paths: Iterable[Path]) -> list[Message]:
    """Return the messages of these templates, read as Django reads them."""
    templatize = templatizer()
    return [message for path in paths for message in in_template(path, templatize)]
