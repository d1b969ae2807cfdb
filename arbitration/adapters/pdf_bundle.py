"""The bundle of a case as a page for the PDF: cover, contents, items behind their sheets, messages, record, seal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from arbitration.adapters import pdf_html
from arbitration.adapters.pdf_fonts import Coverage
from arbitration.adapters.pdf_text import Printable, printable
from arbitration.domain.bilingual import Bilingual
from arbitration.domain.bundle import MAX_EVENTS, MAX_ITEMS, BundlePaper, Shown, content_of
from arbitration.domain.custody import STEPS
from arbitration.domain.export import Record, at_micros
from arbitration.domain.export_check import digest, withheld
from arbitration.domain.particulars import ABOUT_FACTS, CUSTODY, Field, FieldType, fields_of, is_instant
from arbitration.domain.signing import Language
from arbitration.domain.vocabulary import EvidenceKind

STYLESHEET = pdf_html.STYLESHEET.with_name("bundle.css")
PICTURE = "page:{}/{}"
"""The address of a picture within the bundle: label and number from 1."""

EVENTS: Mapping[str, Bilingual] = {
    **STEPS,
    "escalation_accepted": Bilingual("平台移交案件", "Case escalated by the platform"),
    "case_opened": Bilingual("立案", "Case opened"),
    "event_accepted": Bilingual("收到平台后续通知", "Further event of the platform received"),
    "event_came_too_late": Bilingual(
        "平台通知过迟，未处理", "An event of the platform came too late and was not applied"
    ),
    "repeated_escalation_differs": Bilingual("重复移交且内容不同", "Escalated again with other content"),
    "sequence_gap_noticed": Bilingual("平台通知缺号", "An event of the platform is missing"),
    "sequence_repeated": Bilingual("平台通知编号重复", "The platform numbered two events alike"),
    "cure_asked": Bilingual("要求补充材料", "What is missing was asked for"),
    "cured": Bilingual("已补充材料", "What was missing has come"),
    "deemed_withdrawn": Bilingual("视为撤回", "Counted as withdrawn"),
    "rejected": Bilingual("不予受理", "Not admitted"),
    "admitted": Bilingual("受理", "Admitted"),
    "notices_served": Bilingual("通知已送达各方", "Notices served on both sides"),
    "responded": Bilingual("被申请人答辩", "The respondent replied"),
    "default_noted": Bilingual("被申请人缺席", "Default of the respondent noted"),
    "record_closed": Bilingual("案卷封闭", "The record closed"),
    "ruling_prepared": Bilingual("裁决书待签", "Ruling prepared for signature"),
    "ruling_authorised": Bilingual("仲裁员签署裁决书", "Ruling signed by the arbitrator"),
    "ruling_voided": Bilingual("待签裁决书作废", "The prepared ruling is void"),
    "ruling_issued": Bilingual("裁决书签章并发出", "Ruling sealed and issued"),
    "ruling_downloaded": Bilingual("下载裁决书", "Ruling downloaded"),
    "review_waived": Bilingual("一方放弃复核", "A side waived its review"),
    "review_ended": Bilingual("复核期结束", "The review window ended"),
    "closed_without_orders": Bilingual("结案：无履行事项", "Closed: nothing to carry out"),
    "compliance_confirmed": Bilingual("结案：已履行", "Closed: carried out"),
    "noncompliance_recorded": Bilingual("结案：未全部履行", "Closed: not all carried out"),
    "withdrawn": Bilingual("撤回", "Given up"),
    "arbitrator_proposed": Bilingual("指定仲裁员", "An arbitrator was asked to sit"),
    "arbitrator_accepted": Bilingual("仲裁员接受指定", "The arbitrator accepted"),
    "arbitrator_declined": Bilingual("仲裁员谢绝指定", "The arbitrator declined"),
    "appointment_lapsed": Bilingual("指定失效", "The appointment lapsed"),
    "message_posted": Bilingual("向各方发出信息", "Message to all sides"),
    "production_ordered": Bilingual("仲裁员命令提交证据", "Something was ordered to be produced"),
    "production_refused": Bilingual("说明理由，未予提交", "What was ordered was not produced, with a reason"),
    "production_expired": Bilingual("逾期未提交", "What was ordered was not produced in time"),
    "production_withdrawn": Bilingual("撤回提供命令", "The order to produce was withdrawn"),
    "production_reopened": Bilingual("所提交的文件不能使用", "What was produced cannot be used"),
    "fact_stated": Bilingual("陈述或认定事实", "A fact was stated or found"),
    "deadline_set": Bilingual("设定期限", "Deadline set"),
    "deadline_missed": Bilingual("逾期", "Deadline missed"),
    "execution_reported": Bilingual("平台报告已履行", "Reported as carried out"),
    "settlement_reported": Bilingual("平台报告和解", "Settlement reported"),
    "dispute_updated": Bilingual("平台更新", "News from the platform"),
    "case_exported": Bilingual("导出案件", "Case exported"),
    "bundle_made": Bilingual("制成案卷册", "Bundle made"),
    "bundle_downloaded": Bilingual("下载案卷册", "Bundle downloaded"),
}
"""What an event is called; one of another kind by the name of its kind."""
STATES: Mapping[str, Bilingual] = {
    "expected": Bilingual("待收", "awaited"),
    "held": Bilingual("检查中", "being checked"),
    "submitted": Bilingual("在卷", "on the record"),
    "quarantined": Bilingual("隔离", "quarantined"),
    "unavailable": Bilingual("不可得", "not available"),
}
VERDICTS: Mapping[str, Bilingual] = {
    "admitted": Bilingual("可采", "admissible"),
    "with_corroboration": Bilingual("须印证", "needs corroboration"),
    "excluded": Bilingual("不可采", "excluded"),
}
FILE_TYPES: Mapping[str, Bilingual] = {
    "application/pdf": Bilingual("PDF 文件", "PDF"),
    "image/png": Bilingual("图片", "picture"),
    "image/jpeg": Bilingual("图片", "picture"),
    "image/webp": Bilingual("图片", "picture"),
    "text/plain": Bilingual("文本", "text"),
    "text/csv": Bilingual("表格", "table"),
    "text/html": Bilingual("网页", "web page"),
    "application/json": Bilingual("数据", "data"),
    "video/mp4": Bilingual("视频", "video"),
    "video/quicktime": Bilingual("视频", "video"),
    "application/zip": Bilingual("压缩包", "archive"),
}
"""What a file of a media type is."""
YES, NO = Bilingual("是", "yes"), Bilingual("否", "no")
BEIJING_TIME = Bilingual("（北京时间）", " (Beijing time)")
AFTER_SHEET: Mapping[Shown, Bilingual] = {
    Shown.PART: Bilingual(
        "共 {total} 页，此处印出 {printed} 页；原件见导出文件。",
        "Of its {total} pages {printed} are printed here; all of it is in the export.",
    ),
    Shown.STILLS: Bilingual(
        "以下为视频截取的画面；原件见导出文件。", "What follows are pictures out of a film; all of it is in the export."
    ),
    Shown.NOT_DRAWN: Bilingual(
        "此类文件不印出，原件见导出文件。", "Files of this kind are not printed; see the export."
    ),
    Shown.NOT_HERE: Bilingual("此视图不含该文件。", "The file is not part of this view."),
}
VIEWS: Mapping[str, Bilingual] = {
    "office": Bilingual("秘书处视图：全部案卷", "The office's view: everything"),
    "platform": Bilingual(
        "平台视图：保密原件以遮盖版代替", "The platform's view: redacted copies of what is confidential"
    ),
    "claimant": Bilingual("申请人视图：申请人可见的案卷", "The claimant's view: what the claimant may see"),
    "respondent": Bilingual("被申请人视图：被申请人可见的案卷", "The respondent's view: what the respondent may see"),
}
CASE_STATES: Mapping[str, Bilingual] = {
    "received": Bilingual("已收到", "Received"),
    "deficient": Bilingual("待补充", "Something is missing"),
    "inadmissible": Bilingual("不予受理", "Not admitted"),
    "admitted": Bilingual("已受理", "Admitted"),
    "response_due": Bilingual("待答辩", "Reply awaited"),
    "evidence": Bilingual("举证", "Evidence"),
    "deliberation": Bilingual("评议", "Deliberation"),
    "ruled": Bilingual("已裁决", "Ruled"),
    "compliance": Bilingual("履行中", "Compliance"),
    "closed": Bilingual("已结案", "Closed"),
    "withdrawn": Bilingual("已撤回", "Withdrawn"),
}


def language_of(record: Record) -> Language:
    """The language of a case, in which its bundle is."""
    return Language.ZH if str(record["case"]["language"]).startswith("zh") else Language.EN


def bundle_page(paper: BundlePaper, coverage: Coverage) -> str:
    """The whole page. Raises KeyError or ValueError for a record that is none."""
    language = language_of(paper.record)
    formats = pdf_html.Formats(language)
    table = Printable(coverage)
    record = _printable(paper.record, table)
    names = {printable(code, table): printable(_in(language, name), table) for code, name in paper.names.items()}
    answers = _Answers(language, formats, names)
    return (
        pdf_html.environment(language)
        .get_template("pdf/bundle.html")
        .render(
            d={"language": language},
            r=record,
            items=[_item(item, paper, answers) for item in record["items"][:MAX_ITEMS]],
            unlisted=record["items"][MAX_ITEMS:],
            printed_events=record["events"][:MAX_EVENTS],
            withheld=withheld(record),
            digest=digest(content_of(paper)),
            say=lambda words: _in(language, words),
            called=lambda code: names.get(code, code),
            file_type=lambda media_type: FILE_TYPES.get(media_type.partition(";")[0]),
            chinese=language is Language.ZH,
            at=lambda text: formats.instant(moment(text), short=True),
            micros=lambda value: formats.instant(at_micros(value), short=True),
            made=pdf_html.utc_text(moment(record["made_at"])),
            formal_day=formats.formal_day(moment(record["made_at"])),
            money=formats.money,
            paragraphs=pdf_html.paragraphs,
            events=EVENTS,
            states=STATES,
            verdicts=VERDICTS,
            case_states=CASE_STATES,
            after_sheet=AFTER_SHEET,
            views=VIEWS,
        )
    )


def pictures_of(paper: BundlePaper) -> dict[str, bytes]:
    """The pictures that the page refers to, by address."""
    return {
        PICTURE.format(label, number): picture
        for label, each in paper.pages.items()
        for number, picture in enumerate(each.pictures, 1)
    }


def moment(text: str) -> datetime:
    """A time as the record writes it."""
    return datetime.fromisoformat(text)


def _in(language: Language, words: Bilingual) -> str:
    return words.zh if language is Language.ZH else words.en


def _item(item: Record, paper: BundlePaper, answers: "_Answers") -> Record:
    pages = paper.pages.get(item["label"])
    return item | {
        "answers": answers.of(item),
        "shown": pages.shown if pages is not None else Shown.NOT_HERE,
        "total": pages.total if pages is not None else 0,
        "pictures": [PICTURE.format(item["label"], number) for number in range(1, len(pages.pictures) + 1)]
        if pages is not None
        else [],
    }


@dataclass(frozen=True)
class _Answers:
    """What an item says of itself, as its page says it: in one language, facts by their names, times as of Beijing."""

    language: Language
    formats: pdf_html.Formats
    names: Mapping[str, str]

    def of(self, item: Record) -> list[tuple[str, str]]:
        given = item["particulars"] or {}
        return [
            (_in(self.language, field.label), self._shown(field, given[field.name]))
            for field in fields_of(EvidenceKind(item["kind"]))
            if field.name in given
        ]

    def _shown(self, field: Field, answer: bool | str) -> str:
        if isinstance(answer, bool):
            return _in(self.language, YES if answer else NO)
        if field.name == ABOUT_FACTS:
            between = "；" if self.language is Language.ZH else "; "
            return between.join(self.names.get(code, code) for code in answer.split(", "))
        if field.name == CUSTODY:
            return Markup("\n").join(self._holding(line) for line in answer.split("\n"))
        return self._time(answer) if field.type is FieldType.INSTANT else answer

    def _holding(self, line: str) -> str:
        at, _, rest = line.partition(" ")
        return self._time(at) + f" {rest}" if is_instant(at) else line

    def _time(self, written: str) -> Markup:
        return self.formats.instant(moment(written), short=True) + _in(self.language, BEIJING_TIME)


def _printable(value: Any, table: Printable) -> Any:
    """A copy of plain JSON in which every text can be printed."""
    if isinstance(value, str):
        return printable(value, table)
    if isinstance(value, list):
        return [_printable(each, table) for each in value]
    if isinstance(value, dict):
        return {name: _printable(each, table) for name, each in value.items()}
    return value
