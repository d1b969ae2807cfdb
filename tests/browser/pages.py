"""Every page that people can be shown, in the states that matter: who looks, where, and how it is answered."""

from typing import NamedTuple


class PageSeen(NamedTuple):
    """One page in one state; braces in the path name a case of tests/browser/site.py.

    `shows` names the template of which this is the fullest page: the one that the default tests look at.
    """

    name: str
    visitor: str
    path: str
    shows: str = ""
    status: int = 200


PUBLIC = (
    PageSeen("home", "", "/", "public/home.html"),
    PageSeen("standards", "", "/standard", "public/standards.html"),
    PageSeen("standard", "", "/standard/1.0.0", "public/standard.html"),
    PageSeen("conformance", "", "/conformance", "public/conformance.html"),
    PageSeen("conformance-platform", "", "/conformance/kami", "public/conformance_platform.html"),
    PageSeen("conformance-version", "", "/conformance/kami/1.1.0"),
    PageSeen("conformance-none", "", "/conformance/wanka"),
    PageSeen("clause", "", "/standard/clauses/AS-01", "public/clause.html"),
    PageSeen("clause-undecided", "", "/standard/clauses/MA-01"),
    PageSeen("compare", "", "/standard/1.0.0/compare/1.1.0", "public/compare.html"),
    PageSeen("consultation", "", "/standard/consultations/{consultation}", "public/consultation.html"),
    PageSeen("verify", "", "/verify", "public/verify.html"),
    PageSeen("verify-nothing", "", "/verify/ABCD-EFGH-JKLM", status=404),
    PageSeen("verify-found", "", "/verify/{code_of_ruled}"),
    PageSeen("inspectors", "", "/inspectors", "public/inspectors.html"),
    PageSeen("not-found", "", "/nowhere", "errors/error.html", 404),
    PageSeen("sign-in", "", "/sign-in", "login/sign_in.html"),
    PageSeen("second-factor", "halfway", "/sign-in/code", "login/second_factor.html"),
)
ACCOUNT = (
    PageSeen("account", "registrar", "/account", "login/account.html"),
    PageSeen("not-for-you", "admin", "/docket", status=403),
    PageSeen("duties", "admin", "/duties", "duties/index.html"),
    PageSeen("inspectors-register", "admin", "/register", "inspections/register.html"),
    PageSeen("inspections", "inspector", "/inspections", "inspections/index.html"),
    PageSeen("inspection-asked", "inspector", "/inspections/{asked_C2}"),
    PageSeen("inspection-taken", "inspector", "/inspections/{asked_R1}", "inspections/request.html"),
    PageSeen("inspection-reported", "inspector", "/inspections/{asked_C1}"),
    PageSeen("deliveries", "officer", "/deliveries", "deliveries/index.html"),
    PageSeen("our-rules", "officer", "/our-rules", "platform_rules/index.html"),
    PageSeen("our-rules-none", "rival", "/our-rules"),
    PageSeen("deliveries-of-all", "auditor", "/deliveries"),
)
STANDARDS = (
    PageSeen("drafts", "editor", "/standards", "standards/index.html"),
    PageSeen("draft", "editor", "/standards/drafts/{draft}", "standards/draft.html"),
    PageSeen("draft-open", "editor", "/standards/drafts/{consultation}"),
    PageSeen("trial", "editor", "/standards/drafts/{consultation}/trial", "standards/trial.html"),
    PageSeen("trial-waiting", "editor", "/standards/drafts/{trying}/trial"),
    PageSeen("trial-none", "editor", "/standards/drafts/{draft}/trial"),
)
DOCKET = (
    PageSeen("docket-registrar", "registrar", "/docket", "docket/index.html"),
    PageSeen("docket-arbitrator", "arbitrator", "/docket"),
    PageSeen("docket-officer", "officer", "/docket"),
    PageSeen("docket-ended", "auditor", "/docket?view=ended"),
    PageSeen("docket-overdue", "registrar", "/docket?view=overdue"),
    PageSeen("docket-empty", "second", "/docket"),
    PageSeen("docket-filtered-to-nothing", "registrar", "/docket?filter=nothing+is+called+this"),
    PageSeen("search", "registrar", "/search?q=云", "docket/search.html"),
    PageSeen("search-nothing", "registrar", "/search?q=nothing+is+called+this"),
)
CASE = (
    PageSeen("case-to-admit", "registrar", "/cases/{fresh}"),
    PageSeen("case-deficient", "registrar", "/cases/{deficient}"),
    PageSeen("case-rejected", "officer", "/cases/{rejected}"),
    PageSeen("case-withdrawn", "registrar", "/cases/{withdrawn}"),
    PageSeen("case-overdue", "registrar", "/cases/{overdue}"),
    PageSeen("case-to-appoint", "registrar", "/cases/{unseated}", "cases/overview.html"),
    PageSeen("case-to-accept", "arbitrator", "/cases/{asked}"),
    PageSeen("case-heard", "arbitrator", "/cases/{evidence}"),
    PageSeen("case-read-only", "auditor", "/cases/{evidence}"),
    PageSeen("case-of-ours", "officer", "/cases/{compliance}"),
    PageSeen("case-closed", "registrar", "/cases/{closed}"),
    PageSeen("evidence", "arbitrator", "/cases/{evidence}/evidence", "cases/evidence.html"),
    PageSeen("admissibility", "arbitrator", "/cases/{evidence}/evidence/C-1/admissibility", "cases/admissibility.html"),
    PageSeen("admissibility-read", "auditor", "/cases/{evidence}/evidence/C-1/admissibility"),
    PageSeen("evidence-late", "arbitrator", "/cases/{late}/evidence"),
    PageSeen("admissibility-late", "arbitrator", "/cases/{late}/evidence/C-2/admissibility"),
    PageSeen("case-late", "registrar", "/cases/{late}"),
    PageSeen("admissibility-confidential", "arbitrator", "/cases/{confidential}/evidence/R-1/admissibility"),
    PageSeen("evidence-confidential", "officer", "/cases/{confidential}/evidence"),
    PageSeen("evidence-quarantined", "registrar", "/cases/{quarantined}/evidence"),
    PageSeen("item", "arbitrator", "/cases/{read}/evidence/C-2", "cases/item.html"),
    PageSeen("item-to-open", "registrar", "/cases/{read}/evidence/C-2"),
    PageSeen("item-found", "arbitrator", "/cases/{read}/evidence/C-2?q=退款"),
    PageSeen("item-lines", "arbitrator", "/cases/{read}/evidence/C-1"),
    PageSeen("item-none", "arbitrator", "/cases/{read}/evidence/C-4"),
    PageSeen("items-compared", "arbitrator", "/cases/{read}/evidence/C-2?with=R-1"),
    PageSeen("item-quarantined", "registrar", "/cases/{quarantined}/evidence/C-2"),
    PageSeen("case-inspections", "arbitrator", "/cases/{evidence}/inspections", "inspections/case.html"),
    PageSeen("case-inspections-none", "auditor", "/cases/{fresh}/inspections"),
    PageSeen("clauses", "arbitrator", "/cases/{evidence}/clauses", "cases/clauses.html"),
    PageSeen("clauses-read-only", "auditor", "/cases/{ruled}/clauses?clause=EV-01"),
    PageSeen("clauses-before-admission", "registrar", "/cases/{fresh}/clauses"),
    PageSeen("messages", "arbitrator", "/cases/{evidence}/messages", "cases/messages.html"),
    PageSeen("messages-none", "registrar", "/cases/{fresh}/messages"),
    PageSeen("tasks", "registrar", "/cases/{unseated}/tasks", "cases/tasks.html"),
    PageSeen("tasks-none", "auditor", "/cases/{closed}/tasks"),
    PageSeen("record", "auditor", "/cases/{ruled}/record", "cases/record.html"),
    PageSeen("productions", "arbitrator", "/cases/{evidence}/productions", "cases/productions.html"),
    PageSeen("bundle", "auditor", "/cases/{ruled}/bundle", "cases/bundle.html"),
    PageSeen("case-not-there", "second", "/cases/{evidence}", status=404),
)
RULING = (
    PageSeen("ruling-editor", "arbitrator", "/cases/{writing}/ruling", "rulings/editor.html"),
    PageSeen("ruling-editor-late", "arbitrator", "/cases/{late}/ruling"),
    PageSeen("ruling-sign", "arbitrator", "/cases/{prepared}/ruling/sign", "rulings/review.html"),
    PageSeen("ruling-underway", "arbitrator", "/cases/{preparing}/ruling/sign", "rulings/underway.html"),
    PageSeen("ruling-issued", "arbitrator", "/cases/{ruled}/ruling", "rulings/issued.html"),
    PageSeen("ruling-dismissed", "officer", "/cases/{dismissed}/ruling"),
    PageSeen("ruling-not-yet", "registrar", "/cases/{evidence}/ruling"),
    PageSeen("ruling-being-written", "registrar", "/cases/{writing}/ruling", "rulings/waiting.html"),
    PageSeen("ruling-never", "registrar", "/cases/{withdrawn}/ruling"),
)
PARTY = (
    PageSeen("party-door", "", "/party/{link_of_evidence}/enter", "party/enter.html"),
    PageSeen("party-waits", "claimant:fresh", ""),
    PageSeen("party-asked-for-more", "claimant:deficient", ""),
    PageSeen("party-to-reply", "respondent:unseated", ""),
    PageSeen("party-heard", "claimant:evidence", ""),
    PageSeen("party-deciding", "respondent:writing", ""),
    PageSeen("party-won", "claimant:ruled", "", "party/page.html"),
    PageSeen("party-lost", "respondent:ruled", ""),
    PageSeen("party-dismissed", "claimant:dismissed", ""),
    PageSeen("party-to-confirm", "claimant:compliance", ""),
    PageSeen("party-closed", "claimant:closed", ""),
    PageSeen("party-rejected", "claimant:rejected", ""),
    PageSeen("party-reply", "respondent:unseated", "/response", "party/act.html"),
    PageSeen("party-cure", "claimant:deficient", "/cure"),
    PageSeen("party-statement", "claimant:evidence", "/statement"),
    PageSeen("party-confirm", "claimant:compliance", "/confirm"),
    PageSeen("party-waive", "respondent:ruled", "/waive"),
    PageSeen("party-withdraw", "claimant:fresh", "/withdraw"),
    PageSeen("party-files", "claimant:evidence", "/evidence", "party/files.html"),
    PageSeen("party-check", "claimant:evidence", "/evidence/check", "party/check.html"),
    PageSeen(
        "party-confidential",
        "claimant:confidential",
        "/evidence/{kept_of_claimant}/confidential",
        "party/confidential.html",
    ),
    PageSeen(
        "party-confidential-redacted",
        "respondent:confidential",
        "/evidence/{redacted_of_respondent}/confidential",
    ),
    PageSeen(
        "party-redacted-copy",
        "respondent:confidential",
        "/evidence/{redacted_of_respondent}/confidential/copy",
        "party/redacted_copy.html",
    ),
    PageSeen("party-check-confidential", "claimant:confidential", "/evidence/check"),
    PageSeen("party-item-redacted", "claimant:confidential", "/files/R-1"),
    PageSeen("party-with-redacted", "claimant:confidential", ""),
    PageSeen("party-particulars", "claimant:evidence", "/evidence/C-1/particulars", "party/particulars.html"),
    PageSeen("party-files-none", "respondent:evidence", "/evidence"),
    PageSeen("party-item", "claimant:read", "/files/R-1", "party/item.html"),
    PageSeen("party-item-to-open", "respondent:read", "/files/C-2"),
    PageSeen("party-items-compared", "claimant:read", "/files/C-2?with=C-3"),
    PageSeen("party-facts", "respondent:evidence", "/facts", "party/facts.html"),
    PageSeen("party-facts-of-the-other-side", "claimant:evidence", "/facts"),
    PageSeen("party-facts-read-only", "claimant:ruled", "/facts"),
    PageSeen("party-bundle", "claimant:ruled", "/bundle", "party/bundle.html"),
    PageSeen("party-inspections", "claimant:evidence", "/inspections", "party/inspections.html"),
    PageSeen("party-productions", "claimant:evidence", "/productions", "party/productions.html"),
    PageSeen("party-objections", "respondent:evidence", "/files/C-1/objections", "party/objections.html"),
    PageSeen("party-late", "claimant:late", ""),
    PageSeen("party-late-of-the-other-side", "respondent:late", ""),
    PageSeen("party-files-late", "claimant:late", "/evidence"),
    PageSeen("party-check-late", "claimant:late", "/evidence/check"),
    PageSeen("party-comment", "claimant:late", "/files/R-1/comment", "party/comment.html"),
    PageSeen("party-comment-over", "respondent:late", "/files/C-2/comment"),
    PageSeen("party-inspections-none", "claimant:fresh", "/inspections"),
    PageSeen("party-receipt", "claimant:evidence", "/evidence/receipt", "party/receipt.html"),
)

PAGES = PUBLIC + ACCOUNT + STANDARDS + DOCKET + CASE + RULING + PARTY
