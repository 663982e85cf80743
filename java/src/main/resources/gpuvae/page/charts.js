"use strict";
// Line charts in SVG: read with the pointer or, once focused, with the arrow keys.

const CHART = { height: 200, left: 44, right: 10, top: 8, bottom: 24 };

function svg(name, attributes, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

/** About `count` round numbers that cover low to high. */
function ticks(low, high, count) {
  const raw = (high - low) / count || 1;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((f) => f * power).find((s) => s >= raw * 0.999);
  const marks = [];
  for (let i = Math.ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i++) {
    marks.push(Number((i * step).toPrecision(12)));
  }
  return marks;
}

/**
 * A chart of series over epochs: [{name, values, kind}], kind "train", "test" or "many". Of many
 * series one is chosen at a time, by pointer or up and down keys, and told.
 */
function lineChart(title, epochs, series) {
  const many = series[0].kind === "many";
  const figure = element("figure", { class: "chart" });
  const key = element("div", { class: "key" });
  const picture = svg("svg", { tabindex: 0, role: "img" });
  figure.append(element("figcaption", {}, title), key, picture);
  const finite = series.flatMap((s) => s.values).filter(Number.isFinite);
  let low = Math.min(...finite);
  let high = Math.max(...finite);
  if (many || low === high) {
    low = Math.min(0, low);
    high = Math.max(low + 1e-9, high);
  }
  const margin = (high - low) * 0.05;
  low -= many ? 0 : margin;
  high += margin;
  let width = 300;
  let at = epochs.length - 1;
  let chosen = 0;

  const span = Math.max(1, epochs.at(-1) - epochs[0]);
  const x = (i) => CHART.left + ((width - CHART.left - CHART.right) * (epochs[i] - epochs[0])) / span;
  const y = (v) => CHART.top + ((CHART.height - CHART.top - CHART.bottom) * (high - v)) / (high - low);

  function line(values) {
    let path = "";
    let pen = "M";
    values.forEach((v, i) => {
      if (Number.isFinite(v)) {
        path += `${pen}${x(i).toFixed(1)} ${y(v).toFixed(1)}`;
        pen = "L";
      } else {
        pen = "M";
      }
    });
    return path;
  }

  function told() {
    return many ? [series[chosen]] : series;
  }

  function draw() {
    picture.replaceChildren();
    picture.setAttribute("viewBox", `0 0 ${width} ${CHART.height}`);
    for (const mark of ticks(low, high, 4)) {
      picture.append(
        svg("line", { class: "grid", x1: CHART.left, x2: width - CHART.right, y1: y(mark), y2: y(mark) }),
        svg("text", { x: CHART.left - 6, y: y(mark) + 4, "text-anchor": "end" }, readable(mark)),
      );
    }
    for (const mark of ticks(epochs[0], epochs.at(-1), Math.min(6, epochs.length)).filter(Number.isInteger)) {
      const place = CHART.left + ((width - CHART.left - CHART.right) * (mark - epochs[0])) / span;
      picture.append(svg("text", { x: place, y: CHART.height - 6, "text-anchor": "middle" }, mark));
    }
    for (const s of series) {
      picture.append(svg("path", { class: s.kind, d: line(s.values) }));
    }
    if (many) {
      picture.append(svg("path", { class: "chosen", d: line(series[chosen].values) }));
    }
    picture.append(svg("line", { class: "cursor", x1: x(at), x2: x(at), y1: CHART.top, y2: CHART.height - CHART.bottom }));
    for (const s of told().filter((s) => Number.isFinite(s.values[at]))) {
      picture.append(svg("circle", { class: many ? "train" : s.kind, cx: x(at), cy: y(s.values[at]), r: 4 }));
    }
    key.replaceChildren(
      element("span", {}, `epoch ${epochs[at]}`),
      ...told().map((s) => {
        const dash = element("i", { class: many ? "chosen train" : s.kind });
        return element("span", {}, dash, `${s.name} ${readable(s.values[at])}`);
      }),
    );
    const words = told().map((s) => `${s.name} ${readable(s.values[at])}`);
    picture.setAttribute("aria-label", `${title}, epoch ${epochs[at]}: ${words.join(", ")}. Arrow keys read it.`);
  }

  function nearest(count, distance) {
    let best = 0;
    for (let i = 1; i < count; i++) {
      if (distance(i) < distance(best)) {
        best = i;
      }
    }
    return best;
  }

  picture.addEventListener("pointermove", (event) => {
    const box = picture.getBoundingClientRect();
    at = nearest(epochs.length, (i) => Math.abs(x(i) - (event.clientX - box.left)));
    if (many) {
      const height = event.clientY - box.top;
      chosen = nearest(series.length, (i) => Math.abs(y(series[i].values[at]) - height));
    }
    draw();
  });
  picture.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
    if (step && (many || step[0])) {
      event.preventDefault();
      at = Math.min(epochs.length - 1, Math.max(0, at + step[0]));
      chosen = (chosen + step[1] + series.length) % series.length;
      draw();
    }
  });
  new ResizeObserver(() => {
    width = Math.max(200, picture.clientWidth);
    draw();
  }).observe(picture);
  draw();
  return figure;
}

/** Charts of metrics.csv: loss and, where there is a KL, what it is made of. */
function lossCharts(metrics) {
  const known = (name) => metrics[name]?.some((v) => Number.isFinite(v) && v !== 0);
  const names = known("train_kl") ? ["loss", "reconstruction", "kl"] : ["loss"];
  const titles = { loss: "Loss", reconstruction: "Reconstruction", kl: "KL" };
  return names
    .map((name) => {
      const kinds = ["train", "test"].filter((kind) => known(`${kind}_${name}`));
      const series = kinds.map((kind) => ({ name: kind, kind, values: metrics[`${kind}_${name}`] }));
      return series.length > 0 && lineChart(`${titles[name]}, per sample`, metrics.epoch, series);
    })
    .filter(Boolean);
}
