"use strict";
// Runs, and what is drawn when they tell. A file with a result inside asks nobody.
P.alone = Boolean(P.id("snapshot"));
P.tab = Math.random().toString(36).slice(2);
P.times = [];
P.source = null;

P.run = () => {
  P.source?.close();
  const query = P.query(P.state), mine = { released: P.released || performance.now(), first: 0, done: 0 };
  P.released = 0;
  P.done = false;
  P.replay = null;
  P.flipped = null;
  if (P.mapMode === "member") P.mapMode = "likely";
  document.body.dataset.run = String(Number(document.body.dataset.run || 0) + 1);
  document.body.dataset.members = "0";
  P.say("Simulating.");
  clearTimeout(P.patience);
  P.patience = setTimeout(() => (P.done || mine.first ? null : P.say("Still simulating. The first run after an update compiles the model first, about half a minute.")), 5000);
  P.drawChips();
  const have = P.have || "";
  const source = new EventSource("/run?" + new URLSearchParams({ tab: P.tab, have, state: query }));
  P.source = source;
  // What is told is unpacked in turn; of a run that was given up nothing more is drawn.
  let turn = Promise.resolve();
  const next = (act) => (event) => {
    turn = turn.then(() => (P.source === source ? act(JSON.parse(event.data)) : null)).catch((error) => P.fail(String(error)));
  };
  source.addEventListener("state", next(async (told) => {
    const before = P.leverKey();
    P.state = told;
    history.replaceState(null, "", "?" + told.query);
    if (before !== P.leverKey() || !P.levers) await P.askLevers();
    else P.drawLevers();
    P.drawChips();
  }));
  source.addEventListener("factual", next(async (told) => {
    const fresh = P.have !== told.id;
    P.have = told.whole ? told.id : "";
    await P.takeFixed(told);
    P.before = await P.side(told.before);
    if (!P.state.changes.length) P.after = P.difference = null;
    P.drawAll(told.before.members);
    if (fresh && told.whole) P.drawLevers();
  }));
  source.addEventListener("picture", next(async (told) => {
    P.after = await P.side(told.after);
    P.difference = { ...told.difference, series: P.series(told.difference.series) };
    P.drawAll(told.members);
    requestAnimationFrame(() => {
      mine.first = mine.first || performance.now() - mine.released;
      document.body.dataset.members = String(told.members);
      P.say(told.members + " of " + P.state.members + " wars, " + ((performance.now() - mine.released) / 1000).toFixed(1) + " s.");
    });
  }));
  source.addEventListener("end", next(async (told) => {
    P.done = true;
    if (!P.state.changes.length) {
      P.after = P.difference = null;
      P.drawAll(told.members);
    }
    requestAnimationFrame(() => {
      mine.done = performance.now() - mine.released;
      P.times.push(mine);
      document.body.dataset.members = String(told.members);
      document.body.dataset.done = document.body.dataset.run;
      P.say(told.members + " wars" + (P.state.changes.length ? ", each without and with the change" : "") + "; " +
        (mine.done / 1000).toFixed(1) + " s.");
    });
  }));
  source.addEventListener("failed", next(async (told) => P.fail(told.error)));
  let over = false;
  for (const name of ["end", "failed"]) source.addEventListener(name, () => { over = true; source.close(); });
  source.onerror = () => {
    if (P.source !== source || over) return;
    source.close();
    P.fail("The server does not answer. If it was stopped, start polemos serve again; the command below gives this state.");
  };
};

P.fail = (text) => {
  clearTimeout(P.patience);
  P.say(text, true);
  document.body.dataset.failed = String(Number(document.body.dataset.failed || 0) + 1);
};
P.say = (text, bad = false) => {
  P.id("status").textContent = text;
  P.id("status").classList.toggle("bad", bad);
  document.body.classList.toggle("stale", bad);
  const bar = P.id("progress");
  bar.value = bad ? 0 : P.state ? Number(document.body.dataset.members || 0) / P.state.members : 0;
  bar.classList.toggle("over", P.done || bad);
};

