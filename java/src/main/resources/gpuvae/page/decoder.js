"use strict";
// From a point to a sample's values: by the decoder's own weights, or from a grid decoded before.

const ACTIVATIONS = {
  identity: (x) => x,
  relu: (x) => Math.max(x, 0),
  "leaky-relu": (x, slope) => (x > 0 ? x : slope * x),
  softplus: (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  silu: (x) => x / (1 + Math.exp(-x)),
};

function denseDecoder({ layers, output, scale, offset }) {
  const stack = layers.map((l) => ({ ...l, weight: floats(l.weight), bias: floats(l.bias) }));
  return (z) => {
    let values = z;
    for (const { weight, bias, activation, slope } of stack) {
      const activate = ACTIVATIONS[activation];
      const inputs = values.length;
      const next = new Float32Array(bias.length);
      for (let unit = 0; unit < next.length; unit++) {
        let sum = bias[unit];
        for (let i = 0, w = unit * inputs; i < inputs; i++, w++) {
          sum += weight[w] * values[i];
        }
        next[unit] = activate(sum, slope);
      }
      values = next;
    }
    return values.map((v) => ACTIVATIONS[output](v) * scale + offset);
  };
}

/** Bilinear between the four nearest points of a grid over two coordinates; clamped at its edge. */
function gridDecoder({ size, low, high, values, range }) {
  const grid = bytes(values);
  const features = grid.length / (size * size);
  const place = (v, axis) => {
    const at = ((v - low[axis]) / (high[axis] - low[axis])) * (size - 1);
    const cell = Math.min(size - 2, Math.max(0, Math.floor(at)));
    return [cell, Math.min(1, Math.max(0, at - cell))];
  };
  return (z) => {
    const [column, right] = place(z[0], 0);
    const [row, down] = place(z[1], 1);
    const corner = (r, c) => (r * size + c) * features;
    const decoded = new Float32Array(features);
    for (let i = 0; i < features; i++) {
      const above = (1 - right) * grid[corner(row, column) + i] + right * grid[corner(row, column + 1) + i];
      const below = (1 - right) * grid[corner(row + 1, column) + i] + right * grid[corner(row + 1, column + 1) + i];
      decoded[i] = unquantised((1 - down) * above + down * below, range);
    }
    return decoded;
  };
}

/** A byte's value where 0 to 255 span a range. */
function unquantised(byte, [low, high]) {
  return low + ((high - low) * byte) / 255;
}
