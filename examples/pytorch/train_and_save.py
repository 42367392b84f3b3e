"""Train a small network on CIFAR-100 in PyTorch and save its predictions for `bench score`.

    pip install torch torchvision
    python examples/pytorch/train_and_save.py predictions.npz --epochs 5 --seed 0
    bench score predictions.npz --name torch_small --seed 0

What matters is at the end: one line for each test image, in the data set's own order (the loader
must not shuffle), and one column for each class. `index` and `label` may be left out; where they
are there, `bench score` verifies them. `seed` is a row's: several files make one row.
"""

import argparse

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader
from torchvision import datasets, transforms

CLASSES = 100


def network() -> nn.Module:
    """Two convolutions and a linear layer; gives logits (batch, 100)."""
    return nn.Sequential(
        nn.Conv2d(3, 32, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(32, 64, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(64 * 8 * 8, CLASSES),
    )


def main() -> None:
    """Train, then write logits of all 10,000 test images."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("file", help="the .npz to write")
    arguments.add_argument("--epochs", type=int, default=5)
    arguments.add_argument("--seed", type=int, default=0)
    arguments.add_argument("--data-dir", default="data", help="where torchvision keeps the images")
    given = arguments.parse_args()

    torch.manual_seed(given.seed)
    device = "cuda" if torch.cuda.is_available() else "cpu"
    to_tensor = transforms.ToTensor()
    train = datasets.CIFAR100(given.data_dir, train=True, download=True, transform=to_tensor)
    test = datasets.CIFAR100(given.data_dir, train=False, download=True, transform=to_tensor)

    model = network().to(device)
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    loss_of = nn.CrossEntropyLoss()
    for epoch in range(given.epochs):
        model.train()
        for images, labels in DataLoader(train, batch_size=128, shuffle=True):
            optimizer.zero_grad()
            loss = loss_of(model(images.to(device)), labels.to(device))
            loss.backward()
            optimizer.step()
        print(f"epoch {epoch + 1}/{given.epochs}: loss of the last batch {loss.item():.3f}")

    model.eval()
    with torch.no_grad():
        batches = DataLoader(test, batch_size=500, shuffle=False)
        logits = torch.cat([model(images.to(device)).cpu() for images, _ in batches])
    np.savez(
        given.file,
        logits=logits.numpy().astype(np.float32),
        label=np.array(test.targets),
        index=np.arange(len(test)),
    )
    print(f"wrote {given.file}: {tuple(logits.shape)}")


if __name__ == "__main__":
    main()
