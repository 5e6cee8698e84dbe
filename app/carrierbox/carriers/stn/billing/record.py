"""CDRs, months, usage and invoices as chapter h shows them: sums that the database makes from the CDRs.

Source: contract `stn.yaml`, stn-queryinvoice to stn-queryusagesubscription. The fields of an invoice's lines are
chosen: those of usageDetails, which the vendor shows.
"""

import json
from typing import Any

from carrierbox.carriers.stn.query import Field, Record, number

_LINES_FROM = "stn_cdr c JOIN stn_usage v ON v.seq = c.usage_seq JOIN stn_rate_class r ON r.code = c.rate_class"

CDR = Record(
    fields=(
        Field("id", "c.id"),
        Field("subscriptionId", "u.subscription_id"),
        Field("phoneNumber", "u.phone_number", "phone"),
        Field("customerId", "u.customer_id", is_shown=False),
        Field("yearMonth", "u.year_month"),
        Field("providerGroup", "'KPNMOBIEL'"),
        Field("description", "r.description"),
        Field("rateClass", "c.rate_class"),
        Field("usageDate", "c.used_at", "utc"),
        Field("volume", "c.volume", "number"),
        Field("amount", "c.amount", "number"),
        Field("destination", "c.destination"),
        Field("countryCodeOwn", "c.country_own"),
        Field("countryCodeDestination", "c.country_destination"),
    ),
    source="stn_usage u JOIN stn_cdr c ON c.usage_seq = u.seq JOIN stn_rate_class r ON r.code = c.rate_class",
    partner="u.partner",
    order="c.seq",
)

MONTH = Record(
    fields=(Field("yearMonth", "m.year_month"), Field("providerGroup", "'KPNMOBIEL'")),
    source="(SELECT DISTINCT partner, year_month FROM stn_usage) m",
    partner="m.partner",
    order="m.year_month DESC",
)


def _sum(product: str, divisor: int) -> str:
    """What a month used of a product at home, in the unit of its bundle."""
    used = f"sum(CASE WHEN r.product = '{product}' AND r.is_home THEN c.volume ELSE 0 END)"
    return f"round({used} / {divisor}.0, 2)"


_SUMS = f"""{_sum("voice", 60)} AS voice, {_sum("data", 1024)} AS data, {_sum("sms", 1)} AS sms,
 round(sum(c.amount), 4) AS amount,
 round(sum(CASE WHEN r.is_premium THEN c.amount ELSE 0 END), 4) AS premium,
 round(sum(CASE WHEN r.is_international THEN c.amount ELSE 0 END), 4) AS international"""

_LINE = """json_object('invoiceLineType', r.line_type, 'invoiceLineCode', r.code, 'description', r.description,
 'sortOrder', r.sort_order, 'quantity', count(*), 'volume', sum(c.volume),
 'volumeStr', CASE r.product WHEN 'data' THEN (sum(c.volume) / 1024) || ' MB'
 WHEN 'voice' THEN (sum(c.volume) / 60) || ' min' ELSE sum(c.volume) || ' sms' END,
 'amount', round(sum(c.amount), 4), 'refId', r.ref_id, 'rateClassId', r.rate_class_id)"""


def _written(lines: str) -> Any:
    return json.loads(lines, parse_float=lambda spelled: number(float(spelled)))


def _lines(condition: str) -> str:
    """One line for each kind of usage among the CDRs that meet a condition."""
    lines = f"SELECT {_LINE} AS line FROM {_LINES_FROM} WHERE {condition} GROUP BY r.code ORDER BY r.sort_order DESC"
    return f"(SELECT json_group_array(json(line)) FROM ({lines}))"


USAGE = Record(
    fields=(
        Field("id", "u.id"),
        Field("subscriptionId", "u.subscription_id"),
        Field("phoneNumber", "u.phone_number", "phone"),
        Field("simCardNumber", "s.iccid", is_shown=False),
        Field("yearMonth", "u.year_month"),
        Field("customerId", "u.customer_id"),
        Field("providerGroup", "'KPNMOBIEL'"),
        Field("quantityInBundleHomeVoice", "u.bundle_voice", "number"),
        Field("usageHomeVoice", "t.voice", "number"),
        Field("quantityInBundleHomeData", "u.bundle_data", "number"),
        Field("usageHomeData", "t.data", "number"),
        Field("quantityInBundleHomeSms", "u.bundle_sms", "number"),
        Field("usageHomeSms", "t.sms", "number"),
        Field("amountPremium", "t.premium", "number"),
        Field("isGroupSim", "false", "boolean"),  # not 0: to order by a number is to order by that column
        Field("amountTotalUsage", "t.amount", "number"),
        Field("amountInternationalTotal", "t.international", "number"),
        Field("usageDetails", _lines("c.usage_seq = u.seq"), "json", _written),
    ),
    source=f"""stn_usage u LEFT JOIN stn_subscription s ON s.id = u.subscription_id
 JOIN (SELECT c.usage_seq, {_SUMS} FROM stn_cdr c JOIN stn_rate_class r ON r.code = c.rate_class GROUP BY c.usage_seq) t
 ON t.usage_seq = u.seq""",
    partner="u.partner",
    order="u.seq",
)

_OF_INVOICE = "v.partner = i.partner AND v.year_month = i.year_month"


def _grouped(by: str, line: str) -> str:
    """Lines of an invoice, one for each group of its CDRs."""
    lines = f"SELECT {line} AS line FROM {_LINES_FROM} WHERE {_OF_INVOICE} GROUP BY {by} ORDER BY min(c.seq)"
    return f"(SELECT json_group_array(json(line)) FROM ({lines}))"


_TOTALS = f"SELECT {_SUMS} FROM {_LINES_FROM} WHERE {_OF_INVOICE}"

INVOICE = Record(
    fields=(
        Field("id", "i.id"),
        Field("invoiceNumber", "i.number"),
        Field("invoiceDate", "i.invoice_date", "date"),
        Field("invoiceDescription", "i.description"),
        Field("yearMonth", "i.year_month", is_shown=False),
        Field(
            "frontPageLines",
            _grouped(
                "r.product",
                "json_object('description', CASE r.product WHEN 'data' THEN 'Internet' WHEN 'voice' THEN 'Bellen'"
                " ELSE 'Sms' END, 'quantity', count(*), 'amount', round(sum(c.amount), 4))",
            ),
            "json",
            _written,
        ),
        Field("invoiceSpecificationLines", _lines(_OF_INVOICE), "json", _written),
        Field(
            "bundleSpecificationProductLines",
            f"(SELECT json_array(json_object('description', 'Bellen', 'usage', voice), json_object('description',"
            f" 'Internet', 'usage', data), json_object('description', 'Sms', 'usage', sms)) FROM ({_TOTALS}))",
            "json",
            _written,
        ),
        Field(
            "bundleSubscriptionLines",
            "(SELECT json_group_array(json_object('subscriptionId', subscription_id, 'phoneNumber', phone_number,"
            " 'usageHomeVoice', voice, 'usageHomeData', data, 'usageHomeSms', sms, 'amountTotalUsage', amount))"
            f" FROM (SELECT v.subscription_id, v.phone_number, {_SUMS} FROM {_LINES_FROM}"
            f" WHERE {_OF_INVOICE} GROUP BY v.seq))",
            "json",
            _written,
        ),
    ),
    source="stn_invoice i",
    partner="i.partner",
    order="i.seq",
)
