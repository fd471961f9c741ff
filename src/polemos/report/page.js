"use strict";
(async () => {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const data = read("map-data"), spec = read("map-spec"), curveSpecs = read("curve-specs");
  const places = data.places.length, holders = data.holders.length, weeks = data.dates.length;
  const slider = document.getElementById("week"), play = document.getElementById("play");
  const dateText = document.getElementById("date"), note = document.getElementById("model-note");
  // `ast`: Vega's expressions run in its interpreter, since the policy of the page forbids making code from text.
  const options = { mode: "vega", ast: true, actions: false, renderer: "canvas" };

  async function unpack(text, width) {
    const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    for (let i = width; i < bytes.length; i++) bytes[i] = (bytes[i] + bytes[i - width]) & 255;
    return bytes;
  }
  const [record, likely, chance] = await Promise.all([
    unpack(data.record, places), unpack(data.likely, places), unpack(data.probability, places * holders),
  ]);

  const nameOf = (h) => (h === 255 ? "not known" : data.holders[h][0]);
  const colourOf = (h) => (h === 255 ? "#ffffff" : data.holders[h][1]);
  const share = (t, p, h) => chance[((t - data.first) * places + p) * holders + h] / data.steps;

  function words(t, p) {
    const all = [];
    for (let h = 0; h < holders; h++) all.push([share(t, p, h), h]);
    return all.filter((x) => x[0] >= 0.005).sort((a, b) => b[0] - a[0]).slice(0, 4)
      .map((x) => nameOf(x[1]) + " " + Math.round(100 * x[0]) + " %").join(", ");
  }

  function rows(t, mode) {
    const ahead = t >= data.first;
    return data.places.map((place, p) => {
      const seen = record[t * places + p];
      let shown = seen, strength = 1, differs = false;
      if (mode === "focus") {
        shown = data.focus;
        strength = ahead ? share(t, p, shown) : Number(seen === shown);
      } else if (mode === "likely" && ahead) {
        shown = likely[(t - data.first) * places + p];
        strength = share(t, p, shown);
        differs = seen !== 255 && seen !== shown;
      }
      return { ...place, record: nameOf(seen), model: ahead ? words(t, p) : "not covered",
        colour: colourOf(shown), strength, differs };
    });
  }

  const views = [], curves = [];
  async function draw(id, vega, list) {
    const result = await vegaEmbed(document.getElementById(id), vega, options);
    list.push(result.view);
    return result.view;
  }
  await draw("map-record", spec, views);
  await draw("map-model", spec, views);

  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  let shown = -1, mode = "likely", timer = 0;
  async function show(t, force) {
    if (t === shown && !force) return;
    shown = t;
    const [year, month, day] = data.dates[t].split("-").map(Number);
    dateText.textContent = day + " " + months[month - 1] + " " + year;
    slider.setAttribute("aria-valuetext", dateText.textContent);
    note.textContent = t < data.first ? "(the record, up to the origin)"
      : mode === "likely" ? "(most likely holder)" : "(chance of " + nameOf(data.focus) + ")";
    const what = ["record", mode];
    const when = Date.UTC(year, month - 1, day);
    views.forEach((view, i) => view.data("places", rows(t, what[i])));
    for (const view of curves) view.signal("week", when);
    await Promise.all([...views, ...curves.filter(visible)].map((view) => view.runAsync()));
    document.body.dataset.week = String(t);
  }
  const visible = (view) => {
    const box = view.container().getBoundingClientRect();
    return box.bottom > 0 && box.top < innerHeight;
  };

  function stop() {
    clearTimeout(timer);
    timer = 0;
    play.textContent = "Play";
    play.setAttribute("aria-pressed", "false");
  }
  async function step() {
    const began = performance.now(), next = Number(slider.value) + 1;
    if (next >= weeks) return stop();
    slider.value = String(next);
    await show(next, false);
    if (timer) timer = setTimeout(step, Math.max(0, 90 - (performance.now() - began)));
  }
  play.addEventListener("click", () => {
    if (timer) return stop();
    if (Number(slider.value) >= weeks - 1) slider.value = "0";
    play.textContent = "Pause";
    play.setAttribute("aria-pressed", "true");
    timer = setTimeout(step, 0);
  });
  slider.addEventListener("input", () => show(Number(slider.value), false));
  for (const input of document.querySelectorAll("input[name=mode]")) {
    input.addEventListener("change", () => { mode = input.value; show(shown, true); });
  }
  addEventListener("scroll", () => { if (!timer) curves.filter(visible).forEach((view) => view.runAsync()); },
    { passive: true });

  await show(Number(slider.value), true);
  document.body.dataset.ready = "1";
  for (const [id, vega] of Object.entries(curveSpecs)) {
    const view = await draw(id, vega, curves);
    await view.signal("week", Date.parse(data.dates[shown])).runAsync();
    await new Promise((done) => setTimeout(done, 0));
  }
  document.body.dataset.drawn = String(curves.length);
})();
