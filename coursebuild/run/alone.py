"""What each cell needs of those above it, so that it gives alone what it gives on its page.

Every statement is walked as Python would run it, a call of the program's own functions into their bodies. Of each name,
each thing that a name leads to, and each state of the process (effects.py) it is known which statement changed it
last; who uses it needs that statement, and what that needs. What may happen counts as happened, and what may not happen
leaves standing what was. Where nothing is known, everything above is needed.
"""

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from coursebuild.read.model import Cell
from coursebuild.run import effects
from coursebuild.run.effects import Effect, effect
from coursebuild.run.worker import Output

STEPS = 50_000  # expressions walked for one page; beyond, everything above is needed
AUTOMATIC = re.compile(r"\b[a-z][a-z0-9]*(_[a-z0-9]+)*_\d+\b")  # a name that Keras gives: dense_3
LITERALS = (ast.Constant, ast.JoinedStr, ast.FormattedValue)
Resource = object  # a letter of state, a Thing, or a name in a scope


@dataclass(frozen=True)
class Lines:
    """Lines of a cell, from the first to the last. If they end in an error, `raises` is its name."""

    cell: int
    first: int
    last: int
    raises: str = ""


class Scope(dict[str, "Value"]):
    """The names of a module, a function, a class or a comprehension, with what each leads to."""

    def __init__(self, parent: "Scope | None", born: int, body: bool = False, own: "Value" = frozenset()) -> None:
        super().__init__()
        self.parent, self.born, self.body, self.own = parent, born, body, own
        self.elsewhere: dict[str, Scope] = {}  # names that are global or nonlocal

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other

    def __bool__(self) -> bool:
        return True

    @property
    def top(self) -> "Scope":
        return self.parent.top if self.parent else self

    def holder(self, name: str) -> "Scope | None":
        """The scope that has the name, as seen from here."""
        scope: Scope | None = self.elsewhere.get(name, self)
        while scope and name not in scope:
            scope = scope.parent
            while scope and scope.body:
                scope = scope.parent
        return scope


@dataclass(eq=False)
class Thing:
    """What a name may lead to: plain data, a thing with a life of its own, a part of a library, or code of the program.

    `name` is dotted, of the library's part or of what made the thing. A `view` shares memory with what it holds, and
    what is `lazy` is used up by reading it.
    """

    born: int
    kind: str = "data"  # data, thing, library, code
    name: str = ""
    holds: set["Thing"] = field(default_factory=set)
    view: bool = False
    lazy: bool = False
    draws: str = ""
    code: ast.AST | None = None
    scope: Scope | None = None
    defaults: dict[str, "Value"] = field(default_factory=dict)
    made_by: "Thing | None" = None


Value = frozenset[Thing]
NOTHING: Value = frozenset()


@dataclass(frozen=True)
class Given:
    """The arguments of a call: in their order, by their names, and whether a star stands for more."""

    values: tuple[Value, ...] = ()
    named: tuple[tuple[str, Value], ...] = ()
    more: Value = NOTHING
    constants: tuple[object, ...] = ()

    @cached_property
    def all(self) -> Value:
        return frozenset().union(*self.values, *(value for _, value in self.named), self.more)

    def has(self, name: str) -> bool:
        return any(name == each for each, _ in self.named)


class TooMuchError(Exception):
    """A program that is too long to be walked."""


