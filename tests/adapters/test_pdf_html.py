"""The ruling as HTML: complete in both languages, safe to embed, honest as a draft."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from arbitration.adapters.pdf_html import CATALOGUE, TEMPLATES, chinese_number, ruling_html
from arbitration.domain.evidence import Problem
from arbitration.domain.objections import Decision, Ground
from arbitration.domain.permissions import Role
from arbitration.domain.rulings import ClaimOutcome
from arbitration.domain.signing import (
    Instrument,
    Language,
    ObjectionEntry,
    OrderEntry,
    Standing,
    Step,
    StepKind,
)
from arbitration.domain.vocabulary import Remedy
from tests.adapters.ruling_samples import SERVED, short_en, short_zh


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def messages() -> set[str]:
    found = set()
    for path in (TEMPLATES / "pdf").glob("*.html"):
        with path.open("rb") as source:
            options = {"trim_blocks": "true", "lstrip_blocks": "true"}
            for _, message, _, _ in extract("jinja2.ext:babel_extract", source, {"_": None}, options=options):
                found.add(message)
    return found


@pytest.fixture(scope="module")
def catalogue() -> dict[str, str]:
    with CATALOGUE.open("rb") as source:
        return {entry.id: entry.string for entry in read_po(source) if entry.id}


def test_every_message_is_translated_and_no_translation_is_left_over(catalogue: dict[str, str]) -> None:
    assert set(catalogue) == messages()
    assert all(catalogue.values())


def test_a_translation_has_the_placeholders_of_its_message(catalogue: dict[str, str]) -> None:
    for message, translation in catalogue.items():
        assert set(re.findall(r"%\(\w+\)s", message)) == set(re.findall(r"%\(\w+\)s", translation)), message


def test_a_chinese_ruling_has_no_english_in_it_but_the_parties_own() -> None:
    words = set(re.findall(r"(?<![0-9a-f])[A-Za-z]{4,}(?![0-9a-f])", text_of(ruling_html(short_zh()))))
    assert words <= {"Office", "buyer", "shop", "https", "arbitration", "example", "verify", "ruling", "json"}


@pytest.mark.parametrize(
    ("document", "headings"),
    [
        (
            short_zh(),
            "一、当事人 二、案件由来与审理经过 三、请求与答辩 四、证据 五、查明的事实 六、裁决理由 七、裁决依据 "
            "八、裁决主文 九、告知事项 十、签署",
        ),
        (
            short_en(),
            "1. Parties 2. Procedural history 3. Claims and replies 4. Evidence 5. Facts found 6. Reasons "
            "7. Clauses applied 8. Orders 9. Notices 10. Signatures",
        ),
    ],
    ids=["zh", "en"],
)
def test_the_parts_stand_in_the_order_of_a_judgment(document, headings: str) -> None:
    assert " ".join(re.findall(r"<h2>(.*?)</h2>", ruling_html(document))) == headings


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (short_zh(), "不是《中华人民共和国仲裁法》所称的仲裁裁决，不影响任何一方当事人向人民法院提起诉讼。"),
        (short_en(), "It is not an award under arbitration law, and the way to the courts remains open"),
    ],
    ids=["zh", "en"],
)
def test_it_says_before_its_first_section_that_it_is_no_award(document, sentence: str) -> None:
    assert (
        sentence in text_of(ruling_html(document)).partition("当事人 身份" if document.language == "zh" else "1. P")[0]
    )


def test_an_award_under_an_agreement_says_so_and_names_its_registration() -> None:
    institution = replace(short_zh().institution, is_demo=False, registration="京仲登 001")
    text = text_of(ruling_html(short_zh(instrument=Instrument.ARBITRAL_AWARD, institution=institution)))
    assert "仲裁裁决书" in text
    assert "本裁决依当事人之间的仲裁协议作出" in text
    assert "机构登记号：京仲登 001" in text
    assert "演示文书" not in text


def test_a_demonstration_says_that_it_has_no_effect() -> None:
    assert "本文书不具有任何效力" in text_of(ruling_html(short_zh()))


def test_an_order_has_figures_words_who_and_by_when() -> None:
    order = "平台应于 2026年11月23日 16:00 前向申请人退款 ¥399.00（人民币叁佰玖拾玖元整）（第 PD-03 条）。"
    assert order in text_of(ruling_html(short_zh()))
    order = "The platform shall refund ¥399.00 to the claimant by 16:00 on 23 November 2026 (clause PD-03)."
    assert order in text_of(ruling_html(short_en()))


@pytest.mark.parametrize("remedy", [remedy for remedy in Remedy if remedy is not Remedy.DISMISS])
def test_every_remedy_has_its_order_in_both_languages(remedy: Remedy) -> None:
    order = OrderEntry(1, remedy, 5000, Role.RESPONDENT, Role.CLAIMANT, SERVED + timedelta(hours=72), "AS-03")
    zh, en = (text_of(ruling_html(document(orders=(order,)))) for document in (short_zh, short_en))
    assert re.search(r"被申请人应于 2026年11月23日 16:00 前.{4,60}（第 AS-03 条）。", zh)
    assert re.search(r"The respondent shall .{8,80} by 16:00 on 23 November 2026 \(clause AS-03\)\.", en)


def standings(html: str) -> dict[str, str]:
    """What the table says about each item of evidence."""
    rows = re.findall(r'<th scope="row" role="rowheader">([CRPI]-\d)</th>(.*?)</tr>', html, re.DOTALL)
    return {label: re.findall(r'<td role="cell"><p>(.*?)</p>', row)[-1] for label, row in rows}


@pytest.mark.parametrize(
    ("document", "relied_on", "admitted", "excluded"),
    [(short_zh, "采信", "可采", "不可采"), (short_en, "Relied on", "Admitted", "Not admitted")],
    ids=["zh", "en"],
)
def test_only_evidence_that_a_finding_names_is_relied_on(document, relied_on, admitted, excluded) -> None:
    findings = tuple(replace(finding, evidence=("C-3",)) for finding in document().findings)
    found = standings(ruling_html(document(findings=findings)))
    assert found == {"C-1": admitted, "C-2": admitted, "C-3": relied_on, "R-1": excluded, "I-1": admitted}


def test_a_reply_that_was_given_to_an_earlier_claim_is_said_once() -> None:
    reply = short_zh().claims[0].reply
    claims = tuple(replace(claim, reply=reply) for claim in short_zh().claims)
    text = text_of(ruling_html(short_zh(claims=claims)))
    assert text.count(reply) == 1
    assert "被申请人的答辩与对请求 A 的答辩相同。" in text


@pytest.mark.parametrize(
    ("document", "way"),
    [
        (short_zh(), "在当事人案件页面提交陈述或者通过平台转交"),
        (short_en(), "in writing, by a statement on the party's case page or through the platform"),
    ],
    ids=["zh", "en"],
)
def test_the_notices_say_how_to_ask_for_review_and_for_correction(document, way: str) -> None:
    text = text_of(ruling_html(document)).replace("&#39;", "'")
    assert text.count(way) == 2


def test_a_default_is_told_in_the_history() -> None:
    steps = tuple(replace(step, kind=StepKind.DEFAULT_NOTED) for step in short_zh().procedure)
    assert "被申请人未在期限内答辩" in text_of(ruling_html(short_zh(procedure=steps)))
    assert isinstance(steps[0], Step)


def test_what_was_not_awarded_is_dismissed_by_name() -> None:
    findings = short_zh().findings
    in_part = (replace(findings[0], outcome=ClaimOutcome.UPHELD_IN_PART, amount_minor=10_000), findings[1])
    text = text_of(ruling_html(short_zh(findings=in_part)))
    assert "驳回下列请求中超出上述部分的内容：请求 A。" in text
    assert "驳回下列请求：请求 B。" in text


def test_a_ruling_that_dismisses_everything_says_so_in_its_first_order() -> None:
    dismissed = tuple(
        replace(finding, outcome=ClaimOutcome.DISMISSED, remedy=None, amount_minor=0) for finding in short_zh().findings
    )
    html = ruling_html(short_zh(findings=dismissed, orders=(), total_minor=0))
    assert re.search(r'<ol class="orders">\s*<li>驳回申请人的全部请求。</li>\s*</ol>', html)


def test_a_draft_says_that_it_is_unsigned_and_marks_what_is_missing() -> None:
    whole = short_zh()
    draft = replace(
        whole,
        findings=(whole.findings[0], replace(whole.findings[1], outcome=None, reasons="", clauses=())),
        orders=(replace(whole.orders[0], due_at=None),),
        notices=None,
        decided_at=None,
        served_at=None,
        verify_url="",
        versions=None,
        facts_found=" ",
    )
    html = ruling_html(draft, draft=True)
    marks = re.findall(r"<mark>(.*?)</mark>", html)
    assert marks == ["缺少查明的事实。", "缺少理由。", "尚未认定。", "缺少适用条款。", "签署时确定"]
    assert "草稿，尚未签署" in html
    assert "签署后加盖电子签名、印章与核验码。" in html
    assert "sig-seal" not in html


def test_a_finished_ruling_has_no_marks() -> None:
    assert "<mark>" not in ruling_html(short_zh())


HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)><style>*{color:red}</style>{{7*7}}{% raw %}"


def test_text_of_a_party_is_only_text() -> None:
    document = short_zh(
        subject=HOSTILE,
        platform=HOSTILE,
        parties=tuple(replace(party, display_name=HOSTILE, platform_account=HOSTILE) for party in short_zh().parties),
        claims=tuple(replace(claim, basis=HOSTILE, reply=HOSTILE) for claim in short_zh().claims),
        evidence=tuple(replace(item, title=HOSTILE) for item in short_zh().evidence),
        facts_found=HOSTILE,
    )
    html = ruling_html(document)
    tags = set(re.findall(r"<([a-z0-9]+)", html))
    assert not tags & {"script", "img", "style", "iframe", "link", "object", "embed", "form", "a"}
    assert not re.search(r"<[^>]*\s(style|on\w+|src|href)=", html)
    assert "{{7*7}}" in html
    assert "49" not in text_of(html).partition("请求与答辩")[2].partition("证据")[0]


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (
            short_zh,
            (
                "被申请人提出异议：不真实。异议不成立，理由如下：",
                "申请人提出异议：形式不符合要求。异议成立，理由如下：",
            ),
        ),
        (
            short_en,
            (
                "Objection by the respondent: not authentic. The objection is dismissed, for these reasons:",
                "Objection by the claimant: not in the form required. The objection is upheld, for these reasons:",
            ),
        ),
    ],
    ids=["zh", "en"],
)
def test_each_objection_stands_under_its_item_with_the_decision_and_the_reason_as_text(document, said) -> None:
    made = (
        ObjectionEntry(Role.RESPONDENT, Ground.AUTHENTICITY, Decision.DISMISSED, HOSTILE),
        ObjectionEntry(Role.CLAIMANT, Ground.FORM, Decision.UPHELD, "第 C-2 号"),
    )
    item, other, *_ = document().evidence
    html = ruling_html(document(evidence=(replace(item, objections=made), other)))
    under = html.partition(f">{item.label}</th>")[2].partition(f">{other.label}</th>")[0]
    assert [sentence in text_of(under) for sentence in said] == [True, True]
    assert under.count("&lt;script&gt;alert(1)") == 1
    assert "<script" not in html
    assert "<mark>" not in html


@pytest.mark.parametrize("ground", Ground)
def test_every_ground_is_said_in_words_and_what_is_not_decided_is_marked(ground: Ground) -> None:
    item = replace(short_zh().evidence[0], objections=(ObjectionEntry(Role.CLAIMANT, ground, None, ""),))
    html = ruling_html(short_zh(evidence=(item,)), draft=True)
    row = text_of(html.partition('class="objection"')[2].partition("</tr>")[0])
    assert not re.search(r"[a-z]{4}", row)
    assert re.findall(r"<mark>(.*?)</mark>", html) == ["异议尚未决定。"]


@pytest.mark.parametrize("problem", Problem)
def test_an_item_that_cannot_be_used_says_why_in_words(problem: Problem) -> None:
    for document in (short_zh(), short_en()):
        excluded = next(item for item in document.evidence if item.standing is Standing.EXCLUDED)
        item = replace(excluded, standing=Standing.QUARANTINED, problem=problem)
        printed = text_of(ruling_html(replace(document, evidence=(item,))))
        assert ("已隔离" if document.language is Language.ZH else "Quarantined") in printed
        assert problem.value not in printed


def test_the_fragment_is_one_article_with_its_language() -> None:
    html = ruling_html(short_en()).strip()
    assert html.startswith('<article class="ruling" lang="en"')
    assert html.endswith("</article>")


def test_a_long_run_gets_places_to_break_and_keeps_its_text() -> None:
    html = ruling_html(short_zh(subject="A" * 500))
    assert html.count("<wbr>") >= 24
    assert "A" * 500 in html.replace("<wbr>", "")


def test_a_label_in_running_text_never_breaks() -> None:
    html = ruling_html(short_zh(facts_found="检验报告 I-1 与第 AS-05 条，见C-12。XC-12 与 C-1234 不是标签。"))
    assert re.findall(
        r'<span class="id">([CIA][^<]*)</span>', html.partition("查明的事实")[2].partition("</section>")[0]
    ) == [
        "I-1",
        "AS-05",
        "C-12",
    ]


NUMBERS = {1: "一", 10: "十", 11: "十一", 20: "二十", 26: "二十六", 100: "一百", 103: "一百零三", 110: "一百一十"}


@pytest.mark.parametrize(("number", "words"), list(NUMBERS.items()))
def test_headings_count_as_chinese_does(number: int, words: str) -> None:
    assert chinese_number(number) == words
