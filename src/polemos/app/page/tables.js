"use strict";
// The questions with their paired intervals, the members that flip, and the weeks in which wars part.
P.bar = (effect) => {
  const wide = 150, tall = 20, half = wide / 2;
  const most = Math.max(0.1, ...P.difference.effects.map((e) => Math.max(Math.abs(e.low), Math.abs(e.high))));
  const at = (v) => half + (half - 3) * (v / most);
  const svg = (tag, given) => polemos.make("svg:" + tag, given);
  const drawn = svg("svg", { width: wide, height: tall, "aria-hidden": "true" });
  drawn.append(svg("line", { x1: half, x2: half, y1: 1, y2: tall - 1, class: "zero" }),
    svg("line", { x1: at(effect.low), x2: at(effect.high), y1: tall / 2, y2: tall / 2, class: "interval" }),
    svg("circle", { cx: at(effect.difference), cy: tall / 2, r: 4, class: "dot" }));
  return drawn;
};

// Beyond a thousand, a ratio says only that hardly any war differs.
P.ratio = (v) => (v > 1000 ? "over 1,000" : v.toFixed(1));
P.points = (value) => P.signed(100 * value, (v) => v.toFixed(1));

// What the change comes to, in two or three sentences; a question moves where its interval leaves 0 out.
P.moves = (effect) => effect.low > 0 || effect.high < 0;
P.drawVerdict = () => {
  const host = P.id("verdict"), of = 100;
  if (!P.difference) return host.replaceChildren(P.alone ? "" : "Choose a change, or move a lever: every war is run again with it, all else the same.");
  const rows = [...P.difference.effects].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  const moved = rows.filter(P.moves), still = rows.length - moved.length, said = [];
  const in100 = (v) => Math.round(of * v);
  for (const e of moved.slice(0, 2)) {
    said.push("“" + e.title + "”: yes in " + in100(e.counterfactual) + " of 100 wars with the change, in " + in100(e.factual) + " without it.");
  }
  if (moved.length > 2) said.push(moved.length - 2 + (moved.length === 3 ? " other question moves" : " other questions move") + " too.");
  if (!rows.length) said.push("No question falls within these days.");
  else if (!moved.length) said.push("No question moves by more than chance.");
  else if (still) said.push(still === 1 ? "One moves less than chance." : "The other " + still + " move less than chance.");
  // Of the organisation that the change moves most, in the middle war.
  const T = P.fixed.dates.length, change = P.difference.series.people, size = (o) => (change ? Math.abs(P.at(change, 2, T - 1, o)) : 0);
  const o = P.fixed.ids.reduce((best, _, o) => (size(o) > size(best) ? o : best), P.fixed.focus[0]), before = P.before.series.people, after = P.after.series.people;
  if (before && after) {
    const [was, is] = [before, after].map((band) => P.at(band, 2, T - 1, o));
    said.push("In the middle war " + P.fixed.holders[o].name + " holds places of " + polemos.amount(is) + " people on " +
      polemos.date(P.fixed.dates[T - 1]) + (polemos.amount(is) === polemos.amount(was) ? ", with the change and without it." : ", not of " + polemos.amount(was) + "."));
  }
  host.textContent = said.join(" ");
};

P.drawEffects = () => {
  const host = P.id("effects"), worth = P.id("worth");
  P.drawVerdict();
  if (!P.difference) {
    worth.textContent = "";
    host.replaceChildren(P.el("p", { className: "small" }, "Move a lever, and every question shows what it changes."));
    return;
  }
  const rows = [...P.difference.effects].sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
  const gain = P.difference.gain, held = Object.entries(gain).filter(([name, v]) => name !== "questions" && v !== null);
  const names = Object.fromEntries(P.orgs || []);
  const total = (key) => { const [id, series] = key.split(" "); return "the " + series + " that " + (names[id] || id) + " holds"; };
  worth.textContent = "Probability of yes, and the change in points with its paired 90 % interval. " +
    (gain.questions === null ? "" : "Without pairing, the same precision would take " + P.ratio(gain.questions) +
      " times as many wars (the middle question)" +
      (held.length ? "; for " + held.map(([key, v]) => total(key) + " on the last day, " + P.ratio(v)).join(", for ") : "") + ".");
  const row = (e) => P.el("tr", {},
    P.el("th", { scope: "row" }, e.title),
    P.el("td", { className: "n", "data-head": "without" }, P.percent(e.factual)),
    P.el("td", { className: "n", "data-head": "with" }, P.percent(e.counterfactual)),
    P.el("td", { className: "n wide", "data-head": "change" },
      P.points(e.difference) + " [" + P.points(e.low) + ", " + P.points(e.high) + "]"),
    P.el("td", { className: "bar" }, P.bar(e)),
    P.el("td", { className: "flips", "data-head": "wars that flip" }, ...P.flips(e)));
  const heads = [["question"], ["without", "n"], ["with", "n"], ["change, 90 %", "n"], ["", "bar"], ["wars that flip", "flips"]];
  const sheet = (some) => P.el("table", {}, P.el("thead", {}, P.el("tr", {}, ...heads.map(([text, className = ""]) =>
    P.el("th", { scope: "col", className }, text)))), P.el("tbody", {}, ...some.map(row)));
  const moved = rows.filter(P.moves), still = rows.filter((e) => !P.moves(e)), open = host.querySelector("details")?.open;
  host.replaceChildren(...[moved.length ? sheet(moved) : null,
    still.length ? P.el("details", { open: open ?? !moved.length }, P.el("summary", {},
      still.length + (still.length === 1 ? " question moves" : " questions move") + " less than chance"), sheet(still)) : null,
    rows.length ? null : P.el("p", { className: "small" }, "No question falls within these days.")].filter(Boolean));
};

