"""Makes pictures and films with real encoders; run by the environment that has them.

    python tests/bench/_media.py FOLDER

leaves `jpeg`, `png` and `mp4` in it: files of each kind, one after the other. What they show is
drawn by a fractal with noise over it, from seeds.
"""

from __future__ import annotations

import io
import itertools
import sys
from fractions import Fraction
from pathlib import Path

import av

WANTED = 5 << 20
FILM_FRAMES = 150


def main() -> None:
    folder = Path(sys.argv[1])
    for kind, make in (("jpeg", _jpeg), ("png", _png), ("mp4", _film)):
        made = bytearray()
        seed = 0
        while len(made) < WANTED:
            seed += 1
            made += make(seed)
        (folder / kind).write_bytes(made)


def _drawn(seed: int, size: str, scale: str, noise: int, pixels: str):
    graph = av.filter.Graph()
    chain = [
        graph.add("mandelbrot", f"size={size}:rate=25:start_scale={3 / seed:.4f}:end_pts=400"),
        graph.add("scale", scale),
        graph.add("noise", f"alls={noise}:allf=t+u:all_seed={seed}"),
        graph.add("format", pixels),
        graph.add("buffersink"),
    ]
    for before, after in itertools.pairwise(chain):
        before.link_to(after)
    graph.configure()
    return graph


def _jpeg(seed: int) -> bytes:
    return _picture("mjpeg", _drawn(seed, "1200x900", "4000:3000", 6, "yuvj420p"))


def _png(seed: int) -> bytes:
    return _picture("png", _drawn(seed, "900x675", "1600:1200", 3, "rgb24"))


def _picture(codec: str, graph) -> bytes:
    frame = graph.pull()
    encoder = av.CodecContext.create(codec, "w")
    encoder.width, encoder.height = frame.width, frame.height
    encoder.pix_fmt = frame.format.name
    encoder.time_base = Fraction(1, 25)
    if codec == "mjpeg":
        encoder.qmin, encoder.qmax = 3, 3
    frame.pts = 0
    return b"".join(bytes(each) for each in [*encoder.encode(frame), *encoder.encode(None)])


def _film(seed: int) -> bytes:
    """A film as cameras and screens make them: H.264 and AAC, in turns."""
    drawn = _drawn(seed, "640x360", "1280:720", 14, "yuv420p")
    out = io.BytesIO()
    container = av.open(out, "w", "mp4")
    video = container.add_stream("libx264", rate=25)
    video.width, video.height, video.pix_fmt = 1280, 720, "yuv420p"
    video.options = {"preset": "veryfast", "crf": str(20 + seed % 3 * 3)}
    sound = container.add_stream("aac", rate=48000)
    heard = _heard(seed)
    for number in range(FILM_FRAMES):
        frame = drawn.pull()
        frame.pts, frame.time_base = number, Fraction(1, 25)
        container.mux(video.encode(frame))
        for _ in range(2):
            container.mux(sound.encode(heard.pull()))
    container.mux(video.encode(None))
    container.mux(sound.encode(None))
    container.close()
    return out.getvalue()


def _heard(seed: int):
    graph = av.filter.Graph()
    source = graph.add("anoisesrc", f"sample_rate=48000:amplitude=0.2:color=pink:seed={seed}")
    shape = graph.add("aformat", "sample_fmts=fltp:sample_rates=48000:channel_layouts=stereo")
    sink = graph.add("abuffersink")
    source.link_to(shape)
    shape.link_to(sink)
    graph.configure()
    return graph


if __name__ == "__main__":
    main()
