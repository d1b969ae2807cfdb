"""Floor of the rules: the thirty clauses of version 1.0.0 as plain comparisons in Python, written by hand.

`ask` needs every fact. `ask_guarded` knows what None is: it gives what follows from the record and what follows if
nothing more is filed. No explanation, no missing facts, and with the next version of the standard all of it is wrong.
"""

from collections.abc import Callable, Mapping
from typing import Any

from arbitration.domain.clauses import Outcome
from arbitration.domain.expressions import LONG_AGO, NEVER

Facts = Mapping[str, Any]

MET, BREACHED = Outcome.MET, Outcome.BREACHED
NOT_APPLICABLE, UNKNOWN = Outcome.NOT_APPLICABLE, Outcome.UNKNOWN
MINUTE, HOUR, DAY = 60, 3_600, 86_400
YUAN = 100


# ---- every fact is known


def ma_01(f: Facts) -> Outcome:
    checked, ordered = f["reverified_at"], f["ordered_at"]
    fresh = checked != NEVER and checked <= ordered <= checked + 180 * DAY
    published = not f["shop_transferred"] or f["transfer_published"]
    return MET if f["identity_on_file"] and fresh and published else BREACHED


def ma_02(f: Facts) -> Outcome:
    renewed, ordered = f["source_renewed_at"], f["ordered_at"]
    fresh = renewed != NEVER and renewed <= ordered <= renewed + 365 * DAY
    return MET if f["source_document"] and fresh else BREACHED


