"""CLIP's preprocessing with Pillow, for ./run bench: answers each line "task batch passes" with wall and processor seconds."""
import io
import resource
import sys
import time

import PIL
from PIL import Image

try:
    import numpy
except ImportError:
    numpy = None  # then normalising is left out, which only helps the other side

with open(sys.argv[1], "rb") as file:
    jpeg = file.read()
size = int(sys.argv[2])
decoded = Image.open(io.BytesIO(jpeg)).convert("RGB")
if numpy:
    mean = numpy.array([0.48145466, 0.4578275, 0.40821073], dtype=numpy.float32)
    std = numpy.array([0.26862954, 0.26130258, 0.27577711], dtype=numpy.float32)


def decode():
    return Image.open(io.BytesIO(jpeg)).convert("RGB")


def resize(picture=decoded):
    shorter = min(picture.size)
    width, height = (int(side * size / shorter) for side in picture.size)
    left, top = (width - size) // 2, (height - size) // 2
    return picture.resize((width, height), Image.BICUBIC).crop((left, top, left + size, top + size))


def everything():
    picture = resize(decode())
    if numpy:
        values = numpy.asarray(picture).astype(numpy.float32) * numpy.float32(1 / 255)
        return numpy.ascontiguousarray(((values - mean) / std).transpose(2, 0, 1))
    return picture


tasks = {"decode": decode, "resize": resize, "all": everything}
print(f"Pillow {PIL.__version__}", flush=True)
for line in sys.stdin:
    task, _, passes = line.split()
    before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    for _ in range(int(passes)):
        tasks[task]()
    wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
    print(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, flush=True)
