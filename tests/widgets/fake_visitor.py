"""What the fake desk knows of one visitor: a chat, its messages, and a log to catch up from."""

from __future__ import annotations

from typing import Any

Frame = dict[str, Any]
CLOCK = "2026-11-22T0{hour}:{minute:02}:00.000Z"


class Visitor:
    """Its methods make the chat go on; each gives frames to send, and remembers them for a browser that returns."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.epoch = "e1"
        self.log: list[Frame] = []
        self.messages: list[Frame] = []
        self.notes: list[Frame] = []
        self.chat: Frame | None = None
        self.place: Frame | None = {"position": 3, "low": 120, "high": 300}
        self.older = False
        self.over = False
        self.answers: dict[str, list[Frame]] = {}

    def welcome(self) -> Frame:
        """The whole state."""
        state = {"epoch": self.epoch, "cursor": len(self.log), "you": {"name": None, "email": None}, "chat": self.chat}
        return {"welcome": {**state, "messages": self.messages, "notes": self.notes, "older": self.older}}

    def since(self, cursor: int | None) -> list[Frame] | None:
        """Everything after the cursor, or None without one."""
        if cursor is None:
            return None
        return [{"resumed": {"epoch": self.epoch, "cursor": cursor}}, *self.log[cursor:]]

    def hear(self, kind: str, body: Frame, uploads: list[Frame]) -> list[Frame]:
        """What the desk answers; the same id gets the first answer again."""
        if body["id"] not in self.answers:
            self.answers[body["id"]] = self._first(kind, body, uploads)
            return self.answers[body["id"]]
        return self.answers[body["id"]][-1:]

    def _first(self, kind: str, body: Frame, uploads: list[Frame]) -> list[Frame]:
        if kind == "say":
            opened = self._opened(body)
            files = [_shown(upload) for upload in uploads if upload["id"] in body["files"]]
            said = self.message("you", body["text"], client_id=body["id"], files=files)
            return [
                *opened,
                said,
                {"ack": {"id": body["id"], "seq": said["message"]["seq"], "message": said["message"]}},
            ]
        ack = {"ack": {"id": body["id"], "seq": None, "message": None}}
        present = self.chat and body.get("ticket") == self.chat["ticket"]  # an older chat has ended already
        if kind == "end" and present:
            self.over = True
            return [self.turns("ended"), ack]
        return [self.turns("ended", rated=body["score"]), ack] if kind == "rate" and present else [ack]

    def _opened(self, body: Frame) -> list[Frame]:
        """Nothing on a chat that goes on; an ended one is reopened, unless the words are about another matter."""
        if self.chat is None or body["new"] or self.over:
            return [self.waits()]
        return [self.turns("waiting")] if self.chat["state"] == "ended" else []

    def waits(self) -> Frame:
        """A new chat, third in its queue."""
        number = (self.chat["ticket"] if self.chat else 41) + 1
        self.messages, self.notes, self.over = [], [], False
        self.chat = {
            "ticket": number,
            "number": str(1000 + number),
            "agent": None,
            "queue": "Support",
            "rated": None,
            "seen": 0,
        }
        return self.turns("waiting", place=self.place)

    def turns(self, state: str, **facts: Any) -> Frame:
        """The chat's line of state."""
        self.chat = {**(self.chat or {}), "place": None, **facts, "state": state}
        return self._logged({"chat": self.chat})

    def joins(self, name: str) -> list[Frame]:
        """An agent takes the chat."""
        note = {"kind": "joined", "name": name, "time": self._time()}
        told = self._logged({"note": note})
        self.notes.append({"at": told["at"], "after": len(self.messages), **note})
        return [self.turns("talking", agent={"name": name}), told]

    def message(
        self, who: str, text: str, *, name: str = "Ada", client_id: str | None = None, files: list[Frame] | None = None
    ) -> Frame:
        """A message of "you", "agent" or "system"."""
        seq = len(self.messages) + 1
        own = {"client_id": client_id} if client_id else {}
        said = {
            "id": 100 * (self.chat or {"ticket": 0})["ticket"] + seq,
            "seq": seq,
            "from": who,
            "name": name,
            "text": text,
            "files": files or [],
        }
        said = {**said, "time": self._time(), **own}
        self.messages.append(said)
        return self._logged({"message": said})

    def _logged(self, frame: Frame) -> Frame:
        frame = {"at": len(self.log) + 1, **frame}
        self.log.append(frame)
        return frame

    def _time(self) -> str:
        minutes = len(self.log)
        return CLOCK.format(hour=6 + minutes // 60, minute=minutes % 60)


def _shown(upload: Frame) -> Frame:
    image = str(upload["name"]).endswith(".png")
    facts = (
        {"type": "image/png", "inline": True, "width": 120, "height": 80}
        if image
        else {"type": "application/octet-stream", "inline": False}
    )
    return {**{key: upload[key] for key in ("id", "name", "size")}, "width": None, "height": None, **facts}
