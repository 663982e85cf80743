"use strict";
// The plane through the latent space, with every test sample on it: a slider of two dimensions.

const PALETTE = ["#4e79a7", "#f28e2b", "#e15759", "#4aa79f", "#59a14f", "#c9a50a", "#b07aa1", "#e377a2", "#9c755f", "#8a8f98"];

function classColour(i) {
  return i < PALETTE.length ? PALETTE[i] : `hsl(${(i * 137.5) % 360} 55% 55%)`;
}

/**
 * Shows the plane; moved(z) is told where the user went.
 *
 * @return {{show: function}} moves the marker to z's place on the plane
 */
function latentMap(plane, classes, moved) {
  const box = byId("map");
  const canvas = box.querySelector("canvas");
  const marker = byId("marker");
  const { low, high } = plane;
  const origin = floats(plane.origin);
  const directions = [floats(plane.x), floats(plane.y)];
  const points = floats(plane.points);
  const labels = plane.labels && bytes(plane.labels);
  const share = (v, axis) => (v - low[axis]) / (high[axis] - low[axis]);
  let at = [0, 0];

  const project = (z) =>
    directions.map((d) => d.reduce((sum, component, i) => sum + component * (z[i] - origin[i]), 0));
  const lift = ([a, b]) => origin.map((o, i) => o + a * directions[0][i] + b * directions[1][i]);

  function drawPoints() {
    const size = Math.round(box.clientWidth * devicePixelRatio);
    canvas.width = canvas.height = size;
    const context = canvas.getContext("2d");
    context.globalAlpha = 0.55;
    const radius = (points.length > 4000 ? 1.3 : 2.2) * devicePixelRatio;
    for (let i = 0; i < points.length; i += 2) {
      context.fillStyle = classColour(labels ? labels[i / 2] : 0);
      context.beginPath();
      context.arc(share(points[i], 0) * size, (1 - share(points[i + 1], 1)) * size, radius, 0, 7);
      context.fill();
    }
  }

  function put(node, [a, b]) {
    node.style.left = `${100 * Math.min(1, Math.max(0, share(a, 0)))}%`;
    node.style.top = `${100 * Math.min(1, Math.max(0, 1 - share(b, 1)))}%`;
  }

  function show(z) {
    at = project(z);
    put(marker, at);
    box.setAttribute("aria-label", `Latent map, at ${at.map(readable).join(", ")}. Arrow keys move.`);
  }

  function go(a, b) {
    moved(lift([a, b].map((v, axis) => Math.min(high[axis], Math.max(low[axis], v)))));
  }

  function goTo(event) {
    const edge = box.getBoundingClientRect();
    go(
      low[0] + ((high[0] - low[0]) * (event.clientX - edge.left)) / edge.width,
      high[1] - ((high[1] - low[1]) * (event.clientY - edge.top)) / edge.height,
    );
  }

  box.addEventListener("pointerdown", (event) => {
    box.setPointerCapture(event.pointerId);
    goTo(event);
  });
  box.addEventListener("pointermove", (event) => {
    if (box.hasPointerCapture(event.pointerId)) {
      goTo(event);
    }
  });
  box.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (step) {
      event.preventDefault();
      const stride = event.shiftKey ? 0.1 : 0.02;
      go(...at.map((v, axis) => v + step[axis] * stride * (high[axis] - low[axis])));
    }
  });

  classes.forEach(({ label, z }, i) => {
    const name = element("span", {}, label);
    name.style.borderColor = classColour(i);
    put(name, project(z));
    byId("names").append(name);
  });
  byId("map-words").textContent = plane.words;
  new ResizeObserver(drawPoints).observe(box);
  return { show };
}
