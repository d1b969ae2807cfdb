"""The standards editor lays the draft of a next version open, and two people say something to it."""

import json
from importlib import resources

from arbitration.demo.browser import Browser
from arbitration.demo.stage import Stage

DESK = "/standards"


def consult(stage: Stage) -> None:
    """Begin a draft of the version in force, change it as the demo's material says, lay it open, and comment on it.

    Raises ValueError where the material no longer fits the text.
    """
    material = json.loads((resources.files("arbitration.content") / "demo" / "consultation.json").read_text("utf-8"))
    editor = stage.editor
    begun = editor.send(DESK, f"{DESK}/drafts")
    text = begun.form(begun.path).control("body").values[0].lstrip("\r\n")
    for before, after in material["changes"]:
        if before not in text:
            raise ValueError(f"the standard does not say {before!r}")
        text = text.replace(before, after)
    editor.send(begun.path, begun.path, body=text)
    editor.send(begun.path, f"{begun.path}/open", days=str(material["days"]))
    public = f"/standard/consultations/{begun.path.rpartition('/')[2]}"
    for said in material["comments"]:
        visitor = Browser(stage.base, said["language"])
        form = visitor.open(public).form(f"{public}/comments").fill(name=said["name"], text=said["text"])
        visitor.submit(form)
