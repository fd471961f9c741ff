"use strict";
// The map pair, drawn by the report's own map; what changed is a triangle up (likelier) or down (less likely).
P.mapMode = "likely";
P.mapHolder = 0;
P.maps = {};
P.mapModes = () => [["likely", "Most likely holder"], ["chance", "Chance of one holder"], ["difference", "Difference"],
  ...(P.replay ? [["member", "War " + P.replay.member]] : [])];

P.marks = () => [...P.fixed.holders,
  { name: "likelier with the change", fill: "#d5722f", light: "#a8430a", dark: "#f08c4f", mark: "triangle" },
  { name: "less likely", fill: "#3d8fc9", light: "#0067a5", dark: "#7cc4f2", mark: "down" },
  { name: "by less than a point", fill: "#b9b5ac", light: "#b9b5ac", dark: "#6b6f73", mark: "circle" }];

P.likely = (side, t, p) => {
  let best = 0, most = -1;
  for (let h = 0; h < P.fixed.holders.length; h++) {
    const share = P.chance(side, t, p, h);
    if (share > most) [most, best] = [share, h];
  }
  return [best, most];
};
P.moved = (p) => (P.after ? P.chance(P.after, P.week, p, P.mapHolder) - P.chance(P.before, P.week, p, P.mapHolder) : 0);

// The holder of every place at this week, how sure that is, and whom it is compared with.
P.shown = (which) => {
  const count = P.fixed.places.length, t = P.week, steps = 200, none = P.fixed.holders.length;
  const holder = new Uint8Array(count), strength = new Uint8Array(count);
  const side = which === "right" && P.after ? P.after : P.before;
  let other = null;
  if (P.mapMode === "member" && P.replay) {
    const held = (name) => P.replay[name].control.subarray(t * count, (t + 1) * count);
    holder.set(held(which === "right" ? "after" : "before"));
    strength.fill(steps);
    if (which === "right") other = held("before");
  } else if (P.mapMode === "difference" && P.after) {
    for (let p = 0; p < count; p++) {
      const by = P.moved(p);
      holder[p] = Math.abs(by) < 0.01 ? none + 2 : by > 0 ? none : none + 1;
      strength[p] = Math.round(steps * Math.min(1, 2 * Math.abs(by)));
    }
  } else if (P.mapMode === "chance") {
    for (let p = 0; p < count; p++) {
      holder[p] = P.mapHolder;
      strength[p] = Math.round(steps * P.chance(side, t, p, P.mapHolder));
    }
  } else {
    if (which === "right") other = new Uint8Array(count);
    for (let p = 0; p < count; p++) {
      const [held, share] = P.likely(side, t, p);
      holder[p] = held;
      strength[p] = Math.round(steps * share);
      if (other) other[p] = P.likely(P.before, t, p)[0];
    }
  }
  return { holder, strength, steps, other };
};

P.tellPlace = (which) => (p) => {
  const side = which === "right" && P.after ? P.after : P.before, t = P.week;
  const place = P.fixed.places[p], rows = [["People before the war", place.people ? polemos.amount(place.people) : "a site"]];
  const seen = P.fixed.recordBytes[t * P.fixed.places.length + p];
  rows.push(["Record", seen === 255 ? "not known" : P.fixed.holders[seen].name]);
  const chances = P.fixed.holders.map((holder, h) => [P.chance(side, t, p, h), holder.name]).filter((row) => row[0] >= 0.005);
  const lines = chances.sort((a, b) => b[0] - a[0]).slice(0, 4).map(([share, name]) => name + " " + polemos.percent(share));
  if (P.after) lines.push(P.fixed.holders[P.mapHolder].name + ": " + P.signed(100 * P.moved(p), (v) => Math.round(v)) + " points with the change");
  return { title: place.name, rows, lines };
};

P.makeMaps = () => {
  const key = P.fixed.places.length + " " + JSON.stringify(P.fixed.holders);
  if (P.maps.key === key) return;
  P.maps = { key };
  const places = { x: P.land.x, y: P.land.y, r: P.land.r, name: P.fixed.places.map((place) => place.name) };
  for (const which of ["left", "right"]) {
    const label = which === "left" ? "Map without the change" : "Map with the change";
    const pick = (p) => { if (p >= 0) P.maps[which === "left" ? "right" : "left"]?.point(-1); };
    P.maps[which] = polemos.map(P.id("map-" + which), { ground: P.land, places, holders: P.marks(), label, tell: P.tellPlace(which), pick });
  }
};

P.drawMaps = () => {
  if (!P.land || !P.before) return;
  const member = P.mapMode === "member" && P.replay, difference = P.mapMode === "difference" && P.after;
  P.id("maps").classList.toggle("single", !member && (Boolean(difference) || !P.after));
  P.makeMaps();
  const holder = P.fixed.holders[P.mapHolder].name, war = member ? "War " + P.replay.member + " " : "";
  const name = (text) => (war ? war + text.toLowerCase() : text);
  P.id("left-name").textContent = difference ? "Change in the chance that " + holder + " holds a place" : name("Without the change");
  P.id("right-name").textContent = name("With the change");
  P.maps.left.draw(P.shown("left"));
  if (!P.id("maps").classList.contains("single")) P.maps.right.draw(P.shown("right"));
  P.drawLegend(difference);
  P.drawMoved();
};

P.drawLegend = (difference) => {
  const marks = P.marks(), H = P.fixed.holders.length;
  const chosen = difference ? [H, H + 1, H + 2] : P.mapMode === "chance" ? [P.mapHolder] : P.fixed.holders.map((_, h) => h);
  const words = P.mapMode === "chance" ? ", the fuller the likelier" : "";
  P.id("legend").replaceChildren(...Array.from(chosen, (h) => P.el("li", {}, polemos.mark(marks[h]), " " + marks[h].name + words)));
};

// In words: what the maps show at this date, for those who cannot see them too.
P.drawMoved = () => {
  const date = polemos.date(P.fixed.dates[P.week]);
  if (!P.after) {
    P.id("moved").textContent = date + ": nothing is changed yet; move a lever.";
    return;
  }
  const moved = P.fixed.places.map((place, p) => [P.moved(p), place.name])
    .sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 6).filter((row) => Math.abs(row[0]) >= 0.01);
  const words = moved.map(([by, name]) => name + " " + P.signed(100 * by, (v) => Math.round(v)) + " points");
  P.id("moved").textContent = date + ", chance that " + P.fixed.holders[P.mapHolder].name + " holds: " +
    (words.length ? "moved most at " + words.join(", ") + "." : "no place moves by a point.") +
    (P.mapMode === "likely" || P.mapMode === "member" ? " A ring marks places in other hands than without the change." : "");
};
