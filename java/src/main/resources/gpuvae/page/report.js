"use strict";
// Looks back on a run: its last figures, curves, pictures by epoch, configuration and environment.

const LABELLED_BARS = 40;

const metrics = data.metrics ? columns(data.metrics) : { epoch: [] };
const latents = data.latents ? columns(data.latents) : { epoch: [] };

document.title = `${data.title} – gpuvae report`;
byId("title").textContent = data.title;
byId("subtitle").textContent = data.subtitle;
byId("units").textContent = metrics.epoch.length > 0 ? data.units : "No epoch was finished.";
byId("config").textContent = data.config;

function definition(name, value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

/** Hours, minutes and seconds, the largest that there are. */
function duration(seconds) {
  const whole = Math.round(seconds);
  const two = (n) => String(n).padStart(2, "0");
  if (whole < 100) {
    return `${seconds.toFixed(1)} s`;
  }
  return whole < 3600
    ? `${Math.floor(whole / 60)}:${two(whole % 60)} min`
    : `${Math.floor(whole / 3600)}:${two(Math.floor(whole / 60) % 60)} h`;
}

{
  const last = (values) => values?.at(-1) ?? NaN;
  const figures = [
    ["Epochs", metrics.epoch.length],
    ["Test loss", readable(last(metrics.test_loss))],
    ["Test reconstruction", readable(last(metrics.test_reconstruction))],
  ];
  if (latents.epoch.length > 0) {
    const all = Object.keys(latents).filter((name) => name.startsWith("kl_")).length;
    figures.push(["Test KL", readable(last(metrics.test_kl))]);
    figures.push(["Active units", `${last(latents.active_units)} of ${all}`]);
  }
  figures.push(["Time", duration((metrics.seconds ?? []).reduce((sum, s) => sum + s, 0))]);
  byId("figures").append(...figures.map(([name, value]) => definition(name, value)));
  byId("facts").append(...data.facts.map(([name, value]) => definition(name, value)));
}

// ---- curves ----

if (metrics.epoch.length > 0) {
  byId("losses").append(...lossCharts(metrics));
}

const dimensions = Object.keys(latents)
  .filter((name) => name.startsWith("kl_"))
  .map((name) => ({ name: `z${name.slice(3)}`, kind: "many", values: latents[name] }))
  .sort((a, b) => b.values.at(-1) - a.values.at(-1));

/** KL of each dimension after the last epoch that is not after this one. */
function showBars(epoch) {
  let at = 0;
  latents.epoch.forEach((e, i) => {
    at = e <= epoch ? i : at;
  });
  const highest = Math.max(1e-9, ...dimensions.flatMap((d) => d.values).filter(Number.isFinite));
  byId("bars-epoch").textContent = `epoch ${latents.epoch[at]}`;
  byId("bars").classList.toggle("labelled", dimensions.length <= LABELLED_BARS);
  byId("bars").setAttribute(
    "aria-label",
    dimensions.map((d) => `${d.name} ${readable(d.values[at])}`).join(", "),
  );
  byId("bars").replaceChildren(
    ...dimensions.map((d) => {
      const bar = element("i", { "data-name": d.name.slice(1), title: `${d.name}: ${readable(d.values[at])} nats` });
      bar.style.height = `${(100 * Math.max(0, d.values[at])) / highest}%`;
      return bar;
    }),
  );
}

if (latents.epoch.length > 0) {
  byId("latents-card").hidden = false;
  byId("latents").append(
    lineChart("KL of each dimension, nats", latents.epoch, dimensions),
    lineChart("Active units", latents.epoch, [{ name: "active", kind: "test", values: latents.active_units }]),
  );
  showBars(latents.epoch.at(-1));
}

// ---- pictures ----

if (data.pictures.length > 0) {
  byId("pictures-card").hidden = false;
  const epochs = Object.keys(data.pictures[0].pictures);
  const frames = data.pictures.map(({ title, pictures }) => {
    const image = element("img", {});
    byId("pictures").append(element("figure", {}, element("figcaption", {}, title), image));
    return { title, pictures, image };
  });
  const slider = byId("epoch");
  slider.max = epochs.length - 1;
  const show = () => {
    const epoch = epochs[slider.valueAsNumber];
    const words = epoch === "0" ? "untrained" : `epoch ${epoch}`;
    byId("epoch-words").textContent = words;
    slider.setAttribute("aria-valuetext", words);
    for (const { title, pictures, image } of frames) {
      image.src = `data:image/png;base64,${pictures[epoch]}`;
      image.alt = `${title}, ${words}`;
    }
    if (latents.epoch.length > 0) {
      showBars(Number(epoch));
    }
  };
  const play = byId("play");
  let timer = 0;
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", false);
  };
  play.addEventListener("click", () => {
    if (timer) {
      stop();
      return;
    }
    if (slider.value === slider.max) {
      slider.value = 0;
      show();
    }
    play.textContent = "Stop";
    play.setAttribute("aria-pressed", true);
    timer = setInterval(() => {
      slider.value = slider.valueAsNumber + 1;
      show();
      if (slider.value === slider.max) {
        stop();
      }
    }, 500);
  });
  slider.addEventListener("input", () => {
    stop();
    show();
  });
  slider.value = slider.max;
  show();
}

// ---- all numbers ----

if (metrics.epoch.length === 0) {
  byId("table-details").hidden = true;
} else {
  const names = Object.keys(metrics);
  const cell = (name, text) => element(name, name === "th" ? { scope: "col" } : {}, text);
  byId("table").append(
    element(
      "table",
      {},
      element("thead", {}, element("tr", {}, ...names.map((name) => cell("th", name.replaceAll("_", " "))))),
      element(
        "tbody",
        {},
        ...metrics.epoch.map((_, i) => element("tr", {}, ...names.map((name) => cell("td", readable(metrics[name][i]))))),
      ),
    ),
  );
}
