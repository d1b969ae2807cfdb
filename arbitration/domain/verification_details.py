"""What a verifier says of a failed check, in Chinese: its English sentences are the keys, as in any catalogue.

The report itself has the English, as programs read it. What a library says of a file stays in the library's words.
"""

import re

_SENTENCES: dict[str, str] = {
    "this is no export of a case": "这不是案件导出文件",
    "a part that every export begins with is missing": "缺少每份导出文件开头必有的部分",
    "{} bytes follow the end of the archive": "压缩包结束之后还有 {} 字节",
    "it is said to have {} bytes, more than the file has left": "所称大小为 {} 字节，超出文件剩余部分",
    "it has more than {} bytes": "超过 {} 字节",
    "no export holds a file named {}": "导出文件中不会有名为 {} 的文件",
    "it holds more than {} files": "所含文件超过 {} 个",
    "it is there twice": "重复出现",
    "the header of {} is not as an export has it": "{} 的文件头与导出文件的写法不符",
    "what follows the content of {} is not as an export has it": "{} 的内容之后的部分与导出文件的写法不符",
    "the directory is not as an export has it": "压缩包目录与导出文件的写法不符",
    "the file ends too early": "文件不完整，提前结束",
    "it is no certificate": "不是证书",
    "it holds more than one certificate, or not in its one spelling": "不止一份证书，或者写法不唯一",
    "it was not issued under the given root": "不是由所给根证书签发",
    "it is not the certificate of an institution's seal": "不是机构印章的证书",
    "the seal's certificate was not valid then": "印章证书当时不在有效期内",
    "its key is of another kind": "密钥种类不符",
    "it is not in its one spelling": "写法不唯一",
    "the signature is not over this manifest": "签名所签的不是这份清单",
    "it is no time": "不是时间",
    "it is a time without a zone": "时间未注明时区",
    "it is about another case, view or time than case.json": "与 case.json 的案件、视图或时间不同",
    "it has more than {} values": "所含数值超过 {} 个",
    "it is not JSON that can be read": "不是可读的 JSON",
    "it is not written in canonical form (RFC 8785)": "不是规范写法（RFC 8785）",
    "it is not of the form of an export": "格式与导出文件不符",
    "it is no leaf of the log": "不是日志的叶",
    "the manifest lists it and it is not there": "清单列有该文件，但文件不在",
    "it has {} bytes, the manifest says {}": "大小为 {} 字节，清单所列为 {} 字节",
    "its SHA-256 is {}, the manifest says {}": "SHA-256 为 {}，清单所列为 {}",
    "it is there and the manifest does not list it": "文件在，但清单没有列出",
    "the files stand in another order than it lists them": "文件次序与清单所列不同",
    "a part that every export has is missing": "缺少每份导出文件必有的部分",
    "number {} stands where {} belongs: one is missing or out of order": "编号 {} 处应为 {}：有事件缺失或次序不对",
    "it is no SHA-256": "不是 SHA-256",
    "it is withheld and yet says something": "未披露，却写有内容",
    "it is the leaf of another event": "是另一事件的叶",
    "it does not name the event before it: one was changed, taken out or put in": "与前一事件不衔接：有改动或增删",
    "it does not make its hash": "与其哈希值不符",
    "it is not what the leaf committed to": "与叶所承诺的内容不符",
    "it stands in the log before the event that it follows": "在日志中的位置先于其前一事件",
    "it does not lead to the root of the log": "不能推至日志的根",
    "its file {} is not there": "其文件 {} 不在",
    "it is not the file of {}: digest or size differ": "不是 {} 的文件：摘要值或大小不同",
    "no event says that it arrived": "没有事件记录其收到",
    "the event of its arrival says another digest": "收到时的事件所记摘要值不同",
    "it is no event of the record": "不是案件记录中的事件",
    "it belongs to no item of the record": "不属于案件记录中的任何证据",
    "there are {}, the events tell of {}": "共有 {} 条，事件所记为 {} 条",
    "it is not what its event says": "与其事件所记不符",
    "it is no PDF": "不是 PDF 文件",
    "not exactly one attachment named {}": "应恰有一个附件，名为 {}",
    "there are bytes after the last signature": "最后一个签名之后还有字节",
    "the bytes it covers have changed": "所覆盖的字节已被改动",
    "does not cover all that was there when it was made": "未覆盖签署时的全部内容",
    "the signature is false": "签名不真实",
    "the certificate does not lead to a given root, or was revoked": "证书不能追溯至所给根证书，或已被吊销",
    "its time stamp does not lead to a given root": "时间戳不能追溯至所给根证书",
    "no time stamp": "没有时间戳",
    "there is no time stamp over the whole": "没有覆盖全文的时间戳",
    "not signed: {}": "未签署：{}",
    "there are revisions between the signatures": "签名之间另有修订",
    "no page says {}": "没有一页印有 {}",
}
_PAPERS = {"ruling": "裁决书", "bundle": "案卷册", "standard": "标准文本"}
_OTHER_PAPER = re.compile(r"it is no (?P<wanted>[a-z ]+): it says that it is a (?P<paper>[a-z]+)")
_PLACE = re.compile(r"\bbyte (\d+)$")


def _pattern(sentence: str) -> re.Pattern[str]:
    said = re.escape(sentence).replace(r"\{\}", "(.*)")
    return re.compile(rf"(?:(?P<where>.*?): )?(?P<what>{said})", re.DOTALL)


_CATALOGUE = [(_pattern(english), chinese) for english, chinese in _SENTENCES.items()]


def in_chinese(detail: str) -> str | None:
    """A detail of a `VerificationCheck` in Chinese; None where it is no sentence of ours, or one without Chinese."""
    other = _OTHER_PAPER.fullmatch(detail)
    if other is not None:
        wanted = "或".join(_PAPERS.get(each, each) for each in other["wanted"].split(" or "))
        return f"不是{wanted}：文件自称是{_PAPERS.get(other['paper'], other['paper'])}"
    for pattern, chinese in _CATALOGUE:
        found = pattern.fullmatch(detail)
        if found is not None:
            where = _PLACE.sub(r"第 \1 字节", found["where"] or "")
            said = chinese.format(*found.groups()[2:])
            return f"{where}：{said}" if where else said
    return None
