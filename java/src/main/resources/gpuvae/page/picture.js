"use strict";
// A sample's values on a canvas: an image pixel by pixel, or bars from a zero line.

const BAR = { width: 4, gap: 1, height: 40 };

/** A canvas of a sample's own size; CSS makes it larger. */
function sampleCanvas(shape, image) {
  const [channels, height, width] = shape;
  return image
    ? element("canvas", { width, height })
    : element("canvas", { width: channels * (BAR.width + BAR.gap) + BAR.gap, height: BAR.height });
}

function drawSample(canvas, values, { shape, image, range }) {
  (image ? drawImage : drawBars)(canvas.getContext("2d"), values, shape, range);
}

function drawImage(context, values, [channels, height, width]) {
  const pixels = context.createImageData(width, height);
  const plane = height * width;
  for (let i = 0; i < plane; i++) {
    for (let colour = 0; colour < 3; colour++) {
      // A clamped array: rounds, and keeps to 0 and 255.
      pixels.data[4 * i + colour] = values[(colour % channels) * plane + i] * 255;
    }
    pixels.data[4 * i + 3] = 255;
  }
  context.putImageData(pixels, 0, 0);
}

/** As gpuvae.plot draws bars: the range, which contains 0, spans the height. */
function drawBars(context, values, shape, [low, high]) {
  const { width, height } = context.canvas;
  const row = (v) => Math.round(((high - Math.min(high, Math.max(low, v))) / (high - low)) * (height - 1));
  const zero = row(0);
  context.fillStyle = "#000000";
  context.fillRect(0, 0, width, height);
  for (const [i, value] of values.entries()) {
    const end = row(value);
    context.fillStyle = end < zero ? "#4c9be8" : "#e8894c";
    const top = end < zero ? end : zero + 1;
    context.fillRect(i * (BAR.width + BAR.gap) + BAR.gap, top, BAR.width, Math.abs(end - zero));
  }
  context.fillStyle = "#808080";
  context.fillRect(0, zero, width, 1);
}
