// Puts the page together: two maps and the curves over one week, and the table of the forecasts.
"use strict";
(async () => {
  const { unpack, date, percent, mark } = polemos;
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const byId = (id) => document.getElementById(id);
  const count = data.places.x.length, weeks = data.dates.length, { first, steps, holders } = data;
  const slider = byId("week"), play = byId("play"), whose = byId("whose"), number = byId("member");
  const names = holders.map((holder) => holder.name);
  const nameOf = (h) => (h === 255 ? "not observed" : names[h]);

  for (const item of document.querySelectorAll("[data-mark]")) item.prepend(mark(holders[item.dataset.mark]));

  const kept = new Map();
  const once = (key, text) => {
    if (!kept.has(key)) kept.set(key, unpack(text, count));
    return kept.get(key);
  };
  const [record, likely] = await Promise.all([once("record", data.record), once("likely", data.likely)]);
  const chances = new Array(holders.length).fill(null);
  const chanceOf = async (h) => (chances[h] = await once(`chance ${h}`, data.probability[h]));
  const week = (bytes, t) => bytes.subarray(t * count, (t + 1) * count);

  let shown = Number(slider.value), mode = "likely", timer = 0, single = null;
  const ahead = () => shown - first;

  // The chance of the most likely holder needs every organisation: it is there once all are unpacked.
  let sure = null;
  async function unpackAll() {
    await Promise.all(holders.map((_, h) => chanceOf(h)));
    sure = new Uint8Array(likely.length);
    for (let i = 0; i < sure.length; i++) sure[i] = likely[i] === 255 ? 0 : chances[likely[i]][i];
  }

  function ranked(p) {
    const at = ahead() * count + p;
    return chances.map((bytes, h) => [bytes ? bytes[at] / steps : 0, h]).filter((row) => row[0] >= 0.005).sort((a, b) => b[0] - a[0]);
  }
  const modelWords = (p, most) => (ahead() < 0 ? "begins on the day of the forecast" : ranked(p).slice(0, most).map(([share, h]) => `${names[h]} ${percent(share)}`).join(", "));

  function tell(p) {
    const here = week(record, shown)[p], people = data.places.people[p];
    const rows = [["Happened", nameOf(here)]];
    if (ahead() >= 0 && sure) rows.push(["Expected", modelWords(p, 4)]);
    if (mode === "member" && single && ahead() >= 0) rows.push([`War ${number.value}`, nameOf(week(single, ahead())[p])]);
    rows.push(["People", people ? `${people.toLocaleString("en-GB")} before the war` : "a site without residents"]);
    const spells = data.spells[p], from = Math.max(0, spells.length - 8);
    const lines = spells.slice(from).map(([start, h, end]) => `${nameOf(h)}: ${date(start, true)} to ${end ? date(end, true) : "the end of the record"}`);
    if (from) lines.unshift(`${from} earlier spells`);
    return { title: data.places.name[p], rows, lines };
  }

  const about = { ground: data.ground, places: data.places, holders, tell };
  let left = null, right = null;
  const both = (other) => (view) => { other().look(view); remember(); };
  left = polemos.map(byId("map-record"), { ...about, label: "Map of what happened: who held which place", look: both(() => right) });
  right = polemos.map(byId("map-model"), { ...about, label: "Map of the simulated wars: who holds which place", look: both(() => left) });
  const lookAt = (view) => { left.look(view); right.look(view); };
  const areas = byId("areas");
  const curves = [];

  function picture() {
    return { ...marksOf(shown, mode), areas: areas.checked };
  }
  function marksOf(t, mode) {
    const here = week(record, t), m = t - first;
    if (mode === "record" || (m < 0 && mode !== "chance")) return { holder: here, strength: null, steps };
    if (mode === "chance") {
      const h = Number(whose.value), holder = new Uint8Array(count).fill(h);
      return { holder, steps, strength: m >= 0 ? week(chances[h], m) : Uint8Array.from(here, (one) => (one === h ? steps : 0)) };
    }
    if (mode === "member") return { holder: week(single, m), strength: null, steps, other: here };
    return { holder: week(likely, m), strength: sure ? week(sure, m) : null, steps, other: here };
  }

  function say() {
    const text = date(data.dates[shown]);
    byId("date").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    const before = ahead() < 0;
    byId("model-title").textContent = mode === "record" ? "What happened" : "Simulated wars";
    byId("model-note").textContent = mode === "record" ? "" : before ? "begin on the day of the forecast; until then, what happened"
      : { likely: `most likely holder; ${apartWords()}`, chance: `chance of ${names[whose.value]}`, member: `war ${number.value}, the first ${data.members.length} are here` }[mode];
    const ramp = byId("ramp"), who = holders[whose.value];
    ramp.hidden = mode !== "chance";
    byId("ramp-name").textContent = `chance that ${who.name} holds the place`;
    [...ramp.querySelectorAll("i")].forEach((box, i) => { box.style.background = who.fill === "transparent" ? "none" : who.fill; box.style.opacity = String(0.06 + 0.94 * (i / 4)); });
  }

  // In how many places the most likely holder is another than who held it.
  function apartWords() {
    const here = week(record, shown), most = week(likely, ahead());
    let apart = 0, known = 0;
    for (let p = 0; p < count; p++) {
      if (here[p] === 255) continue;
      known += 1;
      if (most[p] !== here[p]) apart += 1;
    }
    return known === 0 ? "nobody has observed what happened" : `disagrees with what happened in ${apart.toLocaleString("en-GB")} of ${known.toLocaleString("en-GB")} place${known === 1 ? "" : "s"}`;
  }

  const near = (curve) => { const box = curve.element.getBoundingClientRect(); return box.bottom > -200 && box.top < innerHeight + 200; };
  function show(t) {
    shown = t;
    say();
    // Of a week that nobody looked at, the map of what happened would be empty.
    const alone = mode === "record" || week(record, shown).every((h) => h === 255);
    document.querySelector(".maps").classList.toggle("one", alone);
    if (!alone) left.draw({ holder: week(record, shown), strength: null, steps, areas: areas.checked });
    right.draw(picture());
    for (const curve of curves) if (!timer || near(curve)) curve.mark(t);
    if (!timer) { fillPlaces(); remember(); }
    document.body.dataset.week = String(t);
  }

  function fillPlaces(always = false) {
    const fold = byId("places");
    if (!fold.open && always !== true) return;
    const here = week(record, shown);
    fold.querySelector("caption").textContent = date(data.dates[shown]);
    const order = data.places.name.map((name, p) => p).sort((a, b) => data.places.people[b] - data.places.people[a]);
    fold.querySelector("tbody").replaceChildren(...order.map((p) => {
      const cells = [data.places.country[p], data.places.people[p].toLocaleString("en-GB"), nameOf(here[p]), modelWords(p, 3)];
      return polemos.make("tr", {}, polemos.make("th", { scope: "row" }, data.places.name[p]), ...cells.map((cell) => polemos.make("td", {}, cell)));
    }));
  }

  function go(t) { slider.value = String(t); show(t); }
  function stop() {
    clearTimeout(timer);
    timer = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
    show(shown);
  }
  function step() {
    const began = performance.now();
    if (shown + 1 >= weeks) return stop();
    go(shown + 1);
    timer = setTimeout(step, Math.max(0, 90 - (performance.now() - began)));
  }
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (shown >= weeks - 1) go(0);
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setTimeout(step, 0);
  });
  slider.addEventListener("input", () => show(Number(slider.value)));
  byId("places").addEventListener("toggle", fillPlaces);

  async function choose(chosen) {
    const input = document.querySelector(`input[name=mode][value=${chosen}]`);
    input.checked = true;
    if (chosen === "chance") await chanceOf(Number(whose.value));
    if (chosen === "member") {
      const k = Math.min(Math.max(Math.round(Number(number.value)) || 1, 1), data.members.length);
      number.value = String(k);
      single = await once(`member ${k}`, data.members[k - 1]);
    }
    mode = chosen;
    show(shown);
    document.body.dataset.mode = mode;
  }
  for (const input of document.querySelectorAll("input[name=mode]")) input.addEventListener("change", () => choose(input.value));
  areas.addEventListener("change", () => show(shown));
  whose.addEventListener("change", () => choose("chance"));
  number.addEventListener("change", () => choose("member"));

  // What is looked at stands in the address, so that a link shows the same: #week=2018-10-26&view=chance&of=2&at=2,0.1,0.2.
  let started = false;
  function remember() {
    if (!started) return;
    const { k, x, y } = right.view(), state = { week: data.dates[shown], view: mode };
    if (mode === "chance") state.of = whose.value;
    if (mode === "member") state.of = number.value;
    if (k > 1) state.at = [k, x, y].map((value) => +value.toFixed(3)).join(",");
    if (areas.checked) state.areas = 1;
    const text = Object.entries(state).map(([name, value]) => `${name}=${value}`).join("&");
    try { history.replaceState(null, "", `#${text}`); } catch { /* An address that cannot be changed is left alone. */ }
  }
  async function recall() {
    const state = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    if (!state.week) return;
    const t = data.dates.findLastIndex((day) => day <= state.week);
    if (t >= 0) { slider.value = String(t); shown = t; }
    areas.checked = state.areas === "1";
    const at = (state.at || "").split(",").map(Number);
    lookAt(at.length === 3 && at.every(Number.isFinite) ? { k: at[0], x: at[1], y: at[2] } : { k: 1, x: 0, y: 0 });
    if (state.view === "chance" && holders[state.of]) whose.value = state.of;
    if (state.view === "member") number.value = state.of;
    if (["chance", "member", "record"].includes(state.view) && (state.view !== "member" || data.members.length)) await choose(state.view);
  }
  addEventListener("hashchange", () => recall().then(() => show(shown)));

  // On paper: the maps at a few dates, small, in place of the one that moves.
  function multiples() {
    const box = byId("multiples");
    if (box.childElementCount) return;
    const span = (Date.parse(data.dates[weeks - 1]) - Date.parse(data.dates[first])) / (30.4375 * 864e5);
    const later = [[0.23, "1 week on"], [0.46, "2 weeks on"], [1, "1 month on"], [2, "2 months on"], [3, "3 months on"], [6, "6 months on"], [12, "12 months on"], [24, "24 months on"]];
    box.style.setProperty("--ratio", data.ground.ratio);
    // The day of the forecast, and the three last of these that the run reaches.
    for (const [months, name] of [[0, "Forecast date"], ...later.filter(([far]) => far <= span).slice(-3)]) {
      const wanted = Date.parse(data.dates[first]) + months * 30.4375 * 864e5;
      const away = data.dates.map((day) => Math.abs(Date.parse(day) - wanted)), t = away.indexOf(Math.min(...away));
      const place = polemos.make("div");
      box.append(polemos.make("figure", {}, polemos.make("figcaption", {}, `${name}, ${date(data.dates[t], true)}`), place));
      const small = polemos.map(place, { ...about, label: name, fixed: Math.min(330, Math.round(189 * data.ground.ratio)) });
      small.look(right.frame());
      small.draw({ ...marksOf(t, "likely"), areas: areas.checked });
    }
  }
  addEventListener("beforeprint", multiples);

  lookAt(right.frame());
  await recall();
  if (new URLSearchParams(location.search).get("only") === "map") document.body.classList.add("only-map");
  show(shown);
  document.body.dataset.ready = "1";
  const rest = () => new Promise((done) => setTimeout(done, 0));
  await rest();
  for (const [id, curve] of Object.entries(data.curves)) {
    const from = curve.from || 0, at = (t) => Math.max(t - from, -1);
    const drawn = polemos.curve(byId(id), { ...curve, dates: data.dates.slice(from), first: first - from, mark: at(shown), pick: (t) => go(t + from) });
    curves.push({ element: drawn.element, mark: (t) => drawn.mark(at(t)) });
  }
  const visible = (box) => () => polemos.standalone([...box.querySelectorAll("svg")].find((one) => one.getBoundingClientRect().width));
  for (const [id, name] of [["dots", "What was said, what happened"], ["track-record", "Track record"]]) {
    const box = byId(id), table = box && box.querySelector("table");
    if (box && box.querySelector("svg")) polemos.saving(box.querySelector("figure") || box, name, { svg: visible(box), table: table && (() => table) });
  }
  const placesTable = () => { fillPlaces(true); return byId("places").querySelector("table"); };
  for (const [id, map, name] of [["left", left, "Map of what happened"], ["right", right, "Map of the simulated wars"]]) {
    polemos.saving(byId(id), name, { svg: map.svg, png: () => map.picture(1600), table: placesTable });
  }
  for (const { element } of curves) {
    const figure = element.closest("figure"), caption = figure.querySelector("figcaption"), about = figure.closest("section").querySelector("h3");
    polemos.saving(figure, `${about ? about.textContent : ""} ${caption.textContent}`, { svg: visible(element) });
  }
  for (const fold of document.querySelectorAll("details.behind")) {
    const table = fold.querySelector(":scope > .wide > table");
    if (table && fold.id !== "places" && !fold.closest("#dots, #track-record")) polemos.saving(fold, table.caption?.textContent || "table", { table: () => table });
  }
  const likelyList = document.querySelector("#likely table");
  if (likelyList) polemos.saving(byId("likely"), "Places likeliest to change hands", { table: () => likelyList });
  polemos.forecasts(byId("forecasts"), byId("filters"), data.spreads);
  await rest();
  await unpackAll();
  show(shown);
  started = true;
  document.body.dataset.drawn = String(curves.length);
})();
