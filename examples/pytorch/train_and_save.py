"""Train a small network in PyTorch and save its predictions for `bench score`.

    pip install torch
    python examples/pytorch/train_and_save.py predictions.npz --epochs 5 --seed 0
    bench score predictions.npz --name torch_small --seed 0

What matters is at the end: one line for each test image, in the data set's own order (nothing
shuffles them), and one column for each class. `index` and `label` may be left out; where they are
there, `bench score` verifies them. Several seeds, each a file of its own, make one row.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from torch import nn

from datasets import load_dataset


def network(side: int, classes: int) -> nn.Module:
    """Two convolutions and a linear layer; gives logits (batch, classes)."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * (side // 4) ** 2, classes),
    )


def pixels(images: np.ndarray) -> torch.Tensor:
    """From uint8 (n, height, width, 3) to float (n, 3, height, width), 0 to 1."""
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float() / 255


def main() -> None:
    """Train, then write the logits of all test images."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", help="the .npz to write")
    arguments.add_argument("--epochs", type=int, default=5)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--dataset", default="cifar100", help="see `bench list datasets`")
    arguments.add_argument("--data-dir", type=Path, help="where its files are")
    given = arguments.parse_args()

    torch.manual_seed(given.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    data = load_dataset(given.dataset, given.data_dir)
    label = torch.from_numpy(data.train.fine.astype(np.int64))

    model = network(data.input_shape[0], data.num_classes).to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(given.epochs):
        for batch in torch.randperm(len(data.train)).split(128):
            optimizer.zero_grad()
            scores = model(pixels(data.train.images[batch.numpy()]).to(device))
            loss = loss_of(scores, label[batch].to(device))
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}/{given.epochs}: loss of the last batch {loss.item():.3f}")

    with torch.no_grad():
        batches = range(0, len(data.test), 500)
        logits = [model(pixels(data.test.images[k : k + 500]).to(device)).cpu() for k in batches]
    np.savez(
        given.file,
        logits=torch.cat(logits).numpy(),
        label=data.test.fine,
        index=np.arange(len(data.test)),
    )
    print(f"wrote {given.file}: {len(data.test)} test images of {data.num_classes} classes")


if __name__ == "__main__":
    main()
