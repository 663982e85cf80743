"""Milliseconds of PyTorch's train step on a preset's network.

usage: torch_step.py PRESET BATCH SECONDS [BLOCKS] [--device cuda] [--precision tf32]
                     [--pixels FILE]
       torch_step.py --check GOLDEN

A line a mode: mode, preset, batch, best and median over blocks of about so many
seconds, whose last loss is read. Without BLOCKS the blocks are run on demand, for
alternate.py: "ready" and the modes, then for each mode read from standard input
one block and a line of mode, preset, batch, mean. Modes:
  eager    as tutorials write it: sigmoid and binary cross-entropy apart, plain Adam
  fused    the loss on logits, fused Adam
  compile  that step through torch.compile
  graph    the fused step as a CUDA graph; on --device cuda

Pixels are random, or a file's bytes, 784 an image.

--check instead holds the networks to golden vectors (a folder with index.json
and a .safetensors file a case): parameters, losses, gradients.
"""

import argparse
import json
import statistics
import sys
import time
from pathlib import Path

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

    def forward(self, x, noise=None):
        mean, log_variance = self.encoder(x).flatten(1).chunk(2, dim=1)
        if noise is None:
            noise = torch.randn_like(mean)
        z = mean + torch.exp(0.5 * log_variance) * noise
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


def losses(vae, x, likelihood, mode, noise=None):
    """Reconstruction loss and KL divergence, summed over the batch."""
    output, mean, log_variance = vae(x, noise)
    kl = -0.5 * torch.sum(1 + log_variance - mean.pow(2) - log_variance.exp())
    return reconstruction_loss(output, x, likelihood, mode), kl


def train_step(preset, mode, x):
    """A function that takes a step on a batch like x and returns the loss, unread."""
    torch.manual_seed(1)
    network, likelihood, optimizer = PRESETS[preset]
    vae = network().to(x.device)
    adam = optimizer(vae.parameters(), 1e-3, fused=mode != "eager", capturable=mode == "graph")

    def step(x):
        adam.zero_grad()
        reconstruction, kl = losses(vae, x, likelihood, mode)
        loss = reconstruction + kl
        loss.backward()
        adam.step()
        return loss

    if mode == "compile":
        return torch.compile(step)
    return captured(step, x) if mode == "graph" else step


def captured(step, x):
    """The step as a CUDA graph, after three on a stream of their own, as PyTorch asks for."""
    x = x.clone()
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step(x)
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        loss = step(x)

    def replay(batch):
        x.copy_(batch)
        graph.replay()
        return loss

    return replay


def seconds_a_step(step, batches, steps):
    start = time.perf_counter()
    for i in range(steps):
        loss = step(batches[i % len(batches)])
    loss.item()
    return (time.perf_counter() - start) / steps


def block_of(preset, mode, batches, seconds):
    """A function that takes steps for about so many seconds and returns milliseconds a step."""
    step = train_step(preset, mode, batches[0])
    seconds_a_step(step, batches, 3)  # compiles
    steps = max(1, round(seconds / seconds_a_step(step, batches, 5)))
    seconds_a_step(step, batches, steps)
    return lambda: 1e3 * seconds_a_step(step, batches, steps)


def measure(preset, batch, seconds, blocks, device, file):
    if file:
        pixels = torch.frombuffer(bytearray(file.read_bytes()), dtype=torch.uint8).view(-1, 784)
    else:
        pixels = torch.randint(0, 256, (SAMPLES, 784), generator=torch.Generator().manual_seed(1))
    x = pixels.float().to(device) / 255
    if preset.startswith("conv"):
        x = x.view(-1, 1, 28, 28)
    batches = [b for b in x.split(batch) if len(b) == batch]
    modes = ["eager", "fused"] + (["graph"] if device == "cuda" else []) + ["compile"]
    if blocks is None:
        on_demand(preset, batch, {mode: block_of(preset, mode, batches, seconds) for mode in modes})
        return
    failed = False
    for mode in modes:
        try:
            block = block_of(preset, mode, batches, seconds)
            measured = [block() for _ in range(blocks)]
        except Exception as error:  # compile wants a compiler, say
            print(f"{mode}: {error}", file=sys.stderr)
            failed = True
            continue
        print(mode, preset, batch, f"{min(measured):.3f} {statistics.median(measured):.3f}", flush=True)
    if failed:
        sys.exit(1)


