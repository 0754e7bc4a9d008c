"""The drawing engine in a process of its own: ``python -m monitor.engine``, started and ended by `monitor.drawings`.

It holds some 250 MB while it draws and a fault of it ends its process, so neither touches the one that serves. Orders are lines of JSON on
standard input; each answer is its length (four bytes, negative for a failure) and as many bytes.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import Any

NUMBERS = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", " đồng"]}
LENGTH = struct.Struct(">i")


def draw(spec: dict[str, Any], scale: float | None) -> bytes:
    """The Vega-Lite spec as PNG at ``scale``, or as SVG without one. Nothing is fetched."""
    import vl_convert

    if scale is None:
        return vl_convert.vegalite_to_svg(spec, format_locale=NUMBERS, allowed_base_urls=[]).encode()
    return bytes(vl_convert.vegalite_to_png(spec, scale=scale, format_locale=NUMBERS, allowed_base_urls=[]))


def main() -> None:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what the engine prints is no answer
    for line in sys.stdin.buffer:
        order = json.loads(line)
        try:
            body, sign = draw(order["spec"], order["scale"]), 1
        except ValueError as error:  # what the engine says of a spec that it cannot draw
            body, sign = str(error).encode("utf-8", "replace")[:2000], -1
        answers.write(LENGTH.pack(sign * len(body)) + body)
        answers.flush()


if __name__ == "__main__":
    main()
