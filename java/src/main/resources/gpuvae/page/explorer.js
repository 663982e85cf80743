"use strict";
// One point z, and every way to move it: sliders, map, class averages, the line between two samples.

const FIRST_SLIDERS = 8;
const STRIP = 9;
const CENTRE = data.decoder.kind === "grid" ? "The centre of the map" : "The centre: z is 0";

const decode = (data.decoder.kind === "dense" ? denseDecoder : gridDecoder)(data.decoder);
const dimensions = data.dimensions;
const unpacked = (values) => Float32Array.from(bytes(values), (b) => unquantised(b, data.range));
const classes = data.classes.map(({ label, z, values }) => ({
  label,
  z: floats(z),
  values: values ? unpacked(values) : decode(floats(z)),
}));
const codes = data.samples.map(({ z }) => floats(z));
const originals = data.samples.map(({ values }) => unpacked(values));
let z = new Float32Array(dimensions.length);

function picture(values) {
  const canvas = sampleCanvas(data.shape, data.image);
  drawSample(canvas, values, data);
  return canvas;
}

const stage = picture(decode(z));
stage.setAttribute("role", "img");
byId("picture").append(stage);

/** Goes to a point: everything on the page shows it, by values decoded before if there are any. */
function go(point, words, values = decode(point)) {
  z = Float32Array.from(point);
  drawSample(stage, values, data);
  stage.setAttribute("aria-label", `Decoded: ${words}`);
  byId("what").textContent = words;
  sliders.forEach((show) => show());
  map.show(z);
}

// ---- sliders ----

const sliders = data.order.map((dimension, place) => {
  const { name, note, low, high } = dimensions[dimension];
  const id = `z${dimension}`;
  const slider = element("input", { id, type: "range", min: low, max: high, step: (high - low) / 200 });
  const told = element("output", { for: id });
  const label = element("label", { for: id }, name, element("small", {}, note));
  const row = element("div", { class: "latent" }, label, slider, told);
  row.hidden = place >= FIRST_SLIDERS;
  byId("sliders").append(row);
  slider.addEventListener("input", () => {
    const moved = z.slice();
    moved[dimension] = slider.valueAsNumber;
    go(moved, "By the sliders");
  });
  return () => {
    slider.value = z[dimension];
    told.textContent = z[dimension].toFixed(2);
  };
});

{
  const more = byId("more");
  const rows = [...byId("sliders").children];
  const show = (all) => {
    rows.forEach((row, place) => {
      row.hidden = !all && place >= FIRST_SLIDERS;
    });
    more.setAttribute("aria-expanded", all);
    more.textContent = all ? `Show the first ${FIRST_SLIDERS} only` : `Show all ${rows.length}`;
  };
  more.hidden = rows.length <= FIRST_SLIDERS;
  more.addEventListener("click", () => show(more.getAttribute("aria-expanded") === "false"));
  show(false);
}

// ---- map ----

const map = latentMap(data.plane, classes, (point) => go(point, "A point of the map"));

// ---- class averages ----

function tile(canvas, words, chosen) {
  const button = element("button", { type: "button" }, canvas, ...words);
  button.addEventListener("click", chosen);
  return button;
}

function dot(colour) {
  const made = element("i");
  made.style.background = colour;
  return made;
}

byId("classes-card").hidden = classes.length === 0;
byId("classes").append(
  ...classes.map(({ label, z: mean, values }, i) =>
    tile(picture(values), [dot(classColour(i)), label], () => go(mean, `Average of class ${label}`, values)),
  ),
);

// ---- between two samples ----

{
  const ends = [0, Math.floor(codes.length / 2)];
  let choosing = 0;
  const blend = byId("blend");
  const pictures = ["left-end", "right-end"].map(byId);
  const choose = ["choose-left", "choose-right"].map(byId);
  const at = (t) => codes[ends[0]].map((v, i) => (1 - t) * v + t * codes[ends[1]][i]);
  const name = (end) => data.samples[ends[end]].name;

  const slide = () => {
    const percent = Math.round(100 * blend.valueAsNumber);
    go(at(blend.valueAsNumber), `${percent} % of the way from ${name(0)} to ${name(1)}`);
  };
  const show = () => {
    pictures.forEach((canvas, end) => {
      const drawn = picture(originals[ends[end]]);
      canvas.width = drawn.width;
      canvas.height = drawn.height;
      canvas.getContext("2d").drawImage(drawn, 0, 0);
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", `${end ? "Right" : "Left"} end: ${name(end)}`);
    });
    byId("strip").replaceChildren(
      ...Array.from({ length: STRIP }, (_, i) => picture(decode(at(i / (STRIP - 1))))),
    );
    tiles.forEach((button, i) => button.setAttribute("aria-pressed", ends.includes(i)));
  };
  const aim = (end) => {
    choosing = end;
    choose.forEach((button, i) => button.setAttribute("aria-pressed", i === end));
  };
  const tiles = data.samples.map(({ name: words }, i) =>
    tile(picture(originals[i]), [words], () => {
      ends[choosing] = i;
      blend.value = choosing;
      aim(1 - choosing);
      show();
      slide();
    }),
  );
  byId("samples").append(...tiles);
  choose.forEach((button, end) => button.addEventListener("click", () => aim(end)));
  blend.addEventListener("input", slide);
  show();
}

// ---- the rest ----

function normal() {
  return Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
}

byId("origin").addEventListener("click", () => go(new Float32Array(dimensions.length), CENTRE));
byId("random").addEventListener("click", () =>
  go(dimensions.map(normal), "A random sample: z from the standard normal prior"),
);
byId("random").hidden = !data.variational || data.decoder.kind === "grid";

document.title = `${data.title} – gpuvae explorer`;
byId("title").textContent = data.title;
byId("subtitle").textContent = data.subtitle;
byId("sliders-title").textContent = data.slidersTitle;
byId("sliders-words").textContent = data.slidersWords;
byId("classes-words").textContent = data.classesWords;
byId("between-words").textContent = data.betweenWords;
byId("how").textContent = data.how;
if (!data.image) {
  document.documentElement.style.setProperty("--tile", "110px");
}
if (data.metrics) {
  const metrics = columns(data.metrics);
  if (metrics.epoch.length > 0) {
    byId("curves-card").hidden = false;
    byId("curves-words").textContent = data.units;
    byId("curves").append(...lossCharts(metrics));
  }
}
go(z, CENTRE);
