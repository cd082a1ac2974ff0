"""What each cell needs of those above it, so that it gives alone what it gives on its page.

Every statement is walked as Python would run it, a call of the program's own functions into their bodies. Of each name,
each thing that a name leads to, and each state of the process (effects.py) it is known which statement changed it
last; who uses it needs that statement, and what that needs. What may happen counts as happened, and what may not happen
leaves standing what was. Where nothing is known, everything above is needed.
"""

import ast
import contextlib
import hashlib
import itertools
import json
import os
import re
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from coursebuild.faults import writing
from coursebuild.read.model import Cell, Lesson
from coursebuild.run import effects
from coursebuild.run.effects import Effect, effect
from coursebuild.run.process import Run
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
    what is `lazy` is used up by reading it. Things that lead to each other are one: each is `part` of the first.
    `place` tells them apart in sets, whose order is then the same in every process.
    """

    place: int
    born: int
    kind: str = "data"  # data, thing, library, code
    name: str = ""
    view: bool = False
    lazy: bool = False
    draws: str = ""
    code: ast.AST | None = None
    scope: Scope | None = None
    number: int = -1
    defaults: dict[str, "Value"] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)  # of all that it is one with
    classes: set["Thing"] = field(default_factory=set)  # of the program, that it may be of
    bases: set["Thing"] = field(default_factory=set)  # of a class
    part: "Thing | None" = None

    def __hash__(self) -> int:
        return self.place


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

    def to(self, own: Value) -> "Given":
        """These, with what a method belongs to as the first."""
        return Given((own, *self.values), self.named, self.more, self.constants)

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
        self.made: dict[tuple[object, ...], Thing] = {}
        self.news = 0  # rises with each binding and each new way from thing to thing
        self.done: dict[tuple[object, ...], Value] = {}  # calls: what they gave, while there was nothing new
        self.count = itertools.count()
        self.things: list[Thing] = []
        self.leads: list[int] = []  # of each thing the bits of all that it leads to, itself included
        self.known: dict[int, Value] = {}  # the same, as sets

    def new(self, *what: Any, **how: Any) -> Thing:
        return Thing(next(self.count), *what, **how)

    def number(self, thing: Thing) -> int:
        """The number of a thing: its bit in what others lead to."""
        thing = whole(thing)
        if thing.number < 0:
            thing.number = len(self.things)
            self.things.append(thing)
            self.leads.append(1 << thing.number)
        return thing.number

    def bits(self, values: Iterable[Thing]) -> int:
        found, leads = 0, self.leads
        for each in values:
            at = each.number if each.number >= 0 and each.part is None else self.number(each)
            found |= leads[at]
        return found

    def deep(self, values: Iterable[Thing]) -> Value:
        """All that these lead to, themselves included."""
        bits = self.bits(values)
        if bits not in self.known:
            digits = bin(bits)[:1:-1]
            self.known[bits] = frozenset(whole(self.things[at]) for at, digit in enumerate(digits) if digit == "1")
        return self.known[bits]

    def items(self, value: Value) -> Value:
        """What may be taken out of these, one after the other."""
        return self.deep(value) - frozenset(each for each in value if each.lazy)

    def lead(self, thing: Thing, values: Iterable[Thing]) -> None:
        """From now on, a thing leads to these as well, and so does what leads to it."""
        at, more = self.number(thing), self.bits(values)
        if more & ~self.leads[at]:
            self.news += 1
            self.leads = [bits | more if bits >> at & 1 else bits for bits in self.leads]

    def hold(self, thing: Thing, values: Iterable[Thing]) -> None:
        """A thing leads to these; things of libraries become one with those that they lead to."""
        thing = whole(thing)
        if thing.kind != "thing" or not thing.names:
            self.lead(thing, values)
            return
        everything = self.deep(values)
        for each in everything:
            if each.kind == "thing" and each.names:
                thing = self.join(thing, each)
        kinds = {"code", "thing"} if calm(thing) else {"code", "thing", "data"}
        self.lead(thing, [each for each in everything if each.kind in kinds])

    def join(self, one: Thing, other: Thing) -> Thing:
        one, other = whole(one), whole(other)
        if one is other:
            return one
        if other.born < one.born:
            one, other = other, one
        self.lead(one, {other})
        self.lead(other, {one})
        other.part = one
        one.names |= other.names
        one.classes |= other.classes
        one.draws = "".join(sorted({*one.draws, *other.draws}))
        if last := self.last.pop(other, None):
            self.last[one] = self.last.get(one, set()) | last
        self.known.clear()
        return one

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
        if isinstance(what, str) and what in "PNT" and what not in self.last:
            return  # it has had no seed: no page can show what comes of it
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
        everything = self.deep(value)
        for each in everything:
            self.read(each)
        return everything

    def alter(self, value: Iterable[Thing], data: bool = False) -> None:
        """Things may change; with `data`, plain data too, and that with which it shares memory."""
        todo, done = [*value], set()
        while todo:
            each = whole(todo.pop())
            if each not in done and (each.kind == "thing" or (data and each.kind == "data")):
                done.add(each)
                self.change(each)
                if each.view:
                    todo += (other for other in self.deep({each}) if other.kind == "data")

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
            value |= scope[name]
        else:
            self.change(resource) if self.maybe else self.set(resource)
        if scope.born != self.now and scope.get(name) != value:
            self.news += 1
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
        return frozenset({self.parts.setdefault(name, self.new(-1, "library", name))})

    def store(self, target: ast.expr, value: Value, scope: Scope) -> None:
        """Give a value to what stands to the left of a sign of equality."""
        match target:
            case ast.Name():
                self.bind(target.id, value, scope)
            case ast.Tuple() | ast.List():
                self.consume(value)
                for each in target.elts:
                    self.store(each, self.items(value), scope)
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
            if any(name.startswith("matplotlib") for name in whole(each).names):
                self.touch("G")
        self.alter(into, data=True)
        if any(each.kind == "code" for each in into):
            for each in into:
                self.change(each)

    def data(self, value: Collection[Thing] = (), **how: bool) -> Value:
        """New data that holds these."""
        return self.thing("", value, "data", **how)

    def thing(self, name: str, value: Collection[Thing] = (), kind: str = "thing", **how: Any) -> Value:
        """What a statement makes: one of a kind for itself, and one for each function that it runs."""
        where = (self.now, self.stack[-1] if self.stack else None, kind, name, bool(value), *how.values())
        if where not in self.made:
            self.made[where] = self.new(self.now, kind, name, **how)
            self.made[where].names |= {name} if name and kind == "thing" else set()
        self.hold(self.made[where], value)
        return frozenset({whole(self.made[where])})

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
                        self.store(node.target, self.items(value), scope)
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
                            if bound := getattr(inner, "name", None) or getattr(inner, "rest", None):
                                self.bind(bound, self.deep(value), scope)
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
            names = [name for each in value for name in whole(each).names or {each.name}]
            scoped = scoped or any(effects.SCOPED.fullmatch(name) for name in names)
            suppressed = suppressed or not names or any(effects.SUPPRESSES.fullmatch(name) for name in names)
            suppressed = suppressed or any(each.kind != "thing" or whole(each).classes for each in value)
            self.alter(value)
            self.run_all(frozenset(each for each in value if whole(each).classes or each.code or each.lazy))
            if item.optional_vars:
                with self.perhaps(suppressed):
                    self.store(item.optional_vars, value, scope)
        with self.perhaps(suppressed):
            self.block(node.body, scope)
        if scoped:
            self.last["S"] = kept["S"]

    def define(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, scope: Scope) -> None:
        thing = self.new(self.now, "code", code=node, scope=scope)
        if isinstance(node, ast.ClassDef):
            for base in (*node.bases, *(each.value for each in node.keywords)):
                thing.bases |= self.value(base, scope)
            self.hold(thing, (each for each in thing.bases if each.kind != "library"))
            bases = [each.name for each in thing.bases if each.kind == "library"]
            bases += [each.name for each in thing.bases if each.kind == "code"]
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
            else:
                what = effect(each.name) if each.kind == "library" else Effect()
                self.effect(what, Given())
                names = {name for name in whole(each).names or {each.name} if name} or {"functools"}
                made |= self.thing(min(names), value, draws=what.draws or whole(each).draws) | value
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
                self.run_all(frozenset(each for each in value if whole(each).classes))
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
                self.run_all(frozenset(each for each in value if whole(each).classes))
                things = [each for each in value if each.kind != "data"]
                if things:
                    return frozenset(things)
                joins = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.BitOr | ast.Mult)
                return self.data(value if joins else ())
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
            elif whole(each).classes:
                self.run_all(frozenset({each}), named=name)  # it may be a property
        return self.deep(each for each in value if each.kind != "library") | found

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp, scope: Scope) -> Value:
        inside = Scope(scope, self.now, own=COMPREHENSION)
        found: set[Thing] = set()
        with self.perhaps():
            for part in node.generators:
                value = self.value(part.iter, inside)
                self.consume(value)
                self.store(part.target, self.items(value), inside)
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
            while inner and (not inner.own or inner.own is COMPREHENSION):
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
        constants = [
            each.value for each in (*node.args, *(k.value for k in node.keywords)) if isinstance(each, ast.Constant)
        ]
        given = Given(tuple(values), tuple(named), more, tuple(constants))
        if not isinstance(node.func, ast.Attribute):
            if not called:
                return self.data(given.all)
            things = frozenset(whole(each) for each in called if each.kind == "thing")
            found = self.call_things(things, given) if things else NOTHING
            return found.union(*(self.call_thing(each, given) for each in called if each.kind != "thing"))
        if any(each.kind in ("data", "thing") for each in base) or not base:
            self.consume(given.all)
            back = self.run_all(given.all)
        else:
            back = NOTHING
        if not base:  # a text or a number
            return self.data(given.all | back)
        return self.methods_of(base, node.func.attr, given, back)

    def call_thing(self, each: Thing, given: Given) -> Value:
        """Call a function or a class. Data cannot be called: it stands here because it is held beside what can."""
        if each.kind == "code":
            return self.make(each, given) if isinstance(each.code, ast.ClassDef) else self.call_code(each, given)
        return self.effect(effect(each.name), given, each.name) if each.kind == "library" else NOTHING

    def call_things(self, things: Value, given: Given) -> Value:
        """Call what a library or a class of the program made: a layer, a loss, a function with a decorator."""
        names = {name for each in things for name in each.names}
        found = NOTHING
        if any(each.classes and not each.names for each in things):
            found = self.methods_of(things, "__call__", given, NOTHING)
            if not names:
                return found
        self.touch("".join({letter for each in things for letter in each.draws}))
        self.alter(self.deep(things))
        self.consume(given.all)
        found |= self.run_all(things | given.all)
        if names and all(effects.MEASURE.fullmatch(name) for name in names):  # it only looks at what it is given
            return found | self.data()
        self.alter(self.deep(given.all))
        for each in things:
            self.hold(each, given.all)
        return found | {whole(each) for each in things}

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
        known = self.deep(everything)
        if not what.lazy and any(each.lazy for each in known):  # what it gave is left
            everything = frozenset(each for each in known if not each.lazy)
        data = frozenset(each for each in everything if each.kind == "data")
        if what.gives == "data":
            return self.data()
        if what.gives == "view":
            return self.data(data, view=True)
        if what.gives == "container":
            return self.data(everything, lazy=what.lazy)
        things = self.deep(everything)
        if what.gives == "alike":
            return frozenset(each for each in things if each.kind == "thing") or self.data(data, view=True)
        return self.thing(name, everything, draws=draws)

    def make(self, each: Thing, given: Given) -> Value:
        """A new thing of a class of the program."""
        if each.name:
            self.effect(effect(each.name), Given())
        (thing,) = self.thing(each.name, (), draws=effect(each.name).draws if each.name else "", scope=each.scope)
        thing.classes.add(each)
        self.hold(thing, {each, *given.all})
        thing = whole(thing)
        own: Value = frozenset({thing})
        for function in self.methods(each, "__init__"):
            self.call_code(function, given.to(own), own)
        if not each.name and not self.methods(each, "__init__"):
            self.run_all(own)  # an enumeration, a tuple with names
        return frozenset({whole(thing)})

    def methods_of(self, base: Value, name: str, given: Given, back: Value) -> Value:
        """Call a method of one of these."""
        found: set[Thing] = set()
        data, things = set(), set()
        for each in map(whole, base):
            if each.kind == "library":
                found |= self.effect(effect(f"{each.name}.{name}"), given, f"{each.name}.{name}")
            elif each.kind == "data":
                data.add(each)
            elif each.kind == "thing":
                things.add(each)
            elif isinstance(each.code, ast.ClassDef):
                for function in self.methods(each, name):
                    found |= self.call_code(function, given) | self.call_code(function, given.to(frozenset({each})))
                found |= self.make(each, given)
            else:
                found |= self.call_code(each, given)
        if data:
            found |= self.of_data(frozenset(data), name, given, back)
        foreign: set[Thing] = set()
        for each in things:
            methods = [method for one in each.classes for method in self.methods(one, name)]
            own = frozenset({each})
            for function in methods:
                static = any(
                    isinstance(by, ast.Name) and by.id == "staticmethod"
                    for by in getattr(function.code, "decorator_list", ())
                )
                found |= self.call_code(function, given if static else given.to(own), own)
            if each.names and not (methods and len(each.names) == 1):
                foreign.add(whole(each))
            elif not methods:
                self.alter(self.deep(own), data=True)
                found |= self.run_all(own | given.all) | self.deep(own) | self.deep(given.all)
        if foreign:
            found |= self.of_things(frozenset(foreign), name, given, back)
        return frozenset(found)

    def of_data(self, base: Value, name: str, given: Given, back: Value) -> Value:
        self.consume(each for each in base if each.lazy)
        if effects.CHANGES_DATA.fullmatch(name) or given.has("inplace") or given.has("out"):
            self.put(base, given.all | back)
        if effects.DRAWS_FIGURES.fullmatch(name):
            self.touch("G")
            return self.thing("matplotlib", draws="G")
        if name == "sample" and not given.has("random_state"):
            self.touch("N")
        if effects.WRITES.fullmatch(name) and (given.all or given.constants) and name != "write":
            self.touch("F")
        held = base | given.all | back
        if effects.OF_ITS_OWN.fullmatch(name):
            held = frozenset(other for other in self.deep(held) if other.kind != "data")
        return self.data(held, view=True)

    def of_things(self, things: Value, name: str, given: Given, back: Value) -> Value:
        """Call a method of what libraries made."""
        roots = {each.split(".")[0] for thing in things for each in thing.names}
        if effects.WRITES.fullmatch(name):
            self.touch("F")
        if roots == {"pathlib"}:
            self.read("F") if effects.READS.fullmatch(name) else self.touch("F")
            return things
        everything = self.deep(things)
        back |= self.run_all(things)
        own = any(other.classes for other in everything)
        known = roots <= {*effects.KNOWN}
        if known and effects.ASKS.fullmatch(name):
            if own:
                self.alter(everything)
            return self.data()
        keras = roots <= {"keras", "tensorflow"}
        if keras and name == "evaluate":  # which counts with the metrics, and changes nothing else
            if own or any(each.startswith("keras.metrics") for thing in things for each in thing.names):
                self.alter(everything)
            return self.data()
        self.touch("K" if keras and effects.CALM.fullmatch(name) else "".join({x for t in things for x in t.draws}))
        self.alter(everything)
        if roots != {"matplotlib"}:
            self.alter(self.deep(given.all), data=not known)
        if roots == {"numpy"}:
            if name in ("shuffle", "permuted"):
                self.alter(self.deep(given.all), data=True)
            return self.data()
        for each in things:
            self.hold(each, given.all | back)
        if keras and name in ("fit", "gradient", "result"):  # a record; numbers
            return self.data()
        return frozenset(whole(each) for each in things) | back

    def function(self, node: ast.AST, of: Thing) -> Thing:
        return self.made.setdefault((node,), self.new(of.born, "code", code=node, scope=of.scope))

    def methods(self, each: Thing, name: str) -> list[Thing]:
        """The methods of that name of a class and of those that it comes from."""
        assert isinstance(each.code, ast.ClassDef)
        found = []
        for node in each.code.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == name:
                found.append(self.function(node, each))
        for base in each.bases:
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
        call = (self.now, each, each.scope, given, own)
        if (known_already := self.done.get((*call, self.news))) is not None:
            return known_already
        scope = Scope(each.scope, self.now, own=own)
        args = node.args
        positional = [arg.arg for arg in (*args.posonlyargs, *args.args)]
        known = dict(given.named)
        scope.update(zip(positional, given.values, strict=False))
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
            back = self.data({each, *back, *given.all}, lazy=True)
        self.done[(*call, self.news)] = back
        return back

    def run_all(self, value: Value, named: str = "") -> Value:
        """Somebody else's code may now run all functions of the program that these lead to; what they may give back."""
        found: set[Thing] = set()
        everything = self.deep(value)
        codes = [each for each in everything if each.code is not None]
        if not codes:
            return NOTHING
        things = frozenset(each for each in everything if each.kind != "code")
        with self.perhaps():
            for each in codes:
                own = things
                functions = [each]
                if isinstance(each.code, ast.ClassDef):
                    own = frozenset(other for other in everything if each in other.classes) or things
                    functions = [
                        self.function(node, each)
                        for node in each.code.body
                        if isinstance(node, ast.FunctionDef) and named in ("", node.name)
                    ]
                elif named:
                    continue
                for function in functions:
                    assert function.code is not None
                    if (self.now, function.code) not in self.ran and function.code not in self.stack:
                        self.ran.add((self.now, function.code))
                        found |= self.call_code(
                            function, Given((own,), more=things), own if own is not things else NOTHING
                        )
        return frozenset(found)