P.takeFixed = async (told) => {
  P.fixed = { ...told, recordBytes: await polemos.unpack(told.record, told.places.length) };
  P.orgs = told.ids.map((id, o) => [id, told.holders[o].name]);
  if (P.curveWho === null || P.curveWho >= told.ids.length) P.curveWho = P.mapHolder = told.focus[0];
  P.week = Math.min(P.chosenWeek ?? told.dates.length - 1, told.dates.length - 1);
  P.drawClock();
  P.drawModes();
};

// The levers depend on these alone.
P.leverKey = () => (P.state ? [P.state.origin, P.state.to, P.state.theory, P.state.added].join() : "");
P.askLevers = async () => {
  const answer = await fetch("/levers?" + new URLSearchParams({ state: P.query(P.state) }));
  const found = await answer.json();
  if (found.error) return P.fail(found.error);
  P.levers = found;
  P.drawLevers();
};
P.save = async (name, query) => {
  const answer = await fetch("/presets", { method: "POST", body: JSON.stringify({ name, query }) });
  const found = await answer.json();
  if (found.error) return P.say(found.error, true);
  P.levers.presets = found;
  P.drawLevers();
  P.say(query ? "Saved “" + name + "”." : "Forgotten.");
};

// A query of a link: the server reads it, and says what it means. A lever may move before it does, so what a preset's
// claim stands for is taken from the levers.
P.open = (query) => {
  const given = new URLSearchParams(query), one = (name, usual) => given.get(name) ?? usual;
  P.state = { origin: one("origin", P.usual.origin), to: one("to", P.usual.to), members: Number(one("members", P.usual.members)),
    seed: Number(one("seed", 1)), inputs: one("inputs", "actual"), theory: one("theory", "neutral"), added: given.getAll("with"),
    probability: Number(one("probability", 1)), claim: one("claim", ""), changes: given.getAll("set") };
  Object.assign(P.state, P.levers?.presets.argument.find((preset) => preset.id === P.state.claim)?.means);
  P.run();
};

P.drawChips = () => {
  const chips = P.state.changes.map((change) => P.el("li", { title: change }, P.changeWords(change) || P.el("code", {}, change),
    P.alone ? null : P.el("button", { type: "button", ariaLabel: "Take back " + change, onclick: () => P.change(P.key(change), null) }, "×")));
  P.id("chips").replaceChildren(...(chips.length ? chips : [P.el("li", { className: "none" }, "Nothing is changed.")]));
  P.id("command").firstElementChild.textContent = P.state.command || "";
  const words = P.state.probability < 1 ? "The change comes about in " + Math.round(100 * P.state.probability) + " % of the wars. " : "";
  P.id("sentence").textContent = words + P.state.origin + " to " + P.state.to + ", supports and relations " +
    (P.state.inputs === "actual" ? "as they really were" : "as known at the origin") + ", seed " + P.state.seed + ".";
};

P.drawActions = () => {
  const button = (text, act) => P.el("button", { type: "button", onclick: act }, text);
  const copy = (text, what) => navigator.clipboard.writeText(text).then(() => P.say(what + " copied."), () => P.say(text));
  const take = async (kind) => {
    const answer = await fetch("/export/" + kind + "?" + new URLSearchParams({ state: P.query(P.state) }));
    if (!answer.ok) return P.say(await P.trouble(answer), true);
    const name = answer.headers.get("content-disposition").match(/filename="([^"]+)"/)[1];
    return P.download(await answer.blob(), name);
  };
  const link = () => P.address + "&" + P.query(P.state);
  const linkWords = "Link, with this server's key: whoever opens it can use the server while it runs. The link is";
  const picture = button("Picture (PNG)", P.png);
  P.id("actions").replaceChildren(...(P.alone ? [picture] : [
    button("Take all back", () => { P.released = performance.now(); P.set({ changes: [], probability: 1 }); }),
    button("Copy link", () => copy(link(), linkWords)), button("Copy command", () => copy(P.state.command, "Command")),
    button("Page (HTML)", () => take("page")), button("Curves (CSV)", () => take("curves")),
    button("Questions (CSV)", () => take("questions")), picture]));
};

