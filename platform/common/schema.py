"""OpenAPI: says of every operation that it may answer with our one error shape."""

from typing import Any

ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "remedy", "details", "request_id"],
            "properties": {
                "code": {"type": "string", "description": "For programs; stays the same between releases."},
                "message": {"type": "string", "description": "For people."},
                "remedy": {"type": "string", "description": "What to do about it."},
                "details": {"type": "object", "additionalProperties": {}},
                "request_id": {"type": "string"},
            },
        }
    },
}
OPERATIONS = ("get", "post", "put", "patch", "delete")


def add_error_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """A drf-spectacular postprocessing hook."""
    result.setdefault("components", {}).setdefault("schemas", {})["Error"] = ERROR
    answer = {
        "description": "Refused: see code and remedy.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}},
    }
    for path in result.get("paths", {}).values():
        for method in OPERATIONS:
            if method in path:
                path[method]["responses"].setdefault("default", answer)
    return result