COMPREHENSION: Value = frozenset({Thing(-1, -1, "library", "comprehension")})


def whole(thing: Thing) -> Thing:
    """The one that a thing has become part of."""
    while thing.part:
        thing = thing.part
    return thing


def calm(thing: Thing) -> bool:
    """Whether it keeps none of the data that it is given."""
    return all(name.startswith(("keras", "tensorflow.GradientTape", "numpy", "matplotlib")) for name in thing.names)


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


def kept(folder: Path, lesson: Lesson, run: Run) -> tuple[tuple[Lines, ...], ...]:
    """What `alone` says of a lesson, from what is kept of it in a folder, if that is of the same code and run."""
    sources = [Path(each).read_bytes() for each in (__file__, str(effects.__file__))]
    told = [
        (cell.code, cell.raises, output.error and output.error.line, names_in(output), output.late)
        for cell, output in zip(lesson.cells, run.outputs, strict=True)
    ]
    key = hashlib.sha256(b"".join(sources) + json.dumps([sys.version, told]).encode()).hexdigest()
    path = folder / lesson.name.with_suffix(".json")
    with contextlib.suppress(OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        known = json.loads(path.read_bytes())
        if known["key"] == key:
            return tuple(tuple(Lines(*each) for each in lines) for lines in known["lines"])
    found = alone(lesson.cells, run.outputs)
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"key": key, "lines": [[astuple(each) for each in lines] for lines in found]}))
        part.replace(path)
    return found


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
    for number, output in enumerate(outputs, 1):
        own = {at for at, unit in enumerate(flat) if unit.cell == number}
        needed = closure(walk, own)
        if output.late:  # what the program's end prints may come from anything above
            needed = {*range(len(flat))} - own
        if own and says_names(output, [flat[at] for at in needed | own]):
            named = {at for at in walk.namers if at <= max(own)}
            needed |= named | closure(walk, named | own)
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


def names_in(output: Output) -> bool:
    """Whether what a cell gave has what may be a name that Keras gave: it counts all that it named before."""
    told = (output.stdout, output.text or "", output.error.message if output.error else "")
    return any(AUTOMATIC.search(text) for text in told)


def says_names(output: Output, needed: Iterable[Unit]) -> bool:
    """Whether a name that Keras gave may be seen, or asked for."""
    told = (
        node.value
        for unit in needed
        for each in unit.nodes
        for node in ast.walk(each)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    )
    return names_in(output) or any(AUTOMATIC.search(text) for text in told)


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
