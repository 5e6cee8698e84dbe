"""The SIM record: its fields in the document's order, and the SQL that spells it as JSON.

The database builds the JSON text itself, so a record leaves the box without a Python object a field. Two shapes leave
the same row: *plain* with 54 fields, *extended* with 67 and another spelling of times.
Source: WING guide 5.1 to 5.3; contract `wing-subscription.yaml`, keys `sim` and `filters`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from carrierbox.carriers.wing import criteria
from carrierbox.carriers.wing.criteria import Kind
from carrierbox.kernel import lifecycle

STATES = lifecycle.load("wing")
_WHENS = " ".join(f"WHEN '{name}' THEN {number}" for name, number in STATES.states.items())
_STATE_ID = f"CASE s.state {_WHENS} END"


@dataclass(frozen=True, slots=True)
class Field(criteria.Field):
    """A field of the SIM record."""

    plain: bool = True  # in both shapes; else in the extended shape only
    filter: bool = True  # one of the 57 filter parameters of 5.3


def _column(wire: str, column: str, kind: Kind = "string", *, plain: bool = True, filter: bool = True) -> Field:  # noqa: A002 - the document's word
    return Field(wire, f"s.{column}", kind, plain, filter)


FIELDS: tuple[Field, ...] = (
    _column("id", "id", "number"),
    _column("tenantId", "tenant_id"),
    _column("eid", "eid"),
    _column("accountId", "account_id", "number"),
    Field("accountName", "a.name", "string"),
    _column("iccid", "iccid"),
    _column("imsi", "imsi"),
    _column("msisdn", "msisdn"),
    _column("imsImpi", "ims_impi"),
    _column("pin1", "pin1", "number"),
    _column("pin2", "pin2", "number"),
    _column("puk1", "puk1"),
    _column("puk2", "puk2"),
    _column("version", "version"),
    _column("tag", "tag"),
    _column("euimid", "euimid"),
    _column("batchId", "batch_id", "number"),
    _column("formFactor", "form_factor"),
    _column("simSku", "sim_sku"),
    _column("vendor", "vendor"),
    _column("identityVendor", "identity_vendor"),
    _column("graphicProfile", "graphic_profile"),
    _column("inputProfile", "input_profile"),
    _column("apnGroupId", "apn_group_id", "number"),
    _column("serviceProfileId", "service_profile_id", "number"),
    _column("networkProfileId", "network_profile_id", "number"),
    _column("roamingProfileId", "roaming_profile_id", "number"),
    _column("securityProfileId", "security_profile_id", "number"),
    _column("ratePlanId", "rate_plan_id", "number"),
    _column("ratePlanType", "rate_plan_type", plain=False, filter=False),
    _column("billingProfileId", "billing_profile_id", "number"),
    _column("customField", "custom_field", "json", filter=False),
    _column("simFreeId1", "sim_free_id1"),
    _column("simFreeId2", "sim_free_id2"),
    _column("simFreeId3", "sim_free_id3"),
    _column("equipmentId", "equipment_id"),
    _column("firmwareVersion", "firmware_version"),
    _column("custom1", "custom1"),
    _column("custom2", "custom2"),
    _column("custom3", "custom3"),
    _column("custom4", "custom4"),
    _column("custom5", "custom5"),
    _column("creationTimestamp", "creation_timestamp", "moment"),
    _column("modificationTimestamp", "modification_timestamp", "moment"),
    Field("stateId", _STATE_ID, "number"),
    _column("stateName", "state"),
    _column("stateModelId", "state_model_id", "number"),
    _column("stateChangeLock", "state_change_lock", "boolean"),
    _column("lcStateInsync", "lc_state_insync", "boolean"),
    _column("tenantMetaData", "tenant_meta_data", "json", filter=False),
    _column("ipAddresses", "ip_addresses", "json", filter=False),
    _column("networkInterface", "network_interface", filter=False),
    _column("initialActivationDate", "initial_activation_date", "moment", filter=False),
    _column("lastStateChangeDate", "last_state_change_date", "moment", filter=False),
    _column("deactivationDate", "deactivation_date", "moment", filter=False),
    _column("resetState", "reset_state", "boolean", plain=False),
    _column("resetApnGroup", "reset_apn_group", "boolean", plain=False),
    _column("resetRateplan", "reset_rateplan", "boolean", plain=False),
    _column("resetServiceProfile", "reset_service_profile", "boolean", plain=False),
    _column("unblockData", "unblock_data", "boolean", plain=False),
    _column("unblockSms", "unblock_sms", "boolean", plain=False),
    _column("prevRatePlanId", "prev_rate_plan_id", "number", plain=False),
    _column("prevServiceProfileId", "prev_service_profile_id", "number", plain=False),
    _column("prevApnGroupId", "prev_apn_group_id", "number", plain=False),
    _column("stateChangeReason", "state_change_reason", plain=False),
    _column("reason", "reason", plain=False, filter=False),
    _column("resetRequired", "reset_required", "boolean", plain=False, filter=False),
)

FROM = "wing_sim s JOIN wing_account a ON a.id = s.account_id"

#: SQLite functions took at most 127 arguments for long; an object of more fields is joined from two.
_FIELDS_AN_OBJECT = 60


def _value(field: Field, *, extended: bool) -> str:
    match field.kind:
        case "boolean":
            return f"json(CASE {field.expression} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
        case "json":
            return f"json({field.expression})"
        case "moment" if extended:
            return f"replace(substr({field.expression}, 1, 19), 'T', ' ') || '+0000'"
        case _:
            return field.expression


def _object(fields: Sequence[Field], *, extended: bool) -> str:
    members = ", ".join(f"'{field.wire}', {_value(field, extended=extended)}" for field in fields)
    return f"json_object({members})"


def _joined(fields: Iterable[Field], *, extended: bool) -> str:
    fields = tuple(fields)
    first, rest = fields[:_FIELDS_AN_OBJECT], fields[_FIELDS_AN_OBJECT:]
    if not rest:
        return _object(first, extended=extended)
    # the last value of the first part is a number or a word, so that only the closing brace is cut
    return f"rtrim({_object(first, extended=extended)}, '}}') || ',' || substr({_object(rest, extended=extended)}, 2)"


PLAIN = _joined((field for field in FIELDS if field.plain), extended=False)
EXTENDED = _joined(FIELDS, extended=True)
