#!/usr/bin/python3
"""Times one epoch of 784-512-512-dropout(0.5)-10 on MNIST in PyTorch, prints one JSON line.

    torch_epoch.py CASE DATA [--sliced]

CASE: a variant of dropout and an optimizer, as in cases.js.  DATA: the folder of MNIST's four files.
Initial weights and the order of the images are this package's own for seed 1, from its NumPy twin.
--sliced: for masks shared by the batch, the dropped units are not computed: rows of the second
layer's weights and columns of the last one's are taken out, trained and added back.
"""

import json
import sys
import time
from pathlib import Path

import numpy
import torch
import torch.nn.functional as F
from torch import nn

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / 'fixtures'))
import twin  # noqa: E402

SEED, BATCH, P = 1, 64, 0.5
SIZES = [784, 512, 512, 10]


class BatchDropout(nn.Module):
    """The article's layer: one mask for all rows of a batch."""

    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x):
        if not self.training:
            return x
        mask = (torch.rand(x.size(1)) >= P).float()
        return x * (mask if self.scale == 1 else mask * self.scale)


DROPOUTS = {
    'none': nn.Identity,
    'article': lambda: BatchDropout(1),
    'article-scaled': lambda: BatchDropout(1 / (1 - P)),
    'standard': lambda: nn.Dropout(P),
}
OPTIMIZERS = {
    'sgd': lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    'adam': lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}


def read(folder, name):
    images = numpy.fromfile(folder / f'{name}-images-idx3-ubyte', numpy.uint8)[16:]
    labels = numpy.fromfile(folder / f'{name}-labels-idx1-ubyte', numpy.uint8)[8:]
    return (
        torch.from_numpy(images.reshape(-1, 784)).float().div_(255),
        torch.from_numpy(labels).long(),
    )


def network(dropout):
    layers = []
    for index, (inputs, units) in enumerate(zip(SIZES, SIZES[1:])):
        layer = nn.Linear(inputs, units)
        weight, bias = twin.initial(SEED, index, units, inputs)
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weight))
            layer.bias.copy_(torch.from_numpy(bias))
        layers.append(layer)
    first, second, last = layers
    return nn.Sequential(first, nn.ReLU(), second, nn.ReLU(), dropout, last)


def train(model, optimizer, images, labels, order):
    for at in range(0, len(order), BATCH):
        rows = order[at : at + BATCH]
        x, y = images.index_select(0, rows), labels.index_select(0, rows)
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(model(x), y).backward()
        optimizer.step()


def train_sliced(model, scale, rate, images, labels, order):
    """SGD; what is dropped has no gradient, so that only what is kept needs an update."""
    first, _, second, _, _, last = model
    for at in range(0, len(order), BATCH):
        rows = order[at : at + BATCH]
        x, y = images.index_select(0, rows), labels.index_select(0, rows)
        kept = (torch.rand(SIZES[2]) >= P).nonzero().squeeze(1)
        with torch.no_grad():
            w2 = second.weight.index_select(0, kept).requires_grad_()
            b2 = second.bias.index_select(0, kept).requires_grad_()
            w3 = last.weight.index_select(1, kept).requires_grad_()
        h = F.relu(F.linear(F.relu(first(x)), w2, b2))
        F.cross_entropy(F.linear(h if scale == 1 else h * scale, w3, last.bias), y).backward()
        with torch.no_grad():
            second.weight.index_add_(0, kept, w2.grad, alpha=-rate)
            second.bias.index_add_(0, kept, b2.grad, alpha=-rate)
            last.weight.index_add_(1, kept, w3.grad, alpha=-rate)
            for p in (first.weight, first.bias, last.bias):
                p.add_(p.grad, alpha=-rate)
                p.grad = None


def main(case, folder, sliced=False):
    torch.set_num_threads(1)
    torch.manual_seed(SEED)
    variant, name = case.rsplit('-', 1)
    images, labels = read(folder, 'train')
    order = torch.from_numpy(twin.shuffle(SEED, 0, len(labels)))
    model = network(DROPOUTS[variant]())
    optimizer = OPTIMIZERS[name](model.parameters())
    start = time.perf_counter()
    if sliced:
        rate = optimizer.param_groups[0]['lr']
        train_sliced(model, model[4].scale, rate, images, labels, order)
    else:
        train(model, optimizer, images, labels, order)
    seconds = time.perf_counter() - start
    model.eval()
    images, labels = read(folder, 't10k')
    with torch.no_grad():
        accuracy = (model(images).argmax(1) == labels).float().mean().item()
    print(json.dumps({'seconds': seconds, 'accuracy': accuracy, 'version': torch.__version__}))


if __name__ == '__main__':
    main(sys.argv[1], Path(sys.argv[2]), '--sliced' in sys.argv[3:])