P.flips = (effect) => {
  if (!effect.to_yes.length && !effect.to_no.length) return ["none"];
  const open = P.el("button", { type: "button", className: "plain", onclick: () => P.showFlips(effect) },
    effect.to_yes.length + " to yes, " + effect.to_no.length + " to no");
  return [open];
};

P.showFlips = (effect) => {
  P.flipped = effect.question;
  P.drawFlips();
  P.id("flipped").scrollIntoView({ block: "nearest" });
  P.id("flipped").querySelector("button")?.focus();
};

P.drawFlips = () => {
  const host = P.id("flipped"), effect = P.difference?.effects.find((e) => e.question === P.flipped);
  if (!effect) return host.replaceChildren();
  const list = (members, text) => members.length ? P.el("div", {}, P.el("h3", {}, text),
    P.el("div", { className: "row" }, ...members.slice(0, 60).map((m) => P.member(m)))) : null;
  host.replaceChildren(P.el("p", {}, P.el("b", {}, effect.title), ". The number is the war's, the day that of its parting."),
    ...[list(effect.to_yes, "From no to yes"), list(effect.to_no, "From yes to no")].filter(Boolean));
};

P.member = (m) => {
  const t = P.difference.parting[P.order(m)];
  const when = t !== undefined && t < P.fixed.dates.length ? P.fixed.dates[t] : "never parts";
  return P.el("button", { type: "button", disabled: P.alone, onclick: () => P.askReplay(m) }, m + " · " + when);
};
// Members are told in their order; until all are there, their numbers need not be their places.
P.order = (m) => (P.done ? m : P.difference.parting.length === P.state.members ? m : -1);

P.drawParting = () => {
  const canvas = P.id("weeks"), T = P.fixed.dates.length;
  const told = P.id("parted");
  canvas.hidden = !P.difference;
  if (!P.difference) return told.replaceChildren("Nothing is changed, so every war is the same twice.");
  const weeks = P.difference.parting, parted = weeks.filter((t) => t < T).sort((a, b) => a - b);
  if (!parted.length) told.textContent = "In no war does anybody ever hold another place.";
  else {
    told.textContent = "In " + parted.length + " of " + weeks.length + " wars somebody holds another place at some time, first on " +
      polemos.date(P.fixed.dates[parted[0]]) + "; half of these have parted by " +
      polemos.date(P.fixed.dates[parted[Math.floor((parted.length - 1) / 2)]]) + ".";
  }
  const { pen, width, height } = P.canvas(canvas, 84), counts = new Array(T).fill(0);
  parted.forEach((t) => counts[t]++);
  const top = Math.max(1, ...counts), x = (t) => 46 + ((width - 54) * t) / T;
  pen.font = "11px system-ui, sans-serif";
  pen.fillStyle = P.colour("muted");
  pen.textAlign = "right";
  pen.fillText(String(top), 41, 12);
  pen.fillText("0", 41, height - 18);
  pen.textAlign = "left";
  pen.fillText(P.fixed.dates[0], 46, height - 3);
  pen.textAlign = "right";
  pen.fillText(P.fixed.dates[T - 1], width - 8, height - 3);
  pen.fillStyle = P.colour("changed");
  counts.forEach((n, t) => pen.fillRect(x(t), height - 18 - ((height - 26) * n) / top, Math.max(1, (width - 54) / T - 0.6),
    ((height - 26) * n) / top));
  canvas.setAttribute("aria-label", "Wars by the week they part. " + told.textContent);
};

P.drawGames = () => {
  const games = P.about.games || [];
  P.id("games").replaceChildren(...games.map((game) => P.el("div", {}, P.el("h3", {}, game.subject + ": " + game.measure),
    P.el("table", {}, P.el("tbody", {}, ...game.shares.map((s) => P.el("tr", {}, P.el("th", { scope: "row" }, s.player),
      P.el("td", { className: "n" }, P.signed(s.value)),
      P.el("td", { className: "n" }, P.signed(s.low) + " to " + P.signed(s.high)))))))));
  if (games.length) P.id("games").prepend(P.el("h2", {}, "Shares of each (Shapley)"));
};
