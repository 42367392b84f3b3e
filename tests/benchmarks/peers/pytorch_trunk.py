"""VGG-19 to block4_conv4 in PyTorch: channels last, the fastest that it has on a CPU."""

from collections.abc import Callable

import keras
import numpy as np
import torch
from torch import nn

MEANS = (123.68, 116.779, 103.939)


def reader(
    backbone: keras.Model, dtype: torch.dtype, *, compiled: bool
) -> Callable[[np.ndarray, int], np.ndarray]:
    """What reads uint8 images (n, 32, 32, 3) batch by batch with the weights of a Keras backbone.

    The result is float16 (n, height, width, 512), as ours.
    """
    size = backbone.input_shape[1]
    network: Callable[[torch.Tensor], torch.Tensor]
    network = _network(backbone).to(dtype).to(memory_format=torch.channels_last).eval()
    if compiled:
        network = torch.compile(network)

    @torch.inference_mode()
    def read(images: np.ndarray, batch: int) -> np.ndarray:
        parts = []
        for part in torch.from_numpy(images).split(batch):
            samples = part.permute(0, 3, 1, 2).float()
            if size != samples.shape[-1]:
                samples = nn.functional.interpolate(samples, (size, size), mode="bilinear")
            # RGB to BGR, as the weights want it.
            samples = (samples - torch.tensor(MEANS).view(3, 1, 1)).flip(1)
            samples = samples.to(dtype, memory_format=torch.channels_last)
            parts.append(network(samples).permute(0, 2, 3, 1).half())
        return torch.cat(parts).numpy()

    return read


def _network(backbone: keras.Model) -> nn.Sequential:
    layers: list[nn.Module] = []
    for layer in backbone.layers:
        if isinstance(layer, keras.layers.Conv2D):
            kernel, bias = (torch.from_numpy(value) for value in layer.get_weights())
            convolution = nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
            convolution.load_state_dict({"weight": kernel.permute(3, 2, 0, 1), "bias": bias})
            layers += [convolution, nn.ReLU(inplace=True)]
        elif isinstance(layer, keras.layers.MaxPooling2D):
            layers.append(nn.MaxPool2d(2))
    return nn.Sequential(*layers)
