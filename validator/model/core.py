"""Classes for a registry's files that need pydantic's compiled core alone, not pydantic.

To import pydantic and to build its models takes longer than to judge a proposal. Both are done beforehand:
`core_table.py` holds the schemas that pydantic makes of `definition.py`.
"""

import functools
import sys
from collections.abc import Callable, Mapping
from importlib.machinery import PathFinder
from importlib.util import find_spec, module_from_spec
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self

__all__ = ["Schemas", "Shape", "ValidationError", "module_alone", "read_table", "validate_field"]
Table = Mapping[str, Mapping[str, Any]]  # the name of a class → its schema, with names in place of Python's objects

_NAMED = ("cls", "default_factory", "discriminator", "function")  # the keys of a schema that hold Python's objects


def module_alone(name: str) -> Any:
    """A module of a package, `package.module`, without running the package's own code."""
    if name not in sys.modules:
        package = find_spec(name.partition(".")[0])
        spec = package and PathFinder.find_spec(name, package.submodule_search_locations)
        assert spec, "this program depends on the package"
        assert spec.loader, "a module has one"
        sys.modules[name] = module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


# The other modules of the package, types and annotations, take six times as long to import.
_core = module_alone("pydantic_core._pydantic_core")
if TYPE_CHECKING:
    from pydantic_core import ValidationError
else:
    ValidationError = _core.ValidationError


class Shape:
    """A frozen value with the methods of pydantic's models that are used. `model_fields` are the names of its fields.

    Two are equal if they are of one class and have the same fields.
    """

    # The core sets these.
    __slots__ = ("__dict__", "__pydantic_extra__", "__pydantic_fields_set__", "__pydantic_private__")
    __pydantic_fields_set__: set[str]
    model_fields: ClassVar[tuple[str, ...]]
    schemas: ClassVar["Schemas"]

    def __init__(self, **fields: Any) -> None:
        self.schemas.validator(type(self).__name__).validate_python(fields, self_instance=self)

    @classmethod
    def model_validate(cls, value: Any) -> Self:
        """A value from what a reader has read. Raises ValidationError."""
        made: Self = cls.schemas.validator(cls.__name__).validate_python(value)
        return made

    @classmethod
    def model_validate_json(cls, text: str) -> Self:
        """A value from JSON. Raises ValidationError."""
        made: Self = cls.schemas.validator(cls.__name__).validate_json(text)
        return made

    def model_dump(self, **options: Any) -> dict[str, Any]:
        """The fields as a dictionary, with the options that pydantic has."""
        fields: dict[str, Any] = self.schemas.serializer(type(self).__name__).to_python(self, **options)
        return fields

    def model_dump_json(self, **options: Any) -> str:
        """The fields as JSON, with the options that pydantic has."""
        text: bytes = self.schemas.serializer(type(self).__name__).to_json(self, **options)
        return text.decode()

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """The same but for some fields, which are not validated."""
        copy = object.__new__(type(self))
        object.__setattr__(copy, "__dict__", {**self.__dict__, **update})
        object.__setattr__(copy, "__pydantic_extra__", None)
        object.__setattr__(copy, "__pydantic_fields_set__", self.__pydantic_fields_set__ | update.keys())
        return copy

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is frozen")


class Schemas:
    """A table of schemas, the classes that it describes, and the functions that it names."""

    def __init__(self, table: Table, functions: Mapping[str, Callable[..., Any]]) -> None:
        self.classes = {name: self._class(name, tuple(schema["schema"]["fields"])) for name, schema in table.items()}
        self._table, self._objects = table, {**functions, **self.classes}

    @functools.cache  # noqa: B019 - there is one table
    def validator(self, name: str) -> Any:
        """What validates values of a class."""
        return _core.SchemaValidator(self._whole({"type": "definition-ref", "schema_ref": name}))

    @functools.cache  # noqa: B019
    def serializer(self, name: str) -> Any:
        """What makes dictionaries and JSON of values of a class."""
        return _core.SchemaSerializer(self._whole({"type": "definition-ref", "schema_ref": name}))

    @functools.cache  # noqa: B019
    def field_validator(self, name: str, field: str) -> Any:
        """What validates one field of a class by itself."""
        schema = self._with_objects(self._table[name]["schema"]["fields"][field]["schema"])
        return _core.SchemaValidator(self._whole(schema), {"strict": True})

    def _whole(self, schema: Any) -> dict[str, Any]:
        return {"type": "definitions", "schema": schema, "definitions": self._definitions}

    @functools.cached_property
    def _definitions(self) -> list[Any]:
        return [{**self._with_objects(schema), "ref": name} for name, schema in self._table.items()]

    def _with_objects(self, schema: Any) -> Any:
        if isinstance(schema, Mapping):
            return {
                key: self._objects[value] if key in _NAMED and isinstance(value, str) else self._with_objects(value)
                for key, value in schema.items()
            }
        return list(map(self._with_objects, schema)) if isinstance(schema, list) else schema

    def _class(self, name: str, fields: tuple[str, ...]) -> type[Shape]:
        return type(name, (Shape,), {"__slots__": (), "model_fields": fields, "schemas": self})


def validate_field(shape: type, field: str, value: Any) -> Any:
    """One field's value by itself, as a value of the class would have it. Raises ValidationError."""
    schemas: Schemas = shape.schemas  # type: ignore[attr-defined]  # to type checkers it is a class of the definition
    return schemas.field_validator(shape.__name__, field).validate_python(value)


def read_table(version: str = _core.__version__) -> Table:
    """The table for a version of the core: the one that is written, or made now by pydantic for any other version."""
    from validator.model.core_table import PYDANTIC_CORE, TABLE

    if version == PYDANTIC_CORE:
        return TABLE
    from validator.model.encoding import table

    return table()