class Walk:
    """The statements of a page, one after the other. `needs` has, of each, those that it needs itself."""

    def __init__(self) -> None:
        self.now, self.steps, self.maybe = -1, 0, 0
        self.last: dict[Resource, set[int]] = {}
        self.needs: list[set[int]] = []
        self.lasting: list[bool] = []  # whether a statement leaves anything behind but what it prints
        self.namers: list[int] = []  # those in which Keras may name things
        self.main = Scope(None, -1)
        self.parts: dict[str, Thing] = {}  # of libraries, by dotted name
        self.stack: list[ast.AST] = []
        self.frames: list[list[Thing]] = []  # what the functions that run give back
        self.ran: set[tuple[int, ast.AST]] = set()
        self.at: ast.AST | None = None  # the expression that is walked
        self.made: dict[tuple[object, ...], Thing] = {}
        self.closures: dict[Thing, Value] = {}  # what each leads to, as long as that is so,
        self.within: set[Thing] = set()  # and what is in any of these
        self.version = 0

    def deep(self, values: Iterable[Thing]) -> Value:
        """All that these lead to."""
        found: set[Thing] = set()
        for value in values:
            if value not in found:
                found |= self.closure(value)
        return frozenset(found)

    def closure(self, thing: Thing) -> Value:
        if thing not in self.closures:
            found: set[Thing] = set()
            todo = [thing]
            while todo:
                if (each := todo.pop()) in self.closures:
                    found |= self.closures[each]
                elif each not in found:
                    found.add(each)
                    todo += each.holds - found
            self.closures[thing] = frozenset(found)
            self.within |= found
        return self.closures[thing]

    def hold(self, thing: Thing, values: Iterable[Thing]) -> None:
        """From now on, a thing leads to these as well."""
        if more := set(values) - thing.holds - {thing}:
            thing.holds |= more
            self.version += 1
            if thing in self.within:
                self.closures.clear()
                self.within.clear()

    # ---- What a statement uses and changes.

    def next(self, nodes: list[ast.stmt], raises: bool) -> None:
        self.now += 1
        self.needs.append(set())
        self.lasting.append(False)
        self.read("*")
        with self.perhaps(raises):
            for node in nodes:
                self.statement(node, self.main)
        if not all(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes):
            self.read("S")
        if any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in nodes):
            self.lasting[-1], self.last["*"] = True, {self.now}

    def read(self, what: Resource) -> None:
        self.needs[self.now] |= self.last.get(what, set()) - {self.now}

    def change(self, what: Resource) -> None:
        """What was there counts on, changed."""
        if what == "K":
            self.namers.append(self.now)
            return
        self.read(what)
        self.set(what)

    def set(self, what: Resource) -> None:
        """What was there counts no more."""
        self.last[what] = {self.now}
        born = what.born if isinstance(what, Thing) else what[0].born if isinstance(what, tuple) else -1
        self.lasting[self.now] = self.lasting[self.now] or born != self.now

    def everything(self) -> None:
        self.needs[self.now] |= {number for number in range(self.now) if self.lasting[number]} | {*self.namers}
        self.needs[self.now].discard(self.now)
        self.set("*")

    @contextmanager
    def perhaps(self, so: bool = True) -> Iterator[None]:
        """What may happen or not, or more than once."""
        self.maybe += so
        yield
        self.maybe -= so

    def use(self, value: Iterable[Thing]) -> Value:
        whole = self.deep(value)
        for each in whole:
            self.read(each)
        return whole

    def alter(self, value: Iterable[Thing], data: bool = False) -> None:
        """Things may change; with `data`, plain data too, and that with which it shares memory."""
        todo, done = [*value], set()
        while todo:
            each = todo.pop()
            if each not in done and (each.kind == "thing" or (data and each.kind == "data")):
                done.add(each)
                self.change(each)
                todo += (other for other in each.holds if each.view and other.kind == "data")

    def consume(self, value: Iterable[Thing]) -> None:
        """What is lazy is read: it runs, and is used up."""
        for each in self.deep(value):
            if each.lazy:
                self.change(each)
                self.run_all(frozenset({each}))

    def touch(self, letters: str) -> None:
        for letter in letters:
            self.change(letter)

    # ---- Names.

    def bind(self, name: str, value: Value, scope: Scope) -> None:
        scope = scope.elsewhere.get(name, scope)
        resource = (scope, name)
        if self.maybe and name in scope:
            self.change(resource)
            scope[name] = scope[name] | value
        else:
            self.change(resource) if self.maybe else self.set(resource)
            scope[name] = value

    def load(self, name: str, scope: Scope) -> Value:
        holder = scope.holder(name)
        if holder is None:
            for each in (scope.elsewhere.get(name, scope), scope.top):  # it may be deleted, or not be there yet
                self.read((each, name))
            return self.part(f"builtins.{name}")
        self.read((holder, name))
        if self.maybe_missing(holder, name):
            outer = holder.parent
            while outer and (outer.body or name not in outer):
                outer = outer.parent
            if outer:
                self.read((outer, name))
        self.use(holder[name])
        return holder[name]

    def maybe_missing(self, holder: Scope, name: str) -> bool:
        return holder.body  # a name of a class may still be its module's

    def part(self, name: str) -> Value:
        return frozenset({self.parts.setdefault(name, Thing(-1, "library", name))})

    def store(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to what stands to the left of a sign of equality."""
        match target:
            case ast.Name():
                self.bind(target.id, value, scope)
            case ast.Tuple() | ast.List():
                self.consume(value)
                for each in target.elts:
                    self.store(each, self.deep(value) | self.data(value), scope)
            case ast.Starred():
                self.store(target.value, value, scope)
            case ast.Attribute() | ast.Subscript():
                if isinstance(target, ast.Subscript):
                    self.value(target.slice, scope)
                self.put(self.value(target.value, scope), value)

    def put(self, into: Value, value: Value) -> None:
        """Something is put into things, or done to them."""
        if any(each.kind == "library" for each in into):
            self.change("S")
        for each in into:
            self.hold(each, value)
            if each.kind == "thing" and each.name.startswith("matplotlib"):
                self.touch("G")
        self.alter(into, data=True)
        if any(each.kind == "code" for each in into):
            for each in into:
                self.change(each)

    def data(self, value: Iterable[Thing] = (), **how: bool) -> Value:
        """New data that holds these."""
        return self.thing("", value, "data", **how)

    def thing(self, name: str, value: Iterable[Thing] = (), kind: str = "thing", **how: Any) -> Value:
        """What an expression makes: one, however often a statement makes it."""
        where = (self.now, self.at, kind, name, *how.values())
        thing = self.made.setdefault(where, Thing(self.now, kind, name, **how))
        self.hold(thing, value)
        return frozenset({thing})

    # ---- Statements.

    def block(self, nodes: Iterable[ast.stmt], scope: Scope) -> None:
        for node in nodes:
            self.statement(node, scope)

    def statement(self, node: ast.stmt, scope: Scope) -> None:
        match node:
            case ast.Expr():
                self.value(node.value, scope)
            case ast.Assign():
                value = self.value(node.value, scope)
                for target in node.targets:
                    self.store(target, value, scope)
            case ast.AnnAssign():
                if node.value:
                    self.store(node.target, self.value(node.value, scope), scope)
            case ast.AugAssign():
                value = self.value(node.value, scope)
                if isinstance(node.target, ast.Name):
                    old = self.load(node.target.id, scope)
                    self.put(old, value)
                    self.bind(node.target.id, old | value | self.data(), scope)
                else:
                    self.store(node.target, value, scope)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.define(node, scope)
            case ast.Import():
                for alias in node.names:
                    name = alias.name if alias.asname else alias.name.split(".")[0]
                    self.bind(alias.asname or name, self.part(name), scope)
            case ast.ImportFrom():
                if node.names[0].name == "*":
                    self.everything()
                for alias in node.names:
                    self.bind(alias.asname or alias.name, self.part(f"{node.module}.{alias.name}"), scope)
            case ast.If() | ast.While():
                for _ in range(2 if isinstance(node, ast.While) else 1):
                    self.value(node.test, scope)
                    with self.perhaps():
                        self.block(node.body, scope)
                with self.perhaps():
                    self.block(node.orelse, scope)
            case ast.For() | ast.AsyncFor():
                value = self.value(node.iter, scope)
                self.consume(value)
                with self.perhaps():
                    for _ in range(2):
                        self.store(node.target, self.deep(value), scope)
                        self.block(node.body, scope)
                    self.block(node.orelse, scope)
            case ast.With() | ast.AsyncWith():
                self.context(node, scope)
            case ast.Try() | ast.TryStar():
                with self.perhaps():
                    self.block(node.body, scope)
                    for handler in node.handlers:
                        if handler.type:
                            self.value(handler.type, scope)
                        if handler.name:
                            self.bind(handler.name, self.data(), scope)
                        self.block(handler.body, scope)
                    self.block(node.orelse, scope)
                self.block(node.finalbody, scope)
            case ast.Match():
                value = self.value(node.subject, scope)
                with self.perhaps():
                    for case in node.cases:
                        for inner in ast.walk(case.pattern):
                            if name := getattr(inner, "name", None) or getattr(inner, "rest", None):
                                self.bind(name, self.deep(value), scope)
                            elif isinstance(inner, ast.expr):
                                self.value(inner, scope)
                        if case.guard:
                            self.value(case.guard, scope)
                        self.block(case.body, scope)
            case ast.Return():
                if node.value:
                    self.frames[-1].extend(self.value(node.value, scope))
                self.leave()
            case ast.Raise():
                for part in (node.exc, node.cause):
                    if part:
                        self.value(part, scope)
                self.leave()
            case ast.Break() | ast.Continue():
                self.leave()
            case ast.Assert():
                self.value(node.test, scope)
                if node.msg:
                    with self.perhaps():
                        self.value(node.msg, scope)
            case ast.Delete():
                for target in node.targets:
                    if isinstance(target, ast.Name):
                        holder = scope.elsewhere.get(target.id, scope)
                        self.change((holder, target.id))
                        if not self.maybe:
                            holder.pop(target.id, None)
                    elif isinstance(target, ast.Attribute | ast.Subscript):
                        self.store(target, NOTHING, scope)
                    else:
                        self.everything()
            case ast.Global():
                scope.elsewhere |= dict.fromkeys(node.names, scope.top)
            case ast.Nonlocal():
                for name in node.names:
                    outer = scope.parent
                    while outer and (outer.body or name not in outer):
                        outer = outer.parent
                    scope.elsewhere[name] = outer or scope.top
            case ast.Pass():
                pass
            case _:
                self.everything()

    def leave(self) -> None:
        """What stands below, in the function that runs, may not be reached."""
        if self.maybe and self.frames:
            self.maybe += 1
            self.left[-1] += 1

    @property
    def left(self) -> list[int]:
        return self.__dict__.setdefault("_left", [0])

    def context(self, node: ast.With | ast.AsyncWith, scope: Scope) -> None:
        kept = {each: {*self.last.get(each, ())} for each in ("S", "G")}
        scoped = suppressed = False
        for item in node.items:
            value = self.value(item.context_expr, scope)
            names = [each.name for each in value]
            scoped = scoped or any(effects.SCOPED.fullmatch(name) for name in names)
            suppressed = suppressed or not names or any(effects.SUPPRESSES.fullmatch(name) for name in names)
            suppressed = suppressed or any(each.kind != "thing" or each.made_by for each in value)
            self.alter(value)
            self.run_all(frozenset(each for each in value if each.made_by or each.code or each.lazy))
            if item.optional_vars:
                with self.perhaps(suppressed):
                    self.store(item.optional_vars, value, scope)
        with self.perhaps(suppressed):
            self.block(node.body, scope)
        if scoped:
            self.last["S"] = kept["S"]

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope) -> None:
        thing = Thing(self.now, "code", code=node, scope=scope)
        if isinstance(node, ast.ClassDef):
            for base in (*node.bases, *(each.value for each in node.keywords)):
                self.hold(thing, self.value(base, scope))
            bases = [each.name for each in thing.holds if each.kind == "library"]
            thing.name = next((name for name in bases if not name.startswith("builtins.")), "")
            inside = Scope(scope, self.now, body=True)
            self.block(node.body, inside)
            self.hold(thing, frozenset().union(*inside.values()))
        else:
            self.parameters(thing, node.args, scope)
        value: Value = frozenset({thing})
        for decorator in reversed(node.decorator_list):
            value = self.decorated(self.value(decorator, scope), value)
        self.bind(node.name, value, scope)

    def decorated(self, by: Value, value: Value) -> Value:
        """A function or a class with a decorator: what has it runs where it is called."""
        made: set[Thing] = set()
        for each in by:
            if each.kind == "code":
                made |= self.call_code(each, Given((value,)))
            elif each.name == "builtins.property":
                made |= value
            elif each.kind == "library" or each.kind == "thing" or each.kind == "data":
                self.effect(effect(each.name) if each.kind == "library" else Effect(), Given())
                made |= self.thing(each.name, {*value, each}, draws=each.draws) | value
        return frozenset(made)

    def parameters(self, thing: Thing, args: ast.arguments, scope: Scope) -> None:
        """What a function's parameters are if nothing is given."""
        positional = [*args.posonlyargs, *args.args]
        pairs = [*zip(positional[len(positional) - len(args.defaults) :], args.defaults, strict=True)]
        pairs += [(arg, default) for arg, default in zip(args.kwonlyargs, args.kw_defaults, strict=True) if default]
        for arg, default in pairs:
            thing.defaults[arg.arg] = self.value(default, scope)
            self.hold(thing, thing.defaults[arg.arg])
        for arg in (*positional, *args.kwonlyargs):
            if arg.annotation:
                self.value(arg.annotation, scope)

    # ---- Expressions.

    def value(self, node: ast.expr, scope: Scope) -> Value:
        self.steps += 1
        if self.steps > STEPS:
            raise TooMuchError
        before, self.at = self.at, node
        found = self.evaluated(node, scope)
        self.at = before
        return found

    def evaluated(self, node: ast.expr, scope: Scope) -> Value:
        match node:
            case ast.Constant() | ast.JoinedStr() | ast.FormattedValue():
                for child in ast.iter_child_nodes(node):
                    if isinstance(child, ast.expr):
                        self.consume(self.value(child, scope))
                return NOTHING
            case ast.Name():
                return self.load(node.id, scope)
            case ast.Attribute():
                return self.attribute(self.value(node.value, scope), node.attr)
            case ast.Subscript():
                value = self.value(node.value, scope)
                index = self.value(node.slice, scope)
                self.run_all(frozenset(each for each in value if each.made_by))
                return self.deep(value) | frozenset(each for each in index if each.kind == "thing")
            case ast.Call():
                return self.call(node, scope)
            case ast.Lambda():
                (thing,) = self.thing("", (), "code", code=node, scope=scope)
                self.parameters(thing, node.args, scope)
                return frozenset({thing})
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                return self.comprehension(node, scope)
            case ast.NamedExpr():
                value = self.value(node.value, scope)
                outer = scope
                while outer.parent and not outer.body and outer.own is COMPREHENSION:
                    outer = outer.parent
                self.store(node.target, value, outer)
                return value
            case ast.BoolOp():
                found = self.value(node.values[0], scope)
                with self.perhaps():
                    return found.union(*(self.value(each, scope) for each in node.values[1:]))
            case ast.IfExp():
                self.value(node.test, scope)
                with self.perhaps():
                    return self.value(node.body, scope) | self.value(node.orelse, scope)
            case ast.BinOp() | ast.UnaryOp() | ast.Compare():
                value = self.children(node, scope)
                self.run_all(frozenset(each for each in value if each.made_by))
                things = [each for each in value if each.kind != "data"]
                root = next((each.name for each in things if each.name), "")
                if things:
                    return self.thing(root, things)
                return self.data(self.deep(value) if any(each.holds for each in value) else ())
            case ast.List() | ast.Tuple() | ast.Set() | ast.Dict():
                return self.data(self.children(node, scope))
            case ast.Yield() | ast.YieldFrom() | ast.Await():
                value = self.value(node.value, scope) if node.value else NOTHING
                if self.frames:
                    self.frames[-1].extend(self.deep(value))
                return self.deep(value)
            case ast.Starred():
                value = self.value(node.value, scope)
                self.consume(value)
                return self.deep(value)
            case _:  # a slice
                return self.children(node, scope)

    def children(self, node: ast.AST, scope: Scope) -> Value:
        return frozenset().union(
            *(self.value(each, scope) for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr))
        )

    def attribute(self, value: Value, name: str) -> Value:
        found: set[Thing] = set()
        for each in value:
            if each.kind == "library":
                found |= self.part(f"{each.name}.{name}")
            elif each.kind == "thing" and each.made_by:
                self.run_all(frozenset({each}), named=name)  # it may be a property
                found |= self.deep({each})
            else:
                found |= self.deep({each})
        return frozenset(found)

    def comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope
    ) -> Value:
        inside = Scope(scope, self.now, own=COMPREHENSION)
        found: set[Thing] = set()
        with self.perhaps():
            for part in node.generators:
                value = self.value(part.iter, inside)
                self.consume(value)
                self.store(part.target, self.deep(value), inside)
                found |= self.deep(value) if isinstance(node, ast.GeneratorExp) else set()
                for test in part.ifs:
                    self.value(test, inside)
            parts = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
            for _ in range(2):
                for each in parts:
                    found |= self.value(each, inside)
        if isinstance(node, ast.GeneratorExp):
            return self.thing("", found, "data", lazy=True, code=node, scope=scope)
        return self.data(found)

    # ---- Calls.

    def call(self, node: ast.Call, scope: Scope) -> Value:
        if isinstance(node.func, ast.Name) and node.func.id == "super" and scope.holder("super") is None:
            inner: Scope | None = scope
            while inner and not inner.own:
                inner = inner.parent
            return inner.own if inner else NOTHING
        base = self.value(node.func.value, scope) if isinstance(node.func, ast.Attribute) else NOTHING
        called = NOTHING if isinstance(node.func, ast.Attribute) else self.value(node.func, scope)
        values, more, constants = [], NOTHING, []
        for arg in node.args:
            value = self.value(arg, scope)
            if isinstance(arg, ast.Starred):
                more |= value
            else:
                values.append(value)
        named = []
        for keyword in node.keywords:
            value = self.value(keyword.value, scope)
            if keyword.arg:
                named.append((keyword.arg, value))
            else:
                more |= self.deep(value)
        constants = [each.value for each in (*node.args, *(k.value for k in node.keywords)) if isinstance(each, ast.Constant)]
        given = Given(tuple(values), tuple(named), more, tuple(constants))
        if not isinstance(node.func, ast.Attribute):
            if not called:
                return self.data(given.all)
            plain = frozenset(each for each in called if each.kind == "thing" and not (each.made_by and not each.name))
            found = self.call_things(plain, given) if plain else NOTHING
            return found.union(*(self.call_thing(each, given) for each in called - plain))
        if any(each.kind in ("data", "thing") for each in base) or not base:
            self.consume(given.all)
            back = self.run_all(given.all)
        else:
            back = NOTHING
        if not base:  # a text or a number
            return self.data(given.all | back)
        return self.methods_of(base, node.func.attr, given, back)

    def call_thing(self, each: Thing, given: Given) -> Value:
        """Call what a name may lead to."""
        if each.kind == "code":
            return self.make(each, given) if isinstance(each.code, ast.ClassDef) else self.call_code(each, given)
        if each.kind == "library":
            return self.effect(effect(each.name), given, each.name)
        if each.kind == "data":
            return NOTHING  # it is none of those that can be called
        if each.made_by and not each.name:
            return self.method(each, "__call__", given)
        return self.call_things(frozenset({each}), given)

    def call_things(self, things: Value, given: Given) -> Value:
        """Call what a library made: a layer, a loss, a function with a decorator."""
        draws = "".join({letter for each in things for letter in each.draws})
        self.touch(draws)
        self.alter(self.deep(things | given.all))
        self.consume(given.all)
        back = self.run_all(things | given.all)
        return self.thing(min(each.name for each in things), things | given.all | back, draws=draws)

    def effect(self, what: Effect, given: Given, name: str = "") -> Value:
        """Call a part of a library."""
        if what.everything:
            self.everything()
        for letter in what.uses:
            self.read(letter)
        if name.startswith("matplotlib.pyplot.show") and given.all:
            self.touch("G")
        for letter in what.sets:
            if self.maybe:
                self.change(letter)
            else:
                self.set(letter)
                if letter == "G":  # all figures are closed
                    self.last["G"] = set()
        settled = given.has("random_state") or (given.has("seed") and name.startswith("sklearn"))
        chance = "" if not settled else "N"
        draws = "".join(letter for letter in what.draws if letter not in chance)
        self.touch("".join(letter for letter in what.changes if letter not in chance))
        if name == "builtins.open" and "r" in given.constants[1:2]:
            draws = "F"
        if given.has("out") or given.has("inplace"):
            self.alter(self.deep(given.all), data=True)
        if what.arguments and not (settled and name.startswith("sklearn")):
            self.alter(self.deep(given.all), data=what.arguments == "data")
        if not what.lazy and name not in ("builtins.iter", "builtins.type", "builtins.id", "builtins.isinstance"):
            self.consume(given.all)
        back = self.run_all(given.all)
        everything = given.all | back
        data = frozenset(each for each in everything if each.kind == "data")
        if what.gives == "data":
            return self.data()
        if what.gives == "view":
            return self.data(data, view=True)
        if what.gives == "container":
            return self.data(everything, lazy=what.lazy)
        things = self.deep(everything)
        if what.gives == "alike" and not any(each.kind == "thing" for each in things):
            return self.data(data, view=True)
        return self.thing(name, everything, draws=draws)

    def make(self, each: Thing, given: Given) -> Value:
        """A new thing of a class of the program."""
        draws = effect(each.name).draws if each.name else ""
        (thing,) = self.thing(each.name, {each, *given.all}, made_by=each, draws=draws)
        if each.name:
            self.effect(effect(each.name), Given())
        self.method(thing, "__init__", given, new=True)
        return frozenset({thing})

    def method(self, each: Thing, name: str, given: Given, back: Value = NOTHING, new: bool = False) -> Value:
        """Call a method of what a name may lead to."""
        if each.kind == "library":
            return self.effect(effect(f"{each.name}.{name}"), given, f"{each.name}.{name}")
        if each.kind == "code":
            if isinstance(each.code, ast.ClassDef):
                found = frozenset().union(*(self.call_code(m, given) for m in self.methods(each, name)))
                return found | self.make(each, given)
            return self.call_thing(each, given)
        if each.made_by:
            found = NOTHING
            methods = self.methods(each.made_by, name)
            for function in methods:
                static = any(
                    isinstance(d, ast.Name) and d.id == "staticmethod" for d in getattr(function.code, "decorator_list", ())
                )
                found |= self.call_code(function, given if static else given_self(each, given), frozenset({each}))
            if methods or new:
                return found
            if not each.name:
                self.alter(self.deep({each}), data=True)
                self.run_all(frozenset({each}) | given.all)
                return self.deep({each}) | self.deep(given.all)
        if each.kind == "data":
            return self.of_data(each, name, given, back)
        return self.of_things(frozenset({each}), each.name.split(".")[0], name, given, back)

    def of_data(self, each: Thing, name: str, given: Given, back: Value) -> Value:
        if each.lazy:
            self.consume({each})
        if effects.CHANGES_DATA.fullmatch(name) or given.has("inplace") or given.has("out"):
            self.put(frozenset({each}), given.all | back)
        if effects.DRAWS_FIGURES.fullmatch(name):
            self.touch("G")
            return self.thing("matplotlib", draws="G")
        if name == "sample" and not given.has("random_state"):
            self.touch("N")
        if effects.WRITES.fullmatch(name) and (given.all or given.constants) and name != "write":
            self.touch("F")
        held = {each, *given.all, *back}
        if effects.OF_ITS_OWN.fullmatch(name):
            held = {other for other in self.deep(held) if other.kind != "data"}
        return self.data(held, view=True)

    def of_things(self, things: Value, root: str, name: str, given: Given, back: Value) -> Value:
        """Call a method of what a library made."""
        if effects.WRITES.fullmatch(name):
            self.touch("F")
        if root == "pathlib":
            self.read("F") if effects.READS.fullmatch(name) else self.touch("F")
            return things
        whole = self.deep(things)
        back |= self.run_all(things)
        own = any(other.made_by for other in whole)
        known = root in effects.PRIVATE
        if known and effects.ASKS.fullmatch(name):
            if own:
                self.alter(whole)
            return self.data()
        if root == "keras" and name == "evaluate":  # which counts with the metrics, and changes nothing else
            self.alter(other for other in whole if own or other.name.startswith("keras.metrics"))
            return self.data()
        for each in things:
            self.hold(each, given.all | back)
        draws = "".join({letter for each in things for letter in each.draws})
        self.touch("K" if root == "keras" and effects.CALM.fullmatch(name) else draws)
        self.alter(whole)
        if root != "matplotlib":
            self.alter(self.deep(given.all), data=not known)
        if root == "numpy":
            if name in ("shuffle", "permuted"):
                self.alter(self.deep(given.all), data=True)
            return self.data()
        return things | self.thing(min(each.name for each in things), things | given.all | back, draws=draws)

    def methods_of(self, base: Value, name: str, given: Given, back: Value) -> Value:
        """Call a method of one of these: those of one library at once."""
        found: set[Thing] = set()
        groups: dict[str, set[Thing]] = {}
        for each in base:
            if each.kind == "thing" and not each.made_by:
                groups.setdefault(each.name.split(".")[0], set()).add(each)
            else:
                found |= self.method(each, name, given, back)
        for root, things in groups.items():
            found |= self.of_things(frozenset(things), root, name, given, back)
        return frozenset(found)

    def methods(self, each: Thing, name: str) -> list[Thing]:
        """The methods of that name of a class and of those that it comes from."""
        assert isinstance(each.code, ast.ClassDef)
        found = [
            Thing(each.born, "code", code=node, scope=each.scope, holds=set(), defaults={})
            for node in each.code.body
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name
        ]
        for base in each.holds:
            if base.kind == "code" and isinstance(base.code, ast.ClassDef):
                found += self.methods(base, name)
        return found

    def call_code(self, each: Thing, given: Given, own: Value = NOTHING) -> Value:
        """Run a function of the program; what it may give back."""
        node = each.code
        assert node is not None
        if node in self.stack:
            return self.deep(given.all)
        assert each.scope is not None
        if isinstance(node, ast.GeneratorExp):
            self.stack.append(node)
            found = self.comprehension(node, each.scope)
            self.stack.pop()
            return found
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        scope = Scope(each.scope, self.now, own=own)
        args = node.args
        positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
        known = dict(given.named)
        for name, value in zip(positional, given.values, strict=False):
            scope[name] = value
        for name in (*positional[len(given.values) :], *(arg.arg for arg in args.kwonlyargs)):
            scope[name] = known[name] if name in known else given.more | each.defaults.get(name, NOTHING)
        rest = frozenset().union(*given.values[len(positional) :], *known.values(), given.more)
        for extra in (args.vararg, args.kwarg):
            if extra:
                scope[extra.arg] = self.data(rest)
        self.stack.append(node)
        self.frames.append([])
        self.left.append(0)
        late = isinstance(node, ast.AsyncFunctionDef) or any(yields(node))
        with self.perhaps(late):
            if isinstance(node, ast.Lambda):
                self.frames[-1].extend(self.value(node.body, scope))
            else:
                self.block(node.body, scope)
        self.maybe -= self.left.pop()
        self.stack.pop()
        back = frozenset(self.frames.pop())
        if late:
            return self.data({each, *back, *given.all}, lazy=True)
        return back

    def run_all(self, value: Value, named: str = "") -> Value:
        """Somebody else's code may now run all functions of the program that these lead to; what they may give back."""
        found: set[Thing] = set()
        whole = self.deep(value)
        codes = [each for each in whole if each.code is not None]
        if not codes:
            return NOTHING
        things = frozenset(each for each in whole if each.kind != "code")
        with self.perhaps():
            for each in codes:
                if isinstance(each.code, ast.ClassDef):
                    instances = frozenset(other for other in whole if other.made_by is each)
                    for node in each.code.body:
                        if isinstance(node, ast.FunctionDef) and named in ("", node.name):
                            if (self.now, node) in self.ran or node in self.stack:
                                continue
                            self.ran.add((self.now, node))
                            function = Thing(each.born, "code", code=node, scope=each.scope)
                            everything = Given((instances or things,), more=things)
                            found |= self.call_code(function, everything, instances)
                elif not named and (self.now, each.code) not in self.ran and each.code not in self.stack:
                    self.ran.add((self.now, each.code))
                    found |= self.call_code(each, Given(more=things))
        return frozenset(found)


