// Puts the page together: two maps and the curves over one week, and the table of the forecasts.
"use strict";
(async () => {
  const { unpack, date, percent, mark } = polemos;
  const data = JSON.parse(document.getElementById("page-data").textContent);
  const byId = (id) => document.getElementById(id);
  const count = data.places.x.length, weeks = data.dates.length, { first, steps, holders } = data;
  const slider = byId("week"), play = byId("play"), whose = byId("whose"), number = byId("member");
  const names = holders.map((holder) => holder.name);
  const nameOf = (h) => (h === 255 ? "not known" : names[h]);

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
    const rows = [["Record", nameOf(here)]];
    if (ahead() >= 0 && sure) rows.push(["Model", modelWords(p, 4)]);
    if (mode === "member" && single && ahead() >= 0) rows.push([`War ${number.value}`, nameOf(week(single, ahead())[p])]);
    rows.push(["People", people ? `${people.toLocaleString("en-GB")} before the war` : "a site without residents"]);
    const spells = data.spells[p], from = Math.max(0, spells.length - 8);
    const lines = spells.slice(from).map(([start, h, end]) => `${nameOf(h)}: ${date(start, true)} to ${end ? date(end, true) : "the end of the record"}`);
    if (from) lines.unshift(`${from} earlier spells`);
    return { title: data.places.name[p], rows, lines };
  }

  const about = { ground: data.ground, places: data.places, holders, tell };
  const left = polemos.map(byId("map-record"), { ...about, label: "Map of the record: who held which place" });
  const right = polemos.map(byId("map-model"), { ...about, label: "Map of the model: who holds which place in the simulated wars" });
  const curves = [];

  function picture() {
    const here = week(record, shown), m = ahead();
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
    byId("model-title").textContent = mode === "record" ? "Record" : "Model";
    byId("model-note").textContent = mode === "record" ? "" : before ? "the record, up to the day of the forecast"
      : { likely: "most likely holder", chance: `chance of ${names[whose.value]}`, member: `war ${number.value}, the first ${data.members.length} are here` }[mode];
    byId("record-note").textContent = week(record, shown).every((h) => h === 255) ? "nobody looked in this week" : "";
  }

  const near = (curve) => { const box = curve.element.getBoundingClientRect(); return box.bottom > -200 && box.top < innerHeight + 200; };
  function show(t) {
    shown = t;
    say();
    if (mode !== "record") left.draw({ holder: week(record, shown), strength: null, steps });
    right.draw(picture());
    for (const curve of curves) if (!timer || near(curve)) curve.mark(t);
    if (!timer) fillPlaces();
    document.body.dataset.week = String(t);
  }

  function fillPlaces() {
    const fold = byId("places");
    if (!fold.open) return;
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
    document.querySelector(".maps").classList.toggle("one", mode === "record");
    show(shown);
    document.body.dataset.mode = mode;
  }
  for (const input of document.querySelectorAll("input[name=mode]")) input.addEventListener("change", () => choose(input.value));
  whose.addEventListener("change", () => choose("chance"));
  number.addEventListener("change", () => choose("member"));

  show(shown);
  document.body.dataset.ready = "1";
  const rest = () => new Promise((done) => setTimeout(done, 0));
  await rest();
  for (const [id, curve] of Object.entries(data.curves)) {
    const from = curve.from || 0, at = (t) => Math.max(t - from, -1);
    const drawn = polemos.curve(byId(id), { ...curve, dates: data.dates.slice(from), first: first - from, mark: at(shown), pick: (t) => go(t + from) });
    curves.push({ element: drawn.element, mark: (t) => drawn.mark(at(t)) });
  }
  polemos.forecasts(byId("forecasts"), byId("filters"), data.spreads);
  await rest();
  await unpackAll();
  show(shown);
  document.body.dataset.drawn = String(curves.length);
})();