P.drawModes = () => {
  const radios = P.mapModes().map(([key, text]) => P.el("label", {}, P.el("input", { type: "radio", name: "mode", value: key,
    checked: key === P.mapMode, onchange: () => { P.mapMode = key; P.drawMaps(); } }), text));
  const names = P.fixed.holders.map((holder, h) => [String(h), holder.name]);
  const holder = P.choice(names, String(P.mapHolder), (h) => { P.mapHolder = Number(h); P.drawMaps(); }, { ariaLabel: "Whose chance" });
  P.id("map-modes").replaceChildren(...radios, holder);
  const who = P.choice(names.slice(0, -1), String(P.curveWho), (o) => { P.curveWho = Number(o); P.drawCurves(); }, { ariaLabel: "Whose curves" });
  P.id("curve-modes").replaceChildren(who);
};

P.drawClock = () => {
  const last = P.fixed.dates.length - 1, host = P.id("clock");
  if (host.dataset.last === P.fixed.dates[0] + last) return P.setWeek(P.week, false);
  host.dataset.last = P.fixed.dates[0] + last;
  const play = P.el("button", { type: "button", id: "play", onclick: () => P.play() }, "Play");
  const slider = P.el("input", { type: "range", id: "week", min: 0, max: last, value: P.week, ariaLabel: "Week",
    oninput: () => P.setWeek(Number(slider.value)) });
  host.replaceChildren(play, slider, P.el("output", { id: "date" }));
  P.setWeek(P.week, false);
};
P.setWeek = (t, draw = true) => {
  P.week = t;
  if (draw) P.chosenWeek = t;
  P.id("week").value = t;
  P.id("date").textContent = polemos.date(P.fixed.dates[t]);
  P.id("week").setAttribute("aria-valuetext", P.id("date").textContent);
  if (draw) {
    P.drawMaps();
    P.drawCurves();
  }
};
P.play = () => {
  const stop = () => { clearInterval(P.timer); P.timer = 0; P.id("play").textContent = "Play"; };
  if (P.timer) return stop();
  if (P.week >= P.fixed.dates.length - 1) P.setWeek(0);
  P.id("play").textContent = "Pause";
  P.timer = setInterval(() => (P.week < P.fixed.dates.length - 1 ? P.setWeek(P.week + 1) : stop()), 110);
};

P.drawAll = (members) => {
  P.drawCurves();
  P.drawMaps();
  P.drawEffects();
  P.drawParting();
  P.drawFlips();
  P.drawLog();
  document.body.dataset.drawn = String(members);
};

