"use strict";
// What both pages share: their data, the switch between light and dark, small helpers.

const data = JSON.parse(document.getElementById("data").textContent);

const byId = (id) => document.getElementById(id);

/** A new element with attributes and children; text among the children becomes text. */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The bytes of a base64 text. */
function bytes(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

/** Little-endian float32 values of a base64 text. */
function floats(text) {
  return new Float32Array(bytes(text).buffer);
}

/** The columns of a CSV text by name; a missing number is NaN. */
function columns(csv) {
  const [head, ...rows] = csv.trim().split(/\r?\n/).map((line) => line.split(","));
  return Object.fromEntries(head.map((name, i) => [name, rows.map((row) => parseFloat(row[i]))]));
}

/** A number as people read it: five significant digits, no tail of zeros. */
function readable(value) {
  return Number.isFinite(value) ? String(Number(value.toPrecision(5))) : "–";
}

{
  const root = document.documentElement;
  const button = byId("look");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (root.dataset.look ? root.dataset.look === "dark" : system.matches);
  const show = () => {
    button.textContent = isDark() ? "Light look" : "Dark look";
  };
  button.addEventListener("click", () => {
    root.dataset.look = isDark() ? "light" : "dark";
    show();
  });
  system.addEventListener("change", show);
  show();
}
