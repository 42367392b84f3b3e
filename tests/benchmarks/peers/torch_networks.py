"""The small CNNs in PyTorch, layer by layer, and the loop that its tutorials train with."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import nn

# (filters, dropout, pooling, batch normalisation) of each convolution, as in `models`.
LAYERS: dict[str, list[tuple[int, float, str, bool]]] = {
    "basic_cnn": [(16, 0.1, "max", True), (32, 0.2, "", False), (64, 0.25, "average", True)],
    "improved_cnn": [
        (16, 0.2, "max", True),
        (32, 0.15, "", True),
        (64, 0.25, "", True),
        (128, 0.3, "average", True),
        (256, 0.45, "", True),
    ],
}
FEATURES = {"basic_cnn": 5 * 5 * 64, "improved_cnn": 2 * 2 * 256}
POOLINGS = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}


def network(name: str) -> nn.Sequential:
    """The network of this name, initialised as Keras does; gives logits."""
    layers: list[nn.Module] = []
    channels = 3
    for filters, rate, pooling, normalised in LAYERS[name]:
        layers += [nn.Conv2d(channels, filters, 3), nn.ReLU(), nn.Dropout(rate)]
        if pooling:
            layers.append(POOLINGS[pooling](2))
        if normalised:
            # Keras' momentum 0.99 and epsilon, in PyTorch's words.
            layers.append(nn.BatchNorm2d(filters, eps=1e-3, momentum=0.01))
        channels = filters
    layers += [nn.Flatten(), nn.Linear(FEATURES[name], 100)]
    for layer in layers:
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def epochs(
    name: str,
    images: np.ndarray,
    labels: np.ndarray,
    batch_size: int,
    *,
    channels_last: bool,
    compiled: bool,
) -> Callable[[], float]:
    """A function that trains one epoch and gives its mean loss.

    Args:
        name: of the network.
        images: float32 (n, 32, 32, 3), scaled.
        labels: (n,); n is a multiple of `batch_size`.
        batch_size: images a step.
        channels_last: memory layout of images and weights.
        compiled: whether `torch.compile` takes part.
    """
    layout = torch.channels_last if channels_last else torch.contiguous_format
    data = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(memory_format=layout)
    targets = torch.from_numpy(labels.astype(np.int64))
    model = network(name).to(memory_format=layout).train()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, eps=1e-7)
    forward = torch.compile(model) if compiled else model

    def epoch() -> float:
        total = torch.zeros(())
        order = torch.randperm(len(data))
        for index in order.split(batch_size):
            optimizer.zero_grad(set_to_none=True)
            batch = data[index].contiguous(memory_format=layout)
            loss = nn.functional.cross_entropy(forward(batch), targets[index])
            loss.backward()
            optimizer.step()
            total += loss.detach() * len(index)
        return float(total) / len(data)

    return epoch