COMPREHENSION: Value = frozenset({Thing(-1, "library", "comprehension")})


def given_self(each: Thing, given: Given) -> Given:
    return Given((frozenset({each}), *given.values), given.named, given.more, given.constants)


def yields(node: ast.AST) -> Iterator[bool]:
    """Whether a function is a generator: a `yield` that is not in a function inside."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Yield | ast.YieldFrom):
            yield True
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef):
            yield from yields(child)


# ---- The cells of a page.


@dataclass(frozen=True)
class Unit:
    """Statements that share lines: nearly always one."""

    cell: int
    first: int
    last: int
    nodes: tuple[ast.stmt, ...]
    raises: str = ""


def units(number: int, cell: Cell, output: Output) -> Iterator[Unit]:
    """The statements of a cell, with the comments right above each; of one that must raise, as far as it went."""
    try:
        body = ast.parse(cell.code).body
    except SyntaxError:
        return
    lines = cell.code.split("\n")
    end, at = 0, 0
    while at < len(body):
        nodes = [body[at]]
        first = min([body[at].lineno, *(each.lineno for each in getattr(body[at], "decorator_list", ()))])
        last = body[at].end_lineno or first
        at += 1
        while at < len(body) and body[at].lineno <= last:
            nodes.append(body[at])
            last = max(last, body[at].end_lineno or last)
            at += 1
        begin = first
        while begin - 1 > end and lines[begin - 2].startswith("#"):
            begin -= 1
        raised = output.error is not None and first <= output.error.line <= last
        yield Unit(number, begin, last, tuple(nodes), cell.raises if raised else "")
        end = last
        if raised:
            return


def alone(cells: Sequence[Cell], outputs: Sequence[Output]) -> tuple[tuple[Lines, ...], ...]:
    """For each cell, the lines above that it needs to give alone what it gave."""
    walk, whole = Walk(), [[*units(*each)] for each in zip(range(1, len(cells) + 1), cells, outputs, strict=True)]
    flat = [unit for each in whole for unit in each]
    try:
        for unit in flat:
            if walk.now >= 0 and flat[walk.now].cell != unit.cell:
                walk.last["G"] = set()  # the figures that a cell leaves open are shown and closed
            walk.next([*unit.nodes], bool(unit.raises))
    except (TooMuchError, RecursionError):
        walk = everything_of(flat)
    found = []
    for number, (cell, output) in enumerate(zip(cells, outputs, strict=True), 1):
        own = {at for at, unit in enumerate(flat) if unit.cell == number}
        needed = closure(walk, own)
        if own and says_names(cell, output, [flat[at] for at in needed | own]):
            needed |= closure(walk, {at for at in walk.namers if at <= max(own)} | own)
        found.append(tuple(lines(flat, sorted(needed - own))))
    return tuple(found)


def everything_of(flat: Sequence[Unit]) -> Walk:
    walk = Walk()
    walk.needs = [{*range(at)} for at in range(len(flat))]
    return walk


def closure(walk: Walk, of: set[int]) -> set[int]:
    found: set[int] = set()
    todo = [*of]
    while todo:
        at = todo.pop()
        if at not in found:
            found.add(at)
            todo += walk.needs[at]
    return found - of


def says_names(cell: Cell, output: Output, needed: Iterable[Unit]) -> bool:
    """Whether a name that Keras gave may be seen: it counts all that it named before."""
    told = [output.stdout, output.text or "", output.error.message if output.error else ""]
    told += [
        node.value
        for unit in needed
        for each in unit.nodes
        for node in ast.walk(each)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return any(AUTOMATIC.search(text) for text in told)


def lines(flat: Sequence[Unit], needed: Sequence[int]) -> Iterator[Lines]:
    """The needed statements as lines, neighbours together."""
    at = 0
    while at < len(needed):
        first = last = flat[needed[at]]
        while (
            at + 1 < len(needed)
            and needed[at + 1] == needed[at] + 1
            and not last.raises
            and not flat[needed[at + 1]].raises
            and flat[needed[at + 1]].cell == first.cell
        ):
            at += 1
            last = flat[needed[at]]
        yield Lines(first.cell, first.first, last.last, last.raises)
        at += 1
