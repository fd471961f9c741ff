"use strict";
// What the page knows, and small helpers. Nothing here asks the server.
const P = { fixed: null, before: null, after: null, difference: null, about: {}, state: null, replay: null, week: 0 };

P.el = (tag, given = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name in made && name !== "list") made[name] = value;
    else made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
};
P.id = (name) => document.getElementById(name);
P.colour = (name) => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();

P.floats = (text) => new Float32Array(Uint8Array.from(atob(text), (c) => c.charCodeAt(0)).buffer);
P.side = async (given) => ({
  members: given.members,
  series: P.series(given.series),
  map: await polemos.unpack(given.map, P.fixed.places.length * P.fixed.holders.length),
});
P.series = (given) => Object.fromEntries(Object.entries(given).map(([name, text]) => [name, P.floats(text)]));

// Bands are [5, T, O].
P.at = (band, q, t, o) => band[(q * P.fixed.dates.length + t) * P.fixed.ids.length + o];
P.chance = (side, t, p, h) => side.map[(t * P.fixed.places.length + p) * P.fixed.holders.length + h] / P.fixed.steps;

P.signed = (value, show = polemos.amount) => (value > 0 ? "+" : value < 0 ? "\u2212" : "") + show(Math.abs(value));
P.percent = (value) => (value === null ? "" : polemos.percent(value));

// A state as the query of a link; the server says what it means (it is the one who reads it).
P.query = (state) => {
  const pairs = [["origin", state.origin], ["to", state.to], ["members", state.members]];
  if (state.seed !== 1) pairs.push(["seed", state.seed]);
  if (state.inputs !== "actual") pairs.push(["inputs", state.inputs]);
  if (state.theory !== "neutral") pairs.push(["theory", state.theory]);
  if (state.claim) pairs.push(["claim", state.claim]);
  else {
    for (const name of state.added) pairs.push(["with", name]);
    if (state.probability < 1) pairs.push(["probability", state.probability]);
    for (const change of state.changes) pairs.push(["set", change]);
  }
  return new URLSearchParams(pairs.map(([name, value]) => [name, String(value)])).toString();
};
P.key = (change) => change.split("=")[0];
P.parts = (change) => {
  const [value, date] = change.slice(P.key(change).length + 1).split("@");
  return { value: value.trim(), date: date || "" };
};
P.canvas = (canvas, height) => {
  const width = canvas.clientWidth || 300, ratio = Math.min(devicePixelRatio || 1, 3);
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.height = height + "px";
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.clearRect(0, 0, width, height);
  return { pen, width, height };
};