def ma_03(f: Facts) -> Outcome:
    if f["deposit_held"] >= max(5_000 * YUAN, (5 * f["recent_turnover"] + 50) // 100):
        return MET
    short, restored = f["deposit_short_at"], f["deposit_restored_at"]
    return MET if restored != NEVER and short <= restored <= short + 72 * HOUR else BREACHED


def ma_05(f: Facts) -> Outcome:
    if not f["minor_acted"] or f["buyer_age"] >= 18:
        return NOT_APPLICABLE
    if f["buyer_age"] >= 8 and (f["guardian_consented"] or f["suits_age"] or f["full_capacity"]):
        return MET
    return MET if f["price_returned"] else BREACHED


def pd_01(f: Facts) -> Outcome:
    return MET if f["listing_complete"] and f["as_described"] else BREACHED


def pd_03(f: Facts) -> Outcome:
    in_time = f["proof_filed_at"] <= f["proof_asked_at"] + 24 * HOUR
    return MET if f["source_state"] == "genuine" and in_time else BREACHED


def pd_04(f: Facts) -> Outcome:
    asked = f["return_asked_at"]
    if asked == NEVER or asked > f["delivered_at"] + 7 * DAY or f["used_or_unsealed"]:
        return NOT_APPLICABLE
    return MET if f["no_return_confirmed_at"] <= f["paid_at"] or f["return_given"] else BREACHED


def pd_05(f: Facts) -> Outcome:
    escaped = f["led_off_platform"] and f["off_platform_relied_on"]
    return BREACHED if f["unfair_term_used"] or escaped else MET


def pd_06(f: Facts) -> Outcome:
    if f["category"] != "account_rental":
        return NOT_APPLICABLE
    if not (f["ban_risk_shown"] and f["deductions_shown"]):
        return BREACHED
    taken = f["deductions"]
    return MET if taken == 0 or (f["deductions_by_table"] and taken <= f["rental_deposit"]) else BREACHED


def as_01(f: Facts) -> Outcome:
    complained = f["complained_at"]
    if complained == NEVER or complained > f["delivered_at"] + max(f["stated_window"], 72 * HOUR):
        return NOT_APPLICABLE
    return MET if f["complaint_taken"] else BREACHED


def as_02(f: Facts) -> Outcome:
    return MET if f["delivery_logged"] and f["delivered_at"] != NEVER else BREACHED


def as_03(f: Facts) -> Outcome:
    complained, remedied = f["complained_at"], f["remedied_at"]
    if complained == NEVER or (not f["defective"] and f["delivery_logged"] and f["delivered_at"] != NEVER):
        return NOT_APPLICABLE
    in_time = remedied != NEVER and remedied <= complained + 24 * HOUR
    return MET if in_time and f["remedy_worked"] and f["attempts_failed"] < 1 else BREACHED


def as_04(f: Facts) -> Outcome:
    due, refunded = f["refund_due_at"], f["refunded_at"]
    if due == NEVER:
        return NOT_APPLICABLE
    if not f["original_route"] or refunded == NEVER:
        return BREACHED
    return MET if refunded <= due + (24 if f["price_in_escrow"] else 72) * HOUR else BREACHED


def as_05(f: Facts) -> Outcome:
    category, lost = f["category"], f["lost_at"]
    if category not in ("account_sale", "license_key", "account_rental") or lost == NEVER:
        return NOT_APPLICABLE
    if f["cause"] == "buyer_act":
        return MET
    if category == "account_sale":
        warranty = 30 * DAY
    elif category == "license_key":
        warranty = max(30 * DAY, f["licence_term"])
    else:
        warranty = f["rental_period"]
    return MET if lost > f["delivered_at"] + warranty else BREACHED


def as_06(f: Facts) -> Outcome:
    if not f["promise_made"]:
        return NOT_APPLICABLE
    return MET if f["promise_kept"] else BREACHED


def as_07(f: Facts) -> Outcome:
    released, complained, ended = f["escrow_released_at"], f["complained_at"], f["dispute_ended_at"]
    if f["price_in_escrow"] or released == NEVER:
        return MET
    after_window = released > f["delivered_at"] + max(f["stated_window"], 72 * HOUR)
    return MET if after_window and (complained > released or complained <= ended <= released) else BREACHED


def dh_01(f: Facts) -> Outcome:
    asked = f["enquiry_at"]
    if asked == NEVER:
        return NOT_APPLICABLE
    replied = asked <= f["first_reply_at"] <= asked + 10 * MINUTE
    stepped_in = asked <= f["intervened_at"] <= asked + 30 * MINUTE
    return MET if replied and stepped_in and asked <= f["plan_at"] <= asked + 24 * HOUR else BREACHED


def dh_02(f: Facts) -> Outcome:
    if f["escalation_asked_at"] == NEVER:
        return NOT_APPLICABLE
    if not f["plan_rejected"] and f["plan_at"] <= f["enquiry_at"] + 24 * HOUR:
        return NOT_APPLICABLE
    return MET if f["escalated_at"] != NEVER and not f["court_barred"] else BREACHED


def dh_03(f: Facts) -> Outcome:
    if f["oldest_status"] > 24 * HOUR:
        return BREACHED
    escalated, frozen = f["escalated_at"], f["escrow_frozen_at"]
    if not f["price_in_escrow"] or escalated == NEVER:
        return MET
    return MET if frozen != NEVER and frozen <= escalated + 10 * MINUTE else BREACHED


def dh_04(f: Facts) -> Outcome:
    asked, produced = f["records_asked_at"], f["records_produced_at"]
    if asked == NEVER:
        return NOT_APPLICABLE
    return MET if f["records_kept"] and produced != NEVER and produced <= asked + 24 * HOUR else BREACHED


def dh_06(f: Facts) -> Outcome:
    fired, alerted = f["rule_fired_at"], f["alerted_at"]
    if fired == NEVER:
        return NOT_APPLICABLE
    return MET if alerted != NEVER and alerted <= fired + 10 * MINUTE else BREACHED


def dh_07(f: Facts) -> Outcome:
    due, complied = f["enforceable_at"], f["complied_at"]
    if due == NEVER:
        return NOT_APPLICABLE
    if complied == NEVER or f["reported_at"] == NEVER:
        return BREACHED
    return MET if complied <= due + (24 if f["price_in_escrow"] else 72) * HOUR else BREACHED


def ev_01(f: Facts) -> Outcome:
    cured = f["cured_at"]
    in_time = cured != NEVER and cured <= f["cure_asked_at"] + 24 * HOUR
    return MET if f["form_met"] or in_time else BREACHED


def ev_02(f: Facts) -> Outcome:
    return MET if f["hashed_at_upload"] and f["trusted_time"] and not f["alteration_shown"] else BREACHED


def ev_03(f: Facts) -> Outcome:
    if not f["doubtful_copy"]:
        return NOT_APPLICABLE
    return MET if f["sources_in_support"] >= 1 else BREACHED


def ev_04(f: Facts) -> Outcome:
    neutral, withheld = f["neutral_record"], f["evidence_withheld"]
    if not neutral and not withheld:
        return NOT_APPLICABLE
    infers = (neutral and not f["record_rebutted"]) or (withheld and not f["withholding_excused"])
    return MET if infers else BREACHED


def ev_05(f: Facts) -> Outcome:
    by_whom = f["inspector_accredited"] and f["signature_valid"] and f["conflict_declared"]
    return MET if by_whom and f["sample_digest_stated"] and f["custody_unbroken"] else BREACHED


def ev_06(f: Facts) -> Outcome:
    if f["filed_at"] <= f["record_closed_at"]:
        return NOT_APPLICABLE
    return MET if f["good_cause"] or f["decisive"] else BREACHED


def rm_01(f: Facts) -> Outcome:
    return BREACHED if f["intent_to_deceive"] and f["arbitrators_sitting"] >= 3 else MET


def rm_02(f: Facts) -> Outcome:
    return BREACHED if f["loss_avoidable"] or f["consumer_at_fault"] else MET


# ---- what is not known is None


def every(*values: bool | None) -> bool | None:
    return False if False in values else None if None in values else True


def some(*values: bool | None) -> bool | None:
    return True if True in values else None if None in values else False


def negated(value: bool | None) -> bool | None:
    return None if value is None else not value


def happened(at: int | None) -> bool | None:
    return None if at is None else at != NEVER


def within(at: int | None, start: int | None, span: int) -> bool | None:
    """Whether *at* is no later than *span* after *start*; `never` is later than no time, and `long_ago` than all."""
    if at == LONG_AGO or start == NEVER:
        return True
    return None if at is None or start is None else at <= start + span


def not_before(at: int | None, start: int | None) -> bool | None:
    if at == NEVER or start == LONG_AGO:
        return True
    return None if at is None or start is None else at >= start


def outcome(test: bool | None) -> Outcome:
    return UNKNOWN if test is None else MET if test else BREACHED


def applied(applies: bool | None, test: bool | None) -> Outcome:
    if applies is False:
        return NOT_APPLICABLE
    return UNKNOWN if applies is None else outcome(test)


def ma_01_guarded(f: Facts) -> Outcome:
    checked, ordered = f["reverified_at"], f["ordered_at"]
    published = some(negated(f["shop_transferred"]), f["transfer_published"])
    fresh = every(happened(checked), not_before(ordered, checked), within(ordered, checked, 180 * DAY))
    return outcome(every(f["identity_on_file"], fresh, published))


def ma_02_guarded(f: Facts) -> Outcome:
    renewed, ordered = f["source_renewed_at"], f["ordered_at"]
    fresh = every(happened(renewed), not_before(ordered, renewed), within(ordered, renewed, 365 * DAY))
    return outcome(every(f["source_document"], fresh))


def ma_03_guarded(f: Facts) -> Outcome:
    held, turnover = f["deposit_held"], f["recent_turnover"]
    short, restored = f["deposit_short_at"], f["deposit_restored_at"]
    if held is not None and held < 5_000 * YUAN:
        enough = False
    elif held is None or turnover is None:
        enough = None
    else:
        enough = held >= (5 * turnover + 50) // 100
    in_time = every(happened(restored), not_before(restored, short), within(restored, short, 72 * HOUR))
    return outcome(some(enough, in_time))


def ma_05_guarded(f: Facts) -> Outcome:
    age = f["buyer_age"]
    applies = every(f["minor_acted"], None if age is None else age < 18)
    if applies is False:
        return NOT_APPLICABLE
    capable = None if age is None else age >= 8
    excused = every(capable, some(f["guardian_consented"], f["suits_age"], f["full_capacity"]))
    healed = some(excused, f["price_returned"])
    return UNKNOWN if applies is None else outcome(healed)


def pd_01_guarded(f: Facts) -> Outcome:
    return outcome(every(f["listing_complete"], f["as_described"]))


def pd_03_guarded(f: Facts) -> Outcome:
    state = f["source_state"]
    genuine = None if state is None else state == "genuine"
    return outcome(every(genuine, within(f["proof_filed_at"], f["proof_asked_at"], 24 * HOUR)))


def pd_04_guarded(f: Facts) -> Outcome:
    asked, used = f["return_asked_at"], f["used_or_unsealed"]
    applies = every(happened(asked), within(asked, f["delivered_at"], 7 * DAY))
    if applies is False or used:
        return NOT_APPLICABLE
    if applies is None or used is None:
        return UNKNOWN
    return outcome(some(within(f["no_return_confirmed_at"], f["paid_at"], 0), f["return_given"]))


def pd_05_guarded(f: Facts) -> Outcome:
    escaped = every(f["led_off_platform"], f["off_platform_relied_on"])
    return outcome(negated(some(f["unfair_term_used"], escaped)))


def pd_06_guarded(f: Facts) -> Outcome:
    category, taken, deposit = f["category"], f["deductions"], f["rental_deposit"]
    if category is not None and category != "account_rental":
        return NOT_APPLICABLE
    if category is None:
        return UNKNOWN
    covered = None if taken is None or deposit is None else taken <= deposit
    nothing = None if taken is None else taken == 0
    fair = some(nothing, every(f["deductions_by_table"], covered))
    return outcome(every(f["ban_risk_shown"], f["deductions_shown"], fair))


def as_01_guarded(f: Facts) -> Outcome:
    complained, delivered, stated = f["complained_at"], f["delivered_at"], f["stated_window"]
    in_time = within(complained, delivered, max(stated or 0, 72 * HOUR))
    if in_time is False and stated is None and delivered != LONG_AGO and complained != NEVER:
        in_time = None
    return applied(every(happened(complained), in_time), f["complaint_taken"])


def as_02_guarded(f: Facts) -> Outcome:
    return outcome(every(f["delivery_logged"], happened(f["delivered_at"])))


def as_03_guarded(f: Facts) -> Outcome:
    complained, remedied, failed = f["complained_at"], f["remedied_at"], f["attempts_failed"]
    undelivered = some(negated(f["delivery_logged"]), negated(happened(f["delivered_at"])))
    applies = every(happened(complained), some(f["defective"], undelivered))
    if applies is False:
        return NOT_APPLICABLE
    in_time = every(happened(remedied), within(remedied, complained, 24 * HOUR))
    return applied(applies, every(in_time, f["remedy_worked"], None if failed is None else failed < 1))


def in_escrow_or_later(paid: int | None, due: int | None, in_escrow: bool | None) -> bool | None:
    early, late = within(paid, due, 24 * HOUR), within(paid, due, 72 * HOUR)
    return some(early, every(negated(in_escrow), late))


def as_04_guarded(f: Facts) -> Outcome:
    due, refunded = f["refund_due_at"], f["refunded_at"]
    if due == NEVER:
        return NOT_APPLICABLE
    in_time = in_escrow_or_later(refunded, due, f["price_in_escrow"])
    return applied(happened(due), every(f["original_route"], in_time, happened(refunded)))


def as_05_guarded(f: Facts) -> Outcome:
    category, lost, cause, delivered = f["category"], f["lost_at"], f["cause"], f["delivered_at"]
    covered = None if category is None else category in ("account_sale", "license_key", "account_rental")
    applies = every(covered, happened(lost))
    if applies is False:
        return NOT_APPLICABLE
    if applies is None:
        return UNKNOWN
    if cause == "buyer_act":
        return MET
    if category == "account_sale":
        least = greatest = 30 * DAY
    elif category == "license_key":
        term = f["licence_term"]
        least = max(30 * DAY, term or 0)
        greatest = None if term is None else least
    else:
        greatest = f["rental_period"]
        least = greatest or 0
    within_it = within(lost, delivered, least)
    if within_it is False and greatest is None and delivered != LONG_AGO:
        within_it = None
    if cause is None and within_it is not False:
        return UNKNOWN
    return outcome(negated(within_it))


def as_06_guarded(f: Facts) -> Outcome:
    return applied(f["promise_made"], f["promise_kept"])


def as_07_guarded(f: Facts) -> Outcome:
    held, released, delivered = f["price_in_escrow"], f["escrow_released_at"], f["delivered_at"]
    complained, ended, stated = f["complained_at"], f["dispute_ended_at"], f["stated_window"]
    if held or released == NEVER:
        return MET
    too_early = within(released, delivered, max(stated or 0, 72 * HOUR))
    if too_early is False and stated is None and delivered != LONG_AGO and released != NEVER:
        too_early = None
    undisputed = negated(within(complained, released, 0))
    over = every(not_before(ended, complained), within(ended, released, 0))
    test = some(negated(happened(released)), every(negated(too_early), some(undisputed, over)))
    return UNKNOWN if held is None and test is not True else outcome(test)


def tier(at: int | None, asked: int | None, span: int) -> bool | None:
    """`never` less whatever is unknown stays `never`: too late."""
    return False if at in (NEVER, LONG_AGO) else every(not_before(at, asked), within(at, asked, span))


def dh_01_guarded(f: Facts) -> Outcome:
    asked = f["enquiry_at"]
    if asked is None:
        return UNKNOWN
    if asked == NEVER:
        return NOT_APPLICABLE
    reply, step_in = tier(f["first_reply_at"], asked, 10 * MINUTE), tier(f["intervened_at"], asked, 30 * MINUTE)
    return outcome(every(reply, step_in, tier(f["plan_at"], asked, 24 * HOUR)))


def dh_02_guarded(f: Facts) -> Outcome:
    late = negated(within(f["plan_at"], f["enquiry_at"], 24 * HOUR))
    applies = every(happened(f["escalation_asked_at"]), some(f["plan_rejected"], late))
    return applied(applies, every(happened(f["escalated_at"]), negated(f["court_barred"])))


def dh_03_guarded(f: Facts) -> Outcome:
    oldest, escalated, frozen = f["oldest_status"], f["escalated_at"], f["escrow_frozen_at"]
    in_time = every(happened(frozen), within(frozen, escalated, 10 * MINUTE))
    safe = some(negated(f["price_in_escrow"]), negated(happened(escalated)), in_time)
    return outcome(every(None if oldest is None else oldest <= 24 * HOUR, safe))


def dh_04_guarded(f: Facts) -> Outcome:
    asked, produced = f["records_asked_at"], f["records_produced_at"]
    in_time = every(happened(produced), within(produced, asked, 24 * HOUR))
    return applied(happened(asked), every(f["records_kept"], in_time))


def dh_06_guarded(f: Facts) -> Outcome:
    fired, alerted = f["rule_fired_at"], f["alerted_at"]
    return applied(happened(fired), every(happened(alerted), within(alerted, fired, 10 * MINUTE)))


def dh_07_guarded(f: Facts) -> Outcome:
    due, complied = f["enforceable_at"], f["complied_at"]
    if due == NEVER:
        return NOT_APPLICABLE
    in_time = in_escrow_or_later(complied, due, f["price_in_escrow"])
    return applied(happened(due), every(happened(complied), in_time, happened(f["reported_at"])))


def ev_01_guarded(f: Facts) -> Outcome:
    cured = f["cured_at"]
    return outcome(some(f["form_met"], every(happened(cured), within(cured, f["cure_asked_at"], 24 * HOUR))))


def ev_02_guarded(f: Facts) -> Outcome:
    return outcome(every(f["hashed_at_upload"], f["trusted_time"], negated(f["alteration_shown"])))


def ev_03_guarded(f: Facts) -> Outcome:
    sources = f["sources_in_support"]
    return applied(f["doubtful_copy"], None if sources is None else sources >= 1)


def ev_04_guarded(f: Facts) -> Outcome:
    neutral, withheld = f["neutral_record"], f["evidence_withheld"]
    presumed = every(neutral, negated(f["record_rebutted"]))
    inferred = every(withheld, negated(f["withholding_excused"]))
    return applied(some(neutral, withheld), some(presumed, inferred))


def ev_05_guarded(f: Facts) -> Outcome:
    by_whom = every(f["inspector_accredited"], f["signature_valid"], f["conflict_declared"])
    return outcome(every(by_whom, f["sample_digest_stated"], f["custody_unbroken"]))


def ev_06_guarded(f: Facts) -> Outcome:
    late = negated(within(f["filed_at"], f["record_closed_at"], 0))
    return applied(late, some(f["good_cause"], f["decisive"]))


def rm_01_guarded(f: Facts) -> Outcome:
    sitting = f["arbitrators_sitting"]
    return outcome(negated(every(f["intent_to_deceive"], None if sitting is None else sitting >= 3)))


def rm_02_guarded(f: Facts) -> Outcome:
    return outcome(every(negated(f["loss_avoidable"]), negated(f["consumer_at_fault"])))


CLAUSES: dict[str, tuple[Callable[[Facts], Outcome], Callable[[Facts], Outcome]]] = {
    "MA-01": (ma_01, ma_01_guarded),
    "MA-02": (ma_02, ma_02_guarded),
    "MA-03": (ma_03, ma_03_guarded),
    "MA-05": (ma_05, ma_05_guarded),
    "PD-01": (pd_01, pd_01_guarded),
    "PD-03": (pd_03, pd_03_guarded),
    "PD-04": (pd_04, pd_04_guarded),
    "PD-05": (pd_05, pd_05_guarded),
    "PD-06": (pd_06, pd_06_guarded),
    "AS-01": (as_01, as_01_guarded),
    "AS-02": (as_02, as_02_guarded),
    "AS-03": (as_03, as_03_guarded),
    "AS-04": (as_04, as_04_guarded),
    "AS-05": (as_05, as_05_guarded),
    "AS-06": (as_06, as_06_guarded),
    "AS-07": (as_07, as_07_guarded),
    "DH-01": (dh_01, dh_01_guarded),
    "DH-02": (dh_02, dh_02_guarded),
    "DH-03": (dh_03, dh_03_guarded),
    "DH-04": (dh_04, dh_04_guarded),
    "DH-06": (dh_06, dh_06_guarded),
    "DH-07": (dh_07, dh_07_guarded),
    "EV-01": (ev_01, ev_01_guarded),
    "EV-02": (ev_02, ev_02_guarded),
    "EV-03": (ev_03, ev_03_guarded),
    "EV-04": (ev_04, ev_04_guarded),
    "EV-05": (ev_05, ev_05_guarded),
    "EV-06": (ev_06, ev_06_guarded),
    "RM-01": (rm_01, rm_01_guarded),
    "RM-02": (rm_02, rm_02_guarded),
}
KNOWN = [known for known, _ in CLAUSES.values()]


def ask(facts: Facts) -> list[Outcome]:
    """All clauses over one case of which everything is known."""
    return [clause(facts) for clause in KNOWN]


def ask_guarded(facts: Facts, defaults: Mapping[str, Facts]) -> list[tuple[Outcome, Outcome]]:
    """All clauses over one case: from the record, and with the *defaults* of each clause for what is None."""
    found = []
    for id_, (known, guarded) in CLAUSES.items():
        now = guarded(facts)
        if now is UNKNOWN:
            filled = {
                name: default if (value := facts[name]) is None else value for name, default in defaults[id_].items()
            }
            found.append((now, known(filled)))
        else:
            found.append((now, now))
    return found
