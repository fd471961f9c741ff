"use strict";
// Maps on canvas: the base map in shares of the width, places as circles by people, sites as diamonds.
P.mapModes = () => [["likely", "Most likely holder"], ["chance", "Chance of one holder"], ["difference", "Difference"],
  ...(P.replay ? [["member", "War " + P.replay.member]] : [])];
P.mapMode = "likely";
P.mapHolder = 0;

P.base = (pen, width) => {
  pen.fillStyle = P.colour("sea");
  pen.fillRect(0, 0, width, width * P.land.aspect);
  const trace = (ring, close) => {
    ring.forEach(([x, y], i) => (i ? pen.lineTo(x * width, y * width) : pen.moveTo(x * width, y * width)));
    if (close) pen.closePath();
  };
  pen.lineWidth = 0.8;
  pen.strokeStyle = P.colour("border");
  for (const shape of P.land.land) {
    pen.beginPath();
    shape.rings.forEach((ring) => trace(ring, true));
    pen.fillStyle = P.colour(shape.inside ? "land" : "far");
    pen.fill("evenodd");
    pen.stroke();
  }
  pen.beginPath();
  P.land.lakes.forEach((ring) => trace(ring, true));
  pen.fillStyle = P.colour("sea");
  pen.fill();
  pen.beginPath();
  P.land.rivers.forEach((line) => trace(line, false));
  pen.strokeStyle = P.colour("river");
  pen.stroke();
};

P.likely = (side, t, p) => {
  let best = 0, most = -1;
  for (let h = 0; h < P.fixed.holders.length; h++) {
    const share = P.chance(side, t, p, h);
    if (share > most) [most, best] = [share, h];
  }
  return [best, most];
};

// What a place looks like: [colour, strength 0 to 1].
P.look = (which, t, p) => {
  const side = which === "right" && P.after ? P.after : P.before;
  if (P.mapMode === "member" && P.replay) {
    const held = P.replay[which === "right" ? "after" : "before"].control[t * P.fixed.places.length + p];
    return [P.fixed.holders[held][1], 1];
  }
  if (P.mapMode === "difference" && P.after) {
    const moved = P.chance(P.after, t, p, P.mapHolder) - P.chance(P.before, t, p, P.mapHolder);
    return [P.colour(moved >= 0 ? "more" : "less"), Math.min(1, Math.abs(moved) * 1.6)];
  }
  if (P.mapMode === "chance") return [P.fixed.holders[P.mapHolder][1], P.chance(side, t, p, P.mapHolder)];
  const [holder, share] = P.likely(side, t, p);
  return [P.fixed.holders[holder][1], 0.25 + 0.75 * share];
};

P.drawMap = (which) => {
  const canvas = P.id("map-" + which);
  const width = canvas.clientWidth || 300;
  const { pen } = P.canvas(canvas, width * P.land.aspect);
  P.base(pen, width);
  const top = Math.max(1, ...P.fixed.places.map((place) => place.people));
  const order = P.fixed.places.map((_, p) => p).sort((a, b) => P.fixed.places[b].people - P.fixed.places[a].people);
  const size = Math.max(0.62, Math.min(1.15, width / 560));
  for (const p of order) {
    const [x, y] = P.land.places[p], place = P.fixed.places[p];
    const [colour, strength] = P.look(which, P.week, p);
    const radius = size * (2.6 + 9 * Math.pow(place.people / top, 0.32) * (place.people > 0 ? 1 : 0));
    pen.beginPath();
    if (place.people > 0) pen.arc(x * width, y * width, radius, 0, 2 * Math.PI);
    else {
      pen.moveTo(x * width, y * width - radius);
      [[1, 0], [0, 1], [-1, 0]].forEach(([i, j]) => pen.lineTo(x * width + i * radius, y * width + j * radius));
      pen.closePath();
    }
    pen.fillStyle = P.colour("empty");
    pen.fill();
    pen.globalAlpha = strength;
    pen.fillStyle = colour;
    pen.fill();
    pen.globalAlpha = 1;
    pen.lineWidth = 0.8;
    pen.strokeStyle = P.colour("rim");
    pen.stroke();
  }
  P.labels(pen, width, order);
};

