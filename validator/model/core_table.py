"""pydantic's schemas of the classes in definition.py; written by python -m tests.core_table."""

from typing import Any

PYDANTIC_CORE = "2.50.4"  # the version that they are for
TABLE: dict[str, dict[str, Any]] = {
"Target": {"type": "model", "cls": "Target", "schema": {"type": "model-fields", "fields": {"metric": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "op": {"type": "model-field", "schema":
{"type": "literal", "expected": ["gte", "gt", "lte", "lt", "eq"]}}, "value": {"type": "model-field", "schema": {"type":
"union", "choices": [{"type": "int"}, {"type": "float"}]}}, "unit": {"type": "model-field", "schema": {"type": "str",
"pattern": "^[^\\n]*\\S[^\\n]*$"}}, "per": {"type": "model-field", "schema": {"type": "default", "schema": {"type":
"nullable", "schema": {"type": "literal", "expected": ["hour", "day", "week", "month", "quarter", "year"]}}, "default":
None}}, "measured_by": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "nullable", "schema":
{"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "default": None}}}, "model_name": "Target", "computed_fields": []},
"custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid",
"allow_inf_nan": False, "title": "Target"}},
"RangePart": {"type": "model", "cls": "RangePart", "schema": {"type": "model-fields", "fields": {"work": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "first": {"type": "model-field", "schema":
{"type": "int"}}, "last": {"type": "model-field", "schema": {"type": "int"}}}, "model_name": "RangePart",
"computed_fields": []}, "custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior":
"forbid", "allow_inf_nan": False, "title": "RangePart"}},
"SegmentPart": {"type": "model", "cls": "SegmentPart", "schema": {"type": "model-fields", "fields": {"work": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "segments": {"type": "model-field",
"schema": {"type": "tuple", "items_schema": [{"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}], "variadic_item_index":
0, "strict": False, "min_length": 1}}}, "model_name": "SegmentPart", "computed_fields": []}, "custom_init": False,
"root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title":
"SegmentPart"}},
"RangeWork": {"type": "model", "cls": "RangeWork", "schema": {"type": "model-fields", "fields": {"name": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "first": {"type": "model-field", "schema":
{"type": "int"}}, "last": {"type": "model-field", "schema": {"type": "int"}}}, "model_name": "RangeWork",
"computed_fields": []}, "custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior":
"forbid", "allow_inf_nan": False, "title": "RangeWork"}},
"SegmentWork": {"type": "model", "cls": "SegmentWork", "schema": {"type": "model-fields", "fields": {"name": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "segments": {"type": "model-field",
"schema": {"type": "tuple", "items_schema": [{"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}], "variadic_item_index":
0, "strict": False, "min_length": 1}}}, "model_name": "SegmentWork", "computed_fields": []}, "custom_init": False,
"root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title":
"SegmentWork"}},
"Appointment": {"type": "model", "cls": "Appointment", "schema": {"type": "model-fields", "fields": {"activity":
{"type": "model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "days": {"type": "model-field",
"schema": {"type": "tuple", "items_schema": [{"type": "literal", "expected": ["mon", "tue", "wed", "thu", "fri", "sat",
"sun"]}], "variadic_item_index": 0, "strict": False, "min_length": 1}}, "start": {"type": "model-field", "schema":
{"type": "default", "schema": {"type": "nullable", "schema": {"type": "str", "pattern":
"^([01][0-9]|2[0-3]):[0-5][0-9]$"}}, "default": None}}, "end": {"type": "model-field", "schema": {"type": "str",
"pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}}}, "model_name": "Appointment", "computed_fields": []}, "custom_init":
False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False,
"title": "Appointment"}},
"Claim": {"type": "model", "cls": "Claim", "schema": {"type": "model-fields", "fields": {"number": {"type":
"model-field", "schema": {"type": "int"}}, "role": {"type": "model-field", "schema": {"type": "str", "pattern":
"^[^\\n]*\\S[^\\n]*$"}}, "goal": {"type": "model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}},
"targets": {"type": "model-field", "schema": {"type": "tuple", "items_schema": [{"type": "definition-ref", "schema_ref":
"Target"}], "variadic_item_index": 0, "strict": False, "min_length": 1}}, "session_id": {"type": "model-field",
"schema": {"type": "str", "max_length": 64, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}}, "runtime_id": {"type":
"model-field", "schema": {"type": "default", "schema": {"type": "nullable", "schema": {"type": "str", "max_length": 128,
"pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]*$"}}, "default": None}}, "key": {"type": "model-field", "schema": {"type":
"default", "schema": {"type": "nullable", "schema": {"type": "function-after", "function": {"type": "no-info",
"function": "normal_key"}, "schema": {"type": "str", "max_length": 1024, "pattern":
"^(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}|sk-ssh-ed25519@openssh\\.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI[A-P][A-Za-z0-9+/]{42}AAAA([A-Za-z0-9+/]{4}){0,84}([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)( [^\\n]*)?$"}}},
"default": None}}, "responsibilities": {"type": "model-field", "schema": {"type": "tuple", "items_schema": [{"type":
"str", "pattern": "^[^\\n]*\\S[^\\n]*$"}], "variadic_item_index": 0, "strict": False, "min_length": 1}}, "scope":
{"type": "model-field", "schema": {"type": "default", "schema": {"type": "tuple", "items_schema": [{"type":
"tagged-union", "choices": {"range": {"type": "definition-ref", "schema_ref": "RangePart"}, "segments": {"type":
"definition-ref", "schema_ref": "SegmentPart"}}, "discriminator": "divided_how"}], "variadic_item_index": 0, "strict":
False}, "default": ()}}, "schedule": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "tuple",
"items_schema": [{"type": "definition-ref", "schema_ref": "Appointment"}], "variadic_item_index": 0, "strict": False},
"default": ()}}, "status": {"type": "model-field", "schema": {"type": "literal", "expected": ["REGISTERED",
"PENDING"]}}, "timestamp": {"type": "model-field", "schema": {"type": "str"}}, "owner": {"type": "model-field",
"schema": {"type": "default", "schema": {"type": "nullable", "schema": {"type": "str", "pattern":
"^github:[1-9][0-9]{0,18}$"}}, "default": None}}, "owner_login": {"type": "model-field", "schema": {"type": "default",
"schema": {"type": "nullable", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "default": None}},
"labels": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "dict", "keys_schema": {"type":
"str"}, "values_schema": {"type": "str"}}, "default_factory": "dict", "default_factory_takes_data": False}}},
"model_name": "Claim", "computed_fields": []}, "custom_init": False, "root_model": False, "config": {"strict": True,
"extra_fields_behavior": "forbid", "allow_inf_nan": False, "title": "Claim"}},
"Mission": {"type": "model", "cls": "Mission", "schema": {"type": "model-fields", "fields": {"statement": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "targets": {"type": "model-field",
"schema": {"type": "default", "schema": {"type": "tuple", "items_schema": [{"type": "definition-ref", "schema_ref":
"Target"}], "variadic_item_index": 0, "strict": False}, "default": ()}}}, "model_name": "Mission", "computed_fields":
[]}, "custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid",
"allow_inf_nan": False, "title": "Mission"}},
"Approver": {"type": "model", "cls": "Approver", "schema": {"type": "model-fields", "fields": {"handle": {"type":
"model-field", "schema": {"type": "str", "pattern": "^@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$"}},
"key": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "nullable", "schema": {"type": "str",
"pattern": "^(ssh|ecdsa|sk)-[A-Za-z0-9@.-]+ [A-Za-z0-9+/]+=*( [^\\n]*)?$"}}, "default": None}}}, "model_name":
"Approver", "computed_fields": []}, "custom_init": False, "root_model": False, "config": {"strict": True,
"extra_fields_behavior": "forbid", "allow_inf_nan": False, "title": "Approver"}},
"Slot": {"type": "model", "cls": "Slot", "schema": {"type": "model-fields", "fields": {"number": {"type": "model-field",
"schema": {"type": "int"}}, "title": {"type": "model-field", "schema": {"type": "str", "pattern":
"^[^\\n]*\\S[^\\n]*$"}}, "role": {"type": "model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}},
"key": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "nullable", "schema": {"type":
"function-after", "function": {"type": "no-info", "function": "normal_key"}, "schema": {"type": "str", "max_length":
1024, "pattern":
"^(ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI[A-P][A-Za-z0-9+/]{42}|sk-ssh-ed25519@openssh\\.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAI[A-P][A-Za-z0-9+/]{42}AAAA([A-Za-z0-9+/]{4}){0,84}([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?)( [^\\n]*)?$"}}},
"default": None}}, "scope": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "tuple",
"items_schema": [{"type": "tagged-union", "choices": {"range": {"type": "definition-ref", "schema_ref": "RangePart"},
"segments": {"type": "definition-ref", "schema_ref": "SegmentPart"}}, "discriminator": "divided_how"}],
"variadic_item_index": 0, "strict": False}, "default": ()}}, "schedule": {"type": "model-field", "schema": {"type":
"default", "schema": {"type": "tuple", "items_schema": [{"type": "definition-ref", "schema_ref": "Appointment"}],
"variadic_item_index": 0, "strict": False}, "default": ()}}}, "model_name": "Slot", "computed_fields": []},
"custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid",
"allow_inf_nan": False, "title": "Slot"}},
"Metric": {"type": "model", "cls": "Metric", "schema": {"type": "model-fields", "fields": {"name": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "aliases": {"type": "model-field",
"schema": {"type": "default", "schema": {"type": "tuple", "items_schema": [{"type": "str", "pattern":
"^[^\\n]*\\S[^\\n]*$"}], "variadic_item_index": 0, "strict": False}, "default": ()}}, "unit": {"type": "model-field",
"schema": {"type": "str", "pattern": "^[^\\n]*\\S[^\\n]*$"}}, "per": {"type": "model-field", "schema": {"type":
"default", "schema": {"type": "nullable", "schema": {"type": "literal", "expected": ["hour", "day", "week", "month",
"quarter", "year"]}}, "default": None}}}, "model_name": "Metric", "computed_fields": []}, "custom_init": False,
"root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title":
"Metric"}},
"Charter": {"type": "model", "cls": "Charter", "schema": {"type": "model-fields", "fields": {"mission": {"type":
"model-field", "schema": {"type": "definition-ref", "schema_ref": "Mission"}}, "capacity": {"type": "model-field",
"schema": {"type": "int", "ge": 1, "le": 99999}}, "orchestrator": {"type": "model-field", "schema": {"type": "int"}},
"time_zone": {"type": "model-field", "schema": {"type": "str", "pattern":
"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$"}}, "approvers": {"type": "model-field", "schema": {"type": "tuple",
"items_schema": [{"type": "definition-ref", "schema_ref": "Approver"}], "variadic_item_index": 0, "strict": False,
"min_length": 1}}, "session_keys": {"type": "model-field", "schema": {"type": "default", "schema": {"type": "nullable",
"schema": {"type": "literal", "expected": ["required", "optional"]}}, "default": None}}, "session_owners": {"type":
"model-field", "schema": {"type": "default", "schema": {"type": "nullable", "schema": {"type": "literal", "expected":
["required", "optional"]}}, "default": None}}, "metrics": {"type": "model-field", "schema": {"type": "default",
"schema": {"type": "tuple", "items_schema": [{"type": "definition-ref", "schema_ref": "Metric"}], "variadic_item_index":
0, "strict": False}, "default": ()}}, "work": {"type": "model-field", "schema": {"type": "default", "schema": {"type":
"tuple", "items_schema": [{"type": "tagged-union", "choices": {"range": {"type": "definition-ref", "schema_ref":
"RangeWork"}, "segments": {"type": "definition-ref", "schema_ref": "SegmentWork"}}, "discriminator": "divided_how"}],
"variadic_item_index": 0, "strict": False}, "default": ()}}, "slots": {"type": "model-field", "schema": {"type":
"default", "schema": {"type": "tuple", "items_schema": [{"type": "definition-ref", "schema_ref": "Slot"}],
"variadic_item_index": 0, "strict": False}, "default": ()}}}, "model_name": "Charter", "computed_fields": []},
"custom_init": False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid",
"allow_inf_nan": False, "title": "Charter"}},
"Confirmation": {"type": "model", "cls": "Confirmation", "schema": {"type": "model-fields", "fields": {"registry":
{"type": "model-field", "schema": {"type": "str", "pattern": "^sha256:[0-9a-f]{64}$"}}, "number": {"type":
"model-field", "schema": {"type": "int"}}, "session_id": {"type": "model-field", "schema": {"type": "str", "max_length":
64, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}}, "timestamp": {"type": "model-field", "schema": {"type": "str"}}},
"model_name": "Confirmation", "computed_fields": []}, "custom_init": False, "root_model": False, "config": {"strict":
True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title": "Confirmation"}},
"Approval": {"type": "model", "cls": "Approval", "schema": {"type": "model-fields", "fields": {"registry": {"type":
"model-field", "schema": {"type": "str", "pattern": "^sha256:[0-9a-f]{64}$"}}, "approved_by": {"type": "model-field",
"schema": {"type": "str", "pattern": "^@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$"}}, "timestamp":
{"type": "model-field", "schema": {"type": "str"}}}, "model_name": "Approval", "computed_fields": []}, "custom_init":
False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False,
"title": "Approval"}},
"Broadcast": {"type": "model", "cls": "Broadcast", "schema": {"type": "model-fields", "fields": {"registry": {"type":
"model-field", "schema": {"type": "str", "pattern": "^sha256:[0-9a-f]{64}$"}}, "number": {"type": "model-field",
"schema": {"type": "int"}}, "session_id": {"type": "model-field", "schema": {"type": "str", "max_length": 64, "pattern":
"^[a-z0-9]+(-[a-z0-9]+)*$"}}, "timestamp": {"type": "model-field", "schema": {"type": "str"}}, "delivered": {"type":
"model-field", "schema": {"type": "tuple", "items_schema": [{"type": "int"}], "variadic_item_index": 0, "strict":
False}}}, "model_name": "Broadcast", "computed_fields": []}, "custom_init": False, "root_model": False, "config":
{"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title": "Broadcast"}},
"Acknowledgement": {"type": "model", "cls": "Acknowledgement", "schema": {"type": "model-fields", "fields": {"registry":
{"type": "model-field", "schema": {"type": "str", "pattern": "^sha256:[0-9a-f]{64}$"}}, "number": {"type":
"model-field", "schema": {"type": "int"}}, "session_id": {"type": "model-field", "schema": {"type": "str", "max_length":
64, "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}}, "ready": {"type": "model-field", "schema": {"type": "function-after",
"function": {"type": "no-info", "function": "only_true"}, "schema": {"type": "bool"}}}, "timestamp": {"type":
"model-field", "schema": {"type": "str"}}}, "model_name": "Acknowledgement", "computed_fields": []}, "custom_init":
False, "root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False,
"title": "Acknowledgement"}},
"Activation": {"type": "model", "cls": "Activation", "schema": {"type": "model-fields", "fields": {"registry": {"type":
"model-field", "schema": {"type": "str", "pattern": "^sha256:[0-9a-f]{64}$"}}, "approved_by": {"type": "model-field",
"schema": {"type": "str", "pattern": "^@[A-Za-z0-9][A-Za-z0-9_-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?$"}}, "week": {"type":
"model-field", "schema": {"type": "str", "pattern": "^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$"}}, "timestamp": {"type":
"model-field", "schema": {"type": "str"}}}, "model_name": "Activation", "computed_fields": []}, "custom_init": False,
"root_model": False, "config": {"strict": True, "extra_fields_behavior": "forbid", "allow_inf_nan": False, "title":
"Activation"}},
}  # fmt: skip