def on_demand(preset, batch, blocks):
    print("ready", *blocks, flush=True)
    for line in sys.stdin:
        mode = line.strip()
        print(mode, preset, batch, f"{blocks[mode]():.3f}", flush=True)


def distance(actual, expected):
    expected = expected.double()
    return float((actual.double() - expected).norm() / expected.norm())


def tensors(file):
    """Of a .safetensors file: the length of a header in JSON, that, the elements."""
    data = file.read_bytes()
    begin = 8 + int.from_bytes(data[:8], "little")
    found = {}
    for name, tensor in json.loads(data[8:begin]).items():
        if name != "__metadata__":
            start, end = tensor["data_offsets"]
            dtype = torch.float64 if tensor["dtype"] == "F64" else torch.float32
            elements = torch.frombuffer(bytearray(data[begin + start : begin + end]), dtype=dtype)
            found[name] = elements.view(tensor["shape"])
    return found


def check(folder):
    """False if a network is not that of the golden vectors. Their names are in the order of ours."""
    right = True
    for case in json.loads((folder / "index.json").read_text()):
        name = case["case"]
        if name not in PRESETS:
            continue
        golden = tensors(folder / f"{name}.safetensors")
        errors = case["torch_float32_error"]
        names = [key.removeprefix("grad/") for key in errors if key.startswith("grad/")]
        network, likelihood, _ = PRESETS[name]
        for mode in ("eager", "fused"):
            vae = network()
            parameters = list(vae.parameters())
            if [p.shape for p in parameters] != [golden["init/" + n].shape for n in names]:
                print(f"{name}: other parameters than the golden vectors'")
                right = False
                break
            with torch.no_grad():
                for parameter, n in zip(parameters, names):
                    parameter.copy_(golden["init/" + n])
            reconstruction, kl = losses(vae, golden["x"], likelihood, mode, golden["eps"])
            (reconstruction + kl).backward()
            of_loss = max(
                abs(reconstruction.item() / case["recon"] - 1), abs(kl.item() / case["kl"] - 1)
            )
            # As far from float64 as the golden vectors' own float32 run, tenfold at most.
            worst = max(
                distance(p.grad, golden["grad/" + n]) / max(errors["grad/" + n], 1e-6)
                for p, n in zip(parameters, names)
            )
            right &= of_loss < 1e-5 and worst < 10
            count = sum(p.numel() for p in parameters)
            print(
                f"{name} {mode}: {count} parameters, losses off by {of_loss:.1e},"
                f" gradients by {worst:.1f} times what float32 is"
            )
    return right


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("preset", nargs="?", choices=PRESETS)
    parser.add_argument("batch", nargs="?", type=int)
    parser.add_argument("seconds", nargs="?", type=float)
    parser.add_argument("blocks", nargs="?", type=int)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--precision", choices=("float32", "tf32"), default="float32")
    parser.add_argument("--pixels", type=Path, metavar="FILE")
    parser.add_argument("--check", type=Path, metavar="GOLDEN")
    arguments = parser.parse_args()
    if arguments.check:
        sys.exit(0 if check(arguments.check) else 1)
    if arguments.seconds is None:
        parser.error("PRESET, BATCH and SECONDS are wanted")
    torch.backends.cuda.matmul.allow_tf32 = arguments.precision == "tf32"
    torch.backends.cudnn.allow_tf32 = arguments.precision == "tf32"
    measure(
        arguments.preset,
        arguments.batch,
        arguments.seconds,
        arguments.blocks,
        arguments.device,
        arguments.pixels,
    )


main()
