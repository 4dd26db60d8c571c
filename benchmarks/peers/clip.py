"""CLIP with random weights in PyTorch, for ./run bench: answers each line "task batch passes" with wall and processor seconds."""
import resource
import sys
import time

import torch
from torch import nn

threads, dtype = int(sys.argv[1]), getattr(torch, sys.argv[2])
(width, inner, layers, heads, image, patch,
 text_width, text_inner, text_layers, text_heads, vocabulary, length, projection) = map(int, sys.argv[3:])
torch.set_num_threads(threads)


class Attention(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.scale = heads, (width // heads) ** -0.5
        self.q, self.k, self.v, self.out = (nn.Linear(width, width) for _ in range(4))

    def forward(self, x, mask):
        batch, length, width = x.shape
        split = lambda states: states.view(batch, length, self.heads, -1).transpose(1, 2)
        scores = torch.matmul(split(self.q(x)) * self.scale, split(self.k(x)).transpose(-2, -1))
        if mask is not None:
            scores = scores + mask
        context = torch.matmul(scores.softmax(-1), split(self.v(x)))
        return self.out(context.transpose(1, 2).reshape(batch, length, width))


class Block(nn.Module):
    def __init__(self, width, inner, heads):
        super().__init__()
        self.attention, self.norm1, self.norm2 = Attention(width, heads), nn.LayerNorm(width), nn.LayerNorm(width)
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)

    def forward(self, x, mask=None):
        x = x + self.attention(self.norm1(x), mask)
        hidden = self.up(self.norm2(x))
        return x + self.down(hidden * torch.sigmoid(1.702 * hidden))


class Vision(nn.Module):
    def __init__(self, blocks):
        super().__init__()
        self.patches = nn.Conv2d(3, width, patch, stride=patch, bias=False)
        self.cls = nn.Parameter(torch.randn(width))
        self.positions = nn.Parameter(torch.randn((image // patch) ** 2 + 1, width))
        self.before, self.after = nn.LayerNorm(width), nn.LayerNorm(width)
        self.blocks, self.projection = blocks, nn.Linear(width, projection, bias=False)

    def forward(self, pixels):
        x = self.patches(pixels).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls.expand(x.shape[0], 1, width), x], 1) + self.positions
        return self.projection(self.after(self.blocks(self.before(x))[:, 0]))


class Text(nn.Module):
    def __init__(self):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(vocabulary, text_width), nn.Parameter(torch.randn(length, text_width))
        self.blocks = nn.ModuleList(Block(text_width, text_inner, text_heads) for _ in range(text_layers))
        self.norm, self.projection = nn.LayerNorm(text_width), nn.Linear(text_width, projection, bias=False)
        self.register_buffer("mask", torch.full((length, length), torch.finfo(dtype).min).triu(1))

    def forward(self, ids):
        x = self.tokens(ids) + self.positions
        for block in self.blocks:
            x = block(x, self.mask)
        return self.projection(self.norm(x)[torch.arange(len(ids)), ids.argmax(-1)])


def encoder():
    layer = nn.TransformerEncoderLayer(width, heads, inner, activation="gelu", batch_first=True, norm_first=True)
    return nn.TransformerEncoder(layer, layers)


networks = {
    "vision": Vision(nn.Sequential(*(Block(width, inner, heads) for _ in range(layers)))),
    "encoder": Vision(encoder()),
    "text": Text(),
}
for network in networks.values():
    network.to(dtype).eval()
print(f"PyTorch {torch.__version__}", flush=True)

with torch.no_grad():
    for line in sys.stdin:
        task, batch, passes = line.split()
        batch = int(batch)
        sample = torch.randint(1, vocabulary, (batch, length)) if task == "text" else torch.randn(batch, 3, image, image, dtype=dtype)
        before, start = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
        for _ in range(int(passes)):
            networks[task](sample)
        wall, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_SELF)
        print(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime, flush=True)
