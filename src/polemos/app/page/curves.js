"use strict";
// A card a quantity: bands without and with the change, and under them the band of the paired difference.
P.NAMES = { people: "People in places held, as before the war", places: "Places held", fighters: "Open fighters",
  underground: "Underground members", attacks: "Attacks a week" };
P.curveWho = null;
const LEFT = 46, RIGHT = 8, TOP = 8, MAIN = 132, GAP = 16, BELOW = 66, AXIS = 18;

P.recordOf = (name, o) => {
  if (name !== "people" && name !== "places") return null;
  const count = P.fixed.places.length;
  return P.fixed.dates.map((_, t) => {
    let sum = 0;
    for (let p = 0; p < count; p++) {
      const held = P.fixed.recordBytes[t * count + p];
      if (held === 255) return null;
      if (held === o) sum += name === "people" ? P.fixed.places[p].people : 1;
    }
    return sum;
  });
};

P.drawCurves = () => {
  if (!P.before) return;
  const cards = P.id("cards"), who = P.curveWho === null ? P.fixed.focus[0] : P.curveWho;
  // A series that only one of the two wars has is that of a process which is off in the other.
  const sides = [P.before.series, P.after ? P.after.series : {}];
  const names = [...new Set(sides.flatMap((series) => Object.keys(series)))].filter((name) =>
    sides.some((series) => series[name] && P.fixed.dates.some((_, t) => P.at(series[name], 4, t, who) > 0)));
  const wanted = names.join();
  if (cards.dataset.names !== wanted + who) {
    cards.dataset.names = wanted + who;
    cards.replaceChildren(...names.map((name) => P.el("figure", {},
      P.el("figcaption", {}, P.NAMES[name] || name), P.el("canvas", { id: "curve-" + name, role: "img" }))));
  }
  for (const name of names) P.drawCurve(name, who);
};

P.drawCurve = (name, o) => {
  const canvas = P.id("curve-" + name), T = P.fixed.dates.length;
  const one = P.before.series[name], two = P.after ? P.after.series[name] : null, diff = P.difference && P.difference.series[name];
  const changed = Boolean(one && two && diff);
  const total = TOP + MAIN + AXIS + (changed ? GAP + BELOW : 0);
  const { pen, width } = P.canvas(canvas, total);
  const ink = P.colour("ink"), muted = P.colour("muted"), rule = P.colour("rule");
  const x = (t) => LEFT + ((width - LEFT - RIGHT) * t) / Math.max(1, T - 1);
  const record = P.recordOf(name, o);
  let most = 0;
  for (let t = 0; t < T; t++) {
    most = Math.max(most, one ? P.at(one, 4, t, o) : 0, two ? P.at(two, 4, t, o) : 0, record && record[t] !== null ? record[t] : 0);
  }
  const scale = polemos.ticks(most), y = (v) => TOP + MAIN - (MAIN * v) / scale.at(-1);
  pen.font = "11px system-ui, sans-serif";
  P.ticks(pen, scale, y, width, muted, rule, polemos.brief);
  const area = (band, low, high, place, colour, alpha) => {
    pen.beginPath();
    for (let t = 0; t < T; t++) pen.lineTo(x(t), place(P.at(band, high, t, o)));
    for (let t = T - 1; t >= 0; t--) pen.lineTo(x(t), place(P.at(band, low, t, o)));
    pen.closePath();
    pen.globalAlpha = alpha;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
  };
  const line = (value, place, colour, wide, dash = []) => {
    pen.beginPath();
    for (let t = 0; t < T; t++) {
      const v = value(t);
      if (v !== null) pen.lineTo(x(t), place(v));
    }
    pen.setLineDash(dash);
    pen.strokeStyle = colour;
    pen.lineWidth = wide;
    pen.stroke();
    pen.setLineDash([]);
  };
  const plain = P.colour("factual"), with_ = P.colour("changed");
  if (one) {
    area(one, 0, 4, y, plain, 0.2);
    area(one, 1, 3, y, plain, 0.25);
    line((t) => P.at(one, 2, t, o), y, plain, 1.6, [5, 3]);
  }
  if (two) {
    area(two, 0, 4, y, with_, 0.2);
    area(two, 1, 3, y, with_, 0.3);
    line((t) => P.at(two, 2, t, o), y, with_, 2);
  }
  if (record) line((t) => record[t], y, ink, 1.2);
  let bottom = TOP + MAIN;
  if (changed) {
    const base = TOP + MAIN + GAP;
    let far = 0;
    for (let t = 0; t < T; t++) far = Math.max(far, Math.abs(P.at(diff, 0, t, o)), Math.abs(P.at(diff, 4, t, o)));
    const edge = polemos.ticks(far).at(-1), d = (v) => base + (BELOW / 2) * (1 - v / edge);
    P.ticks(pen, [-edge, 0, edge], d, width, muted, rule, (v) => P.signed(v, polemos.brief));
    area(diff, 0, 4, d, with_, 0.22);
    area(diff, 1, 3, d, with_, 0.35);
    line((t) => P.at(diff, 2, t, o), d, with_, 1.8);
    line(() => 0, d, ink, 0.8);
    bottom = base + BELOW;
  }
  pen.fillStyle = muted;
  let last = -60;
  P.fixed.dates.forEach((date, t) => {
    const fresh = t > 0 && date.slice(0, 4) !== P.fixed.dates[t - 1].slice(0, 4);
    if ((t === 0 || fresh) && x(t) - last > 52 && x(t) < width - 30) {
      pen.textAlign = t ? "center" : "left";
      pen.fillText(t ? date.slice(0, 4) : date.slice(0, 7), x(t), bottom + 13);
      last = x(t);
    }
  });
  pen.beginPath();
  pen.moveTo(x(P.week), TOP);
  pen.lineTo(x(P.week), bottom);
  pen.strokeStyle = ink;
  pen.globalAlpha = 0.45;
  pen.lineWidth = 1;
  pen.stroke();
  pen.globalAlpha = 1;
  canvas.setAttribute("aria-label", P.curveWords(name, o));
};

P.ticks = (pen, values, place, width, muted, rule, show) => {
  pen.textAlign = "right";
  pen.lineWidth = 1;
  for (const v of values) {
    pen.strokeStyle = rule;
    pen.beginPath();
    pen.moveTo(LEFT, place(v));
    pen.lineTo(width - RIGHT, place(v));
    pen.stroke();
    pen.fillStyle = muted;
    pen.fillText(show(v), LEFT - 5, place(v) + 4);
  }
};

P.curveWords = (name, o) => {
  const t = P.week, say = (band) => [2, 0, 4].map((q) => polemos.amount(P.at(band, q, t, o)));
  const range = ([m, l, h]) => m + " (" + l + " to " + h + ")", parts = [];
  const [one, two] = [P.before, P.after].map((side) => side && side.series[name]), diff = P.difference && P.difference.series[name];
  parts.push("without the change " + (one ? range(say(one)) : "not in the model"));
  if (P.after) parts.push("with it " + (two ? range(say(two)) : "not in the model"));
  if (diff) parts.push("paired difference " + range([2, 0, 4].map((q) => P.signed(P.at(diff, q, t, o)))));
  return (P.NAMES[name] || name) + ", " + P.fixed.holders[o].name + ", " + polemos.date(P.fixed.dates[t]) + ": " + parts.join(", ") + ".";
};