P.png = () => {
  const ratio = Math.min(devicePixelRatio || 1, 3), pad = 16 * ratio, card = 620 * ratio;
  const single = P.id("maps").classList.contains("single");
  const sheets = [...(single ? ["left"] : ["left", "right"]).map((which) => [P.id(which + "-name").textContent, P.maps[which].picture(card)]),
    ...Array.from(document.querySelectorAll("#cards canvas"), (c) => [c.parentElement.querySelector("figcaption").textContent, c])];
  const tall = (sheet) => (sheet.height * card) / sheet.width, rows = [];
  sheets.forEach(([, sheet], i) => { rows[i >> 1] = Math.max(rows[i >> 1] || 0, tall(sheet) + 26 * ratio); });
  const whole = P.el("canvas", { width: 2 * card + 3 * pad, height: rows.reduce((a, b) => a + b + pad, 64 * ratio) });
  const pen = whole.getContext("2d");
  pen.fillStyle = P.colour("paper");
  pen.fillRect(0, 0, whole.width, whole.height);
  pen.fillStyle = P.colour("ink");
  pen.font = "600 " + 16 * ratio + "px system-ui, sans-serif";
  pen.fillText(document.title + ", " + polemos.date(P.fixed.dates[P.week]), pad, 26 * ratio);
  pen.font = 12 * ratio + "px system-ui, sans-serif";
  const words = P.state.changes.join(", ") || "nothing changed";
  pen.fillText(words + "; " + P.before.members + " wars. A property of the model, not a finding about the war.", pad, 46 * ratio);
  let y = 64 * ratio;
  sheets.forEach(([name, sheet], i) => {
    const x = i % 2 ? card + 2 * pad : pad;
    pen.fillText(name, x, y + 14 * ratio);
    pen.drawImage(sheet, x, y + 22 * ratio, card, tall(sheet));
    if (i % 2) y += rows[i >> 1] + pad;
  });
  whole.toBlob((blob) => P.download(blob, "what-if.png"));
};
P.download = (blob, name) => {
  const link = P.el("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
// What a refused or failed request says.
P.trouble = async (answer) => {
  const text = await answer.text();
  try {
    return JSON.parse(text).error;
  } catch {
    return text || "The server answered with status " + answer.status + ".";
  }
};

P.start = async () => {
  const small = matchMedia("(max-width: 860px)");
  P.id("drawer").open = !small.matches;
  P.id("member-row").replaceChildren(P.labelled("War", P.el("input", { type: "number", id: "member", min: 0, value: 0 })),
    P.el("button", { type: "button", onclick: () => P.askReplay(Number(P.id("member").value)) }, "Replay"));
  P.drawActions();
  let waiting = 0;
  addEventListener("resize", () => { clearTimeout(waiting); waiting = setTimeout(() => P.before && P.drawAll(P.before.members), 80); });
  polemos.onScheme(() => P.before && P.drawAll(P.before.members));
  if (P.alone) return P.startAlone();
  P.land = await (await fetch("/land")).json();
  P.address = (await (await fetch("/link")).json()).address;
  P.id("credit").textContent = "Base map: " + P.land.credit + ". The lines are no statement on borders.";
  P.id("notes").textContent = P.land.notes.join(" ");
  const query = new URLSearchParams(location.search);
  query.delete("token");
  const opening = await (await fetch("/usual")).json();
  P.usual = opening;
  document.body.dataset.ready = "1";
  // A link may name a counterfactual alone, whose days are its own.
  if (query.has("claim") && !query.has("origin")) {
    P.state = opening;
    await P.askLevers();
    const own = new URLSearchParams(P.levers?.presets.argument.find((preset) => preset.id === query.get("claim"))?.query || "");
    for (const name of ["origin", "to"]) if (own.has(name) && !query.has(name)) query.set(name, own.get(name));
  }
  P.open(query.toString() || P.query(opening));
};

P.startAlone = async () => {
  const told = JSON.parse(P.id("snapshot").textContent);
  document.body.classList.add("alone");
  P.id("drawer").parentElement.remove();
  P.id("replay").remove();
  P.land = told.land;
  P.id("credit").textContent = "Base map: " + P.land.credit + ". The lines are no statement on borders.";
  P.id("notes").textContent = P.land.notes.join(" ");
  P.choices = told.choices;
  await P.show(0);
  document.body.dataset.ready = "1";
};

// One of the pairs that a file carries.
P.show = async (number) => {
  const told = P.choices[number];
  P.chosen = number;
  P.about = told.about;
  P.state = told.state;
  P.done = true;
  P.after = P.difference = P.flipped = null;
  P.chosenWeek = undefined;
  P.id("about").textContent = [told.about.claim, told.about.note, told.about.thin].filter(Boolean).join(" ");
  await P.takeFixed(told.fixed);
  P.before = await P.side(told.before);
  if (told.after) {
    P.after = await P.side(told.after);
    P.difference = { ...told.difference, series: P.series(told.difference.series) };
  }
  document.body.dataset.members = String(told.members);
  P.drawChips();
  P.drawChoices();
  P.drawAll(told.members);
  P.drawGames();
  P.say(told.members + " wars" + (told.after ? ", each without and with the change." : "."));
  document.body.dataset.chosen = String(number);
};
P.start().catch((error) => P.fail(String(error)));
