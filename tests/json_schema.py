"""Says where a value breaks a JSON Schema: the words of the schema that Huoqun ships, and no others.

Written apart from the library that makes the schema, so that a test compares the two. Unknown words are an error.
"""

import re
from typing import Any

KNOWN = {"title", "description", "default", "type", "enum", "const", "format", "anyOf", "$ref", "$defs", "$schema"}
KNOWN |= {"properties", "required", "additionalProperties", "items", "prefixItems", "minItems", "maxItems"}
KNOWN |= {"minimum", "maximum"}
KINDS: dict[str, Any] = {"string": str, "number": (int, float), "integer": int, "boolean": bool, "array": list}
KINDS |= {"object": dict, "null": type(None)}
FORMATS = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
}


def faults(value: Any, schema: dict[str, Any], whole: dict[str, Any] | None = None, at: str = "$") -> list[str]:
    """Every place of `value` that the schema does not allow, with what is wrong there."""
    whole = whole or schema
    assert set(schema) <= KNOWN, f"{at}: the schema uses {set(schema) - KNOWN}"
    if "$ref" in schema:
        return faults(value, whole["$defs"][schema["$ref"].removeprefix("#/$defs/")], whole, at)
    if "anyOf" in schema:
        tried = [faults(value, one, whole, at) for one in schema["anyOf"]]
        return [] if [] in tried else min(tried, key=len)
    if "enum" in schema and value not in schema["enum"]:
        return [f"{at}: {value!r} is none of {schema['enum']}"]
    if "const" in schema and value != schema["const"]:
        return [f"{at}: {value!r} is not {schema['const']!r}"]
    if "type" in schema:
        boolean = isinstance(value, bool) and schema["type"] != "boolean"
        if boolean or not isinstance(value, KINDS[schema["type"]]):
            return [f"{at}: {value!r} is no {schema['type']}"]
    found = [f"{at}: {value!r} is no {schema['format']}"] if _misshapen(value, schema) else []
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at}: {value} is out of bounds")
    return found + _inside(value, schema, whole, at)


def _misshapen(value: Any, schema: dict[str, Any]) -> bool:
    return "format" in schema and not FORMATS[schema["format"]].fullmatch(value)


def _inside(value: Any, schema: dict[str, Any], whole: dict[str, Any], at: str) -> list[str]:
    found: list[str] = []
    if isinstance(value, dict):
        known, more = schema.get("properties", {}), schema.get("additionalProperties", True)
        found += [f"{at}: {key} is missing" for key in schema.get("required", ()) if key not in value]
        for key, one in value.items():
            if key in known or isinstance(more, dict):
                found += faults(one, known.get(key, more), whole, f"{at}.{key}")
            elif more is False:
                found.append(f"{at}: {key} is not known")
    if isinstance(value, list):
        if not schema.get("minItems", 0) <= len(value) <= schema.get("maxItems", len(value)):
            found.append(f"{at}: {len(value)} items")
        kinds = schema.get("prefixItems", [])
        for place, one in enumerate(value):
            kind = kinds[place] if place < len(kinds) else schema.get("items", {})
            found += faults(one, kind, whole, f"{at}[{place}]")
    return found
