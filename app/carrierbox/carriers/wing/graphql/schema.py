"""The schema as Hasura derives it from tables; what clients are shown of it, and what arguments are checked against."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLArgumentMap,
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLField,
    GraphQLFloat,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
)

from carrierbox.carriers.wing.graphql import figures
from carrierbox.carriers.wing.graphql.comparisons import OPERATORS, Operator
from carrierbox.carriers.wing.graphql.model import Column, Root, Table
from carrierbox.carriers.wing.graphql.scalars import Type
from carrierbox.carriers.wing.graphql.tables import ROOTS, TABLES

ORDERS = ("asc", "asc_nulls_first", "asc_nulls_last", "desc", "desc_nulls_first", "desc_nulls_last")
_SCALARS: Mapping[Type, GraphQLScalarType] = {
    "bigint": GraphQLScalarType("bigint"),
    "Int": GraphQLInt,
    "String": GraphQLString,
    "Boolean": GraphQLBoolean,
    "timestamp": GraphQLScalarType("timestamp"),
    "jsonb": GraphQLScalarType("jsonb"),
}
_ORDER_BY = GraphQLEnumType("order_by", {name: name for name in ORDERS}, description="column ordering options")


def _all(item: GraphQLInputType) -> GraphQLList[Any]:
    return GraphQLList(GraphQLNonNull(item))


def _wanted(kind: Type, operator: Operator) -> GraphQLInputType:
    match operator.wants:
        case "value":
            return _SCALARS[kind]
        case "list":
            return _all(_SCALARS[kind])
        case "Boolean":
            return GraphQLBoolean
        case "String":
            return GraphQLString
        case _:
            return _all(GraphQLString)


_COMPARISONS: Mapping[Type, GraphQLInputObjectType] = {
    kind: GraphQLInputObjectType(
        f"{kind}_comparison_exp",
        {name: GraphQLInputField(_wanted(kind, each), description=each.about or None) for name, each in known.items()},
        description=f"Boolean expression to compare columns of type '{kind}'. All fields are combined with AND.",
    )
    for kind, known in OPERATORS.items()
}


@cache
def schema() -> GraphQLSchema:
    """The schema that answers every query."""
    fields: dict[str, GraphQLField] = {}
    for root in ROOTS:
        fields |= _root(root)
    return GraphQLSchema(GraphQLObjectType("query_root", fields))


def _root(root: Root) -> dict[str, GraphQLField]:
    table = root.table
    fields = {
        table.name: GraphQLField(
            GraphQLNonNull(_all_of(rows(table.name))),
            _list_arguments(table),
            description=f"fetch data from {table.name}",
        ),
        f"{table.name}_aggregate": GraphQLField(
            GraphQLNonNull(_aggregate(table.name)),
            _list_arguments(table),
            description=f"fetch aggregated fields from {table.name}",
        ),
    }
    if root.has_key:
        fields[f"{table.name}_by_pk"] = GraphQLField(
            rows(table.name),
            {"id": GraphQLArgument(GraphQLNonNull(_SCALARS["bigint"]))},
            description=f"fetch data from {table.name} using primary key columns",
        )
    return fields


def _all_of(item: GraphQLOutputType) -> GraphQLList[Any]:
    return GraphQLList(GraphQLNonNull(item))


@cache
def rows(name: str) -> GraphQLObjectType:
    """The type of a table's rows."""
    table = TABLES[name]

    def fields() -> dict[str, GraphQLField]:
        found = {column: GraphQLField(_output(each), _path(each)) for column, each in table.columns.items()}
        for relation, each in table.relations.items():
            target = TABLES[each.table]
            if not each.many:
                found[relation] = GraphQLField(rows(target.name), description="An object relationship")
                continue
            found[relation] = GraphQLField(
                GraphQLNonNull(_all_of(rows(target.name))), _list_arguments(target), description="An array relationship"
            )
            found[f"{relation}_aggregate"] = GraphQLField(
                GraphQLNonNull(_aggregate(target.name)),
                _list_arguments(target),
                description="An aggregate relationship",
            )
        return dict(sorted(found.items()))

    return GraphQLObjectType(name, fields, description=f"columns and relationships of '{name}'")


def _output(column: Column) -> GraphQLOutputType:
    kind = _SCALARS[column.type]
    return GraphQLNonNull(kind) if column.required else kind


