"""Milliseconds of PyTorch's train step on a preset's network.

usage: torch_step.py PRESET BATCH BLOCKS SECONDS

A line a mode: mode, preset, batch, best and median over blocks of about so many
seconds, whose last loss is read. Modes:
  eager    as tutorials write it: sigmoid and binary cross-entropy apart, plain Adam
  fused    the loss on logits, fused Adam
  compile  that step through torch.compile
"""

import statistics
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

SAMPLES = 10_000


class Vae(nn.Module):
    """An encoder that gives mean and log-variance side by side, and a decoder."""

    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder = encoder
        self.decoder = decoder

    def forward(self, x):
        mean, log_variance = self.encoder(x).flatten(1).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        return self.decoder(z), mean, log_variance


class Heads(nn.Module):
    """Two linear layers on the same input, as the systems followed have them."""

    def __init__(self, inputs, latent):
        super().__init__()
        self.mean = nn.Linear(inputs, latent)
        self.log_variance = nn.Linear(inputs, latent)

    def forward(self, x):
        return torch.cat((self.mean(x), self.log_variance(x)), dim=1)


class Residual(nn.Module):
    """conv3, norm, ReLU, conv3, norm, plus the input; then max pool and ReLU."""

    def __init__(self, channels):
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.InstanceNorm2d(channels, affine=True),
            nn.ReLU(),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            nn.InstanceNorm2d(channels, affine=True),
        )

    def forward(self, x):
        return F.relu(F.max_pool2d(self.body(x) + x, 2))


def mlp_relu():
    return Vae(
        nn.Sequential(nn.Linear(784, 400), nn.ReLU(), Heads(400, 20)),
        nn.Sequential(nn.Linear(20, 400), nn.ReLU(), nn.Linear(400, 784)),
    )


def mlp_leaky():
    def hidden(inputs):
        return nn.Linear(inputs, 400), nn.LeakyReLU(0.2)

    return Vae(
        nn.Sequential(*hidden(784), *hidden(400), Heads(400, 200)),
        nn.Sequential(*hidden(200), *hidden(400), nn.Linear(400, 784)),
    )


def conv_upsample():
    return Vae(
        nn.Sequential(
            nn.Conv2d(1, 32, 3, 2, 1),
            nn.ReLU(),
            nn.Conv2d(32, 64, 3, 2, 1),
            nn.ReLU(),
            nn.Flatten(),
            Heads(3136, 20),
        ),
        nn.Sequential(
            nn.Linear(20, 3136),
            nn.ReLU(),
            nn.Unflatten(1, (64, 7, 7)),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(64, 32, 3, padding=1),
            nn.ReLU(),
            nn.Upsample(scale_factor=2),
            nn.Conv2d(32, 1, 3, padding=1),
            nn.Sigmoid(),
        ),
    )


def conv_residual():
    def up(inputs, outputs):
        return (
            nn.ConvTranspose2d(inputs, outputs, 3, bias=False),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
        )

    return Vae(
        nn.Sequential(
            nn.Conv2d(1, 64, 4, padding="same", bias=False),
            nn.InstanceNorm2d(64, affine=True),
            nn.ReLU(),
            Residual(64),
            Residual(64),
            Residual(64),
            nn.Conv2d(64, 40, 3, bias=False),
        ),
        nn.Sequential(
            nn.Unflatten(1, (20, 1, 1)),
            *up(20, 64),
            nn.Upsample(scale_factor=2),
            *up(64, 64),
            *up(64, 64),
            *up(64, 64),
            nn.Upsample(scale_factor=2),
            *up(64, 32),
            nn.ConvTranspose2d(32, 1, 3, bias=False),
            nn.BatchNorm2d(1),
        ),
    )


# network, likelihood, optimizer
PRESETS = {
    "mlp-relu": (mlp_relu, "bernoulli", torch.optim.Adam),
    "mlp-leaky": (mlp_leaky, "bernoulli", torch.optim.Adam),
    "conv-upsample": (conv_upsample, "gaussian", torch.optim.Adam),
    "conv-residual": (conv_residual, "gaussian", torch.optim.AdamW),
}


def reconstruction_loss(output, x, likelihood, mode):
    if likelihood == "gaussian":
        return F.mse_loss(output, x, reduction="sum")
    if mode == "eager":
        return F.binary_cross_entropy(torch.sigmoid(output), x, reduction="sum")
    return F.binary_cross_entropy_with_logits(output, x, reduction="sum")


def train_step(preset, mode):
    """A function that takes a step on a batch and returns the loss, unread."""
    torch.manual_seed(1)
    network, likelihood, optimizer = PRESETS[preset]
    vae = network()
    adam = optimizer(vae.parameters(), 1e-3, fused=mode != "eager")

    def step(x):
        adam.zero_grad()
        output, mean, log_variance = vae(x)
        kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
        loss = reconstruction_loss(output, x, likelihood, mode) + kl
        loss.backward()
        adam.step()
        return loss

    return torch.compile(step) if mode == "compile" else step


def seconds_a_step(step, batches, steps):
    start = time.perf_counter()
    for i in range(steps):
        loss = step(batches[i % len(batches)])
    loss.item()
    return (time.perf_counter() - start) / steps


def main():
    preset, batch = sys.argv[1], int(sys.argv[2])
    blocks, seconds = int(sys.argv[3]), float(sys.argv[4])
    # Random pixels: the work of a step does not depend on their values.
    pixels = torch.randint(0, 256, (SAMPLES, 784), generator=torch.Generator().manual_seed(1))
    x = pixels.float() / 255
    if preset.startswith("conv"):
        x = x.view(-1, 1, 28, 28)
    batches = [b for b in x.split(batch) if len(b) == batch]
    for mode in ("eager", "fused", "compile"):
        step = train_step(preset, mode)
        seconds_a_step(step, batches, 3)  # compiles
        steps = max(1, round(seconds / seconds_a_step(step, batches, 5)))
        seconds_a_step(step, batches, steps)
        measured = [1e3 * seconds_a_step(step, batches, steps) for _ in range(blocks)]
        print(mode, preset, batch, f"{min(measured):.3f} {statistics.median(measured):.3f}", flush=True)


main()
