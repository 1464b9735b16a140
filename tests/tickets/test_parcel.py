"""What many get is made up once, and reads on the wire as the frames one by one would."""

from __future__ import annotations

import pytest
from websockets.frames import Frame, Opcode

from tickets.parcel import Parcel


@pytest.mark.parametrize("size", [0, 1, 125, 126, 65535, 65536])
def test_each_frame_is_a_message_of_its_own(size: int) -> None:
    """RFC 6455, 5.2: of any length, unmasked, as servers send."""
    frames = [b"x" * size, "谢谢".encode()]
    expected = b"".join(Frame(Opcode.TEXT, frame).serialize(mask=False) for frame in frames)
    assert expected == Parcel(frames).wire


def test_a_frame_more_makes_another_parcel() -> None:
    for_sam = Parcel([b"1"])
    for_ada = for_sam.and_then(b"22")
    assert ((b"1",), 1) == (tuple(for_sam.frames), for_sam.size)
    assert ((b"1", b"22"), 3, 2) == (tuple(for_ada.frames), for_ada.size, len(for_ada))


def test_what_is_ready_for_the_wire_is_made_ready_once() -> None:
    parcel = Parcel([b"Hello"])
    assert parcel.wire is parcel.wire