P.labels = (pen, width, order) => {
  pen.font = "12px system-ui, sans-serif";
  const taken = [], most = width > 480 ? 16 : 8, height = width * P.land.aspect;
  for (const p of order) {
    if (taken.length >= most || !P.fixed.places[p].people) break;
    const name = P.fixed.places[p].name.split(" (")[0], wide = pen.measureText(name).width;
    const x = P.land.places[p][0] * width + 10, y = P.land.places[p][1] * width + 4;
    const box = [x, y - 11, x + wide, y + 3];
    if (box[2] > width - 2 || box[3] > height - 2 || box[1] < 2) continue;
    if (taken.some((b) => box[0] < b[2] + 4 && box[2] > b[0] - 4 && box[1] < b[3] + 2 && box[3] > b[1] - 2)) continue;
    taken.push(box);
    pen.lineWidth = 3;
    pen.lineJoin = "round";
    pen.strokeStyle = P.colour("halo");
    pen.strokeText(name, x, y);
    pen.fillStyle = P.colour("ink");
    pen.fillText(name, x, y);
  }
};

P.drawMaps = () => {
  if (!P.land || !P.before) return;
  const one = (P.mapMode === "difference" && P.after) || !P.after;
  P.id("maps").classList.toggle("single", one && !(P.mapMode === "member" && P.replay));
  const holder = P.fixed.holders[P.mapHolder][0];
  P.id("left-name").textContent = P.mapMode === "difference" && P.after
    ? "Change in the chance that " + holder + " holds a place"
    : P.mapMode === "member" && P.replay ? "War " + P.replay.member + " without the change" : "Without the change";
  P.id("right-name").textContent =
    P.mapMode === "member" && P.replay ? "War " + P.replay.member + " with the change" : "With the change";
  P.drawMap("left");
  if (!P.id("maps").classList.contains("single")) P.drawMap("right");
  P.drawLegend();
  P.drawMoved();
};

P.drawLegend = () => {
  const legend = P.id("legend");
  const item = (colour, text) => {
    const mark = P.el("i");
    mark.style.background = colour;
    return P.el("li", {}, mark, text);
  };
  if (P.mapMode === "difference" && P.after) {
    legend.replaceChildren(item(P.colour("more"), "likelier with the change"), item(P.colour("less"), "less likely"));
  } else if (P.mapMode === "chance") {
    legend.replaceChildren(item(P.fixed.holders[P.mapHolder][1], P.fixed.holders[P.mapHolder][0] + ", the fuller the likelier"));
  } else legend.replaceChildren(...P.fixed.holders.map(([name, colour]) => item(colour, name)));
};

// In words: what the maps show at this date, for those who cannot see them too.
P.drawMoved = () => {
  const date = P.longDate(P.fixed.dates[P.week]);
  if (!P.after) {
    P.id("moved").textContent = date + ": nothing is changed yet; move a lever.";
    return;
  }
  const moved = P.fixed.places.map((place, p) =>
    [P.chance(P.after, P.week, p, P.mapHolder) - P.chance(P.before, P.week, p, P.mapHolder), place.name])
    .sort((a, b) => Math.abs(b[0]) - Math.abs(a[0])).slice(0, 6).filter((row) => Math.abs(row[0]) >= 0.01);
  const words = moved.map(([by, name]) => name + " " + P.signed(100 * by, (v) => Math.round(v)) + " points");
  P.id("moved").textContent = date + ", chance that " + P.fixed.holders[P.mapHolder][0] + " holds: " +
    (words.length ? "moved most at " + words.join(", ") + "." : "no place moves by a point.");
  P.id("map-left").setAttribute("aria-label", P.id("left-name").textContent + ". " + P.id("moved").textContent);
  P.id("map-right").setAttribute("aria-label", P.id("right-name").textContent + ". " + P.id("moved").textContent);
};
