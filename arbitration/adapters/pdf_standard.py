"""A version of the standard as a page for the PDF: both languages beside each other, every clause with its digest."""

from collections.abc import Mapping

from arbitration.adapters import pdf_html
from arbitration.adapters.pdf_fonts import Coverage
from arbitration.adapters.pdf_text import printable_document
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.signing import Language
from arbitration.domain.standard import Standard, parse
from arbitration.domain.standard_paper import StandardPaper

STYLESHEET = pdf_html.STYLESHEET.with_name("standard-paper.css")

SEVERITIES: Mapping[str, Bilingual] = {
    "critical": Bilingual("严重", "critical"),
    "major": Bilingual("较重", "major"),
    "minor": Bilingual("一般", "minor"),
}
PARTIES: Mapping[str, Bilingual] = {
    "claimant": Bilingual("申请人", "the claimant"),
    "respondent": Bilingual("商家", "the merchant"),
    "platform": Bilingual("平台", "the platform"),
    "submitter": Bilingual("提交方", "whoever files it"),
    "opponent": Bilingual("对方", "the other side"),
    "inspector": Bilingual("检验人", "the inspector"),
    "panel": Bilingual("仲裁庭", "the arbitrators"),
}
DIRECTIONS: Mapping[str, Bilingual] = {
    "larger": Bilingual("平台可以更高", "a platform may go above"),
    "smaller": Bilingual("平台可以更低", "a platform may go below"),
    "nobody": Bilingual("平台不得变更", "no platform may change it"),
}
REMEDIES: Mapping[str, Bilingual] = {
    "refund_full": Bilingual("全额退款", "full refund"),
    "refund_partial": Bilingual("部分退款", "partial refund"),
    "replace_key": Bilingual("补发激活码", "replacement key"),
    "redo_topup": Bilingual("重新充值", "top-up done again"),
    "restore_account": Bilingual("恢复账号", "restoration of the account"),
    "compensation": Bilingual("赔偿损失", "compensation"),
    "punitive_3x": Bilingual("欺诈三倍赔偿", "punitive damages, three times the price"),
    "deposit_return": Bilingual("退还押金", "return of the deposit"),
    "apology_correction": Bilingual("道歉并更正", "apology and correction"),
    "dismiss": Bilingual("驳回", "dismissal"),
}


def standard_page(paper: StandardPaper, coverage: Coverage) -> str:
    """The whole page. Raises StandardRefused for a text that is no version."""
    standard = parse(paper.text)
    return (
        pdf_html.environment(Language.ZH)
        .get_template("pdf/standard.html")
        .render(
            paper=printable_document(paper, coverage),
            s=printable_document(standard, coverage),
            digests=digests(standard),
            published=pdf_html.utc_text(paper.published_at),
            facts={fact.name: fact.label for fact in printable_document(standard, coverage).facts},
            zh=pdf_html.Formats(Language.ZH),
            en=pdf_html.Formats(Language.EN),
            chinese_number=pdf_html.chinese_number,
            severities=SEVERITIES,
            parties=PARTIES,
            directions=DIRECTIONS,
            remedies=REMEDIES,
            qr=pdf_html.qr,
        )
    )


def digests(standard: Standard) -> dict[str, str]:
    """Clause id -> the digest of its text as published, whatever the fonts can print."""
    return {clause.id: clause.text_sha256 for clause in standard.clauses}