def _path(column: Column) -> GraphQLArgumentMap:
    return {"path": GraphQLArgument(GraphQLString, description="JSON select path")} if column.type == "jsonb" else {}


def _list_arguments(table: Table) -> GraphQLArgumentMap:
    return {
        "distinct_on": GraphQLArgument(_all(_columns(table.name)), description="distinct select on columns"),
        "limit": GraphQLArgument(GraphQLInt, description="limit the number of rows returned"),
        "offset": GraphQLArgument(GraphQLInt, description="skip the first n rows. Use only with order_by"),
        "order_by": GraphQLArgument(_all(_order_by(table.name)), description="sort the rows by one or more columns"),
        "where": GraphQLArgument(_condition(table.name), description="filter the rows returned"),
    }


@cache
def _columns(name: str) -> GraphQLEnumType:
    return GraphQLEnumType(
        f"{name}_select_column",
        {column: column for column in sorted(TABLES[name].columns)},
        description=f"select columns of table '{name}'",
    )


@cache
def _condition(name: str) -> GraphQLInputObjectType:
    table = TABLES[name]

    def fields() -> dict[str, GraphQLInputField]:
        found: dict[str, GraphQLInputType] = {
            "_and": _all(_condition(name)),
            "_not": _condition(name),
            "_or": _all(_condition(name)),
        }
        found |= {column: _COMPARISONS[each.type] for column, each in sorted(table.columns.items())}
        found |= {relation: _condition(each.table) for relation, each in sorted(table.relations.items())}
        return _inputs(found)

    return GraphQLInputObjectType(
        f"{name}_bool_exp",
        fields,
        description=f"Boolean expression to filter rows from the table '{name}'. All fields are combined with AND.",
    )


@cache
def _order_by(name: str) -> GraphQLInputObjectType:
    table = TABLES[name]

    def fields() -> dict[str, GraphQLInputField]:
        found: dict[str, GraphQLInputType] = dict.fromkeys(table.columns, _ORDER_BY)
        for relation, each in table.relations.items():
            if each.many:
                found[f"{relation}_aggregate"] = _aggregate_order_by(each.table)
            else:
                found[relation] = _order_by(each.table)
        return _inputs(dict(sorted(found.items())))

    return GraphQLInputObjectType(
        f"{name}_order_by", fields, description=f"Ordering options when selecting data from '{name}'."
    )


@cache
def _aggregate_order_by(name: str) -> GraphQLInputObjectType:
    found: dict[str, GraphQLInputType] = {"count": _ORDER_BY}
    for figure, columns in figures.over(TABLES[name]):
        fields: dict[str, GraphQLInputType] = dict.fromkeys(columns, _ORDER_BY)
        found[figure] = GraphQLInputObjectType(f"{name}_{figure}_order_by", _inputs(fields))
    return GraphQLInputObjectType(f"{name}_aggregate_order_by", _inputs(found))


@cache
def _aggregate(name: str) -> GraphQLObjectType:
    """The figures over rows, and the rows."""
    return GraphQLObjectType(
        f"{name}_aggregate",
        lambda: {
            "aggregate": GraphQLField(_aggregate_fields(name)),
            "nodes": GraphQLField(GraphQLNonNull(_all_of(rows(name)))),
        },
        description=f"aggregated selection of '{name}'",
    )


def _aggregate_fields(name: str) -> GraphQLObjectType:
    counted = {
        "columns": GraphQLArgument(_all(_columns(name))),
        "distinct": GraphQLArgument(GraphQLBoolean),
    }
    found = {"count": GraphQLField(GraphQLNonNull(GraphQLInt), counted)}
    for figure, columns in figures.over(TABLES[name]):
        fields = {
            column: GraphQLField(_SCALARS[each.type] if figure in figures.KEEP_TYPE else GraphQLFloat)
            for column, each in columns.items()
        }
        found[figure] = GraphQLField(GraphQLObjectType(f"{name}_{figure}_fields", fields))
    return GraphQLObjectType(f"{name}_aggregate_fields", found, description=f"aggregate fields of '{name}'")


def _inputs(fields: Mapping[str, GraphQLInputType]) -> dict[str, GraphQLInputField]:
    return {name: GraphQLInputField(kind) for name, kind in fields.items()}
