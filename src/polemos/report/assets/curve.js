// polemos.curve(element, { dates, first, bands, record, lines, light, dark, top, height, label, pick }) draws a curve.
//   dates    [T] ISO days; the model covers those from index `first` on
//   bands    [5][M] points of 5, 25, 50, 75 and 95 %, or null; null inside: not known
//   record   [T] what happened, null where not known; `dots`: as dots (single estimates) and not as a line
//   lines    [{ values: [M], name, light, dark }] further lines over the model's dates, such as other runs' medians
//   top      upper end of the axis; without it the curve's own
//   label    what the curve shows, for those who do not see it
//   pick(t)  called with the index of a date that is clicked
// Returns { mark(t), element }: an upright at a date, and the values there under the title.
"use strict";
(() => {
  const { make, amount, brief, date, ticks, isPrinting, onScheme } = polemos;
  const LEFT = 44, RIGHT = 8, ABOVE = 10, BELOW = 20;

  // First days of years, every one or every so many, at most `most` of them.
  function years(dates, most) {
    const found = [];
    dates.forEach((day, t) => { if (t === 0 ? day.endsWith("-01-01") : day.slice(0, 4) !== dates[t - 1].slice(0, 4)) found.push([t, day.slice(0, 4)]); });
    const every = Math.max(1, Math.ceil(found.length / most));
    return found.filter((_, i) => i % every === 0);
  }

  polemos.curve = (element, given) => {
    const { dates, first, bands, record, lines = [], dots = false, height = 150, pick } = given;
    element.classList.add("pm-curve", "pm-colour");
    element.style.setProperty("--l", given.light);
    element.style.setProperty("--d", given.dark);
    const readout = make("p", { class: "pm-readout" });
    const days = dates.map((day) => Date.parse(day) / 864e5), span = Math.max(days[days.length - 1] - days[0], 1);
    const values = [...(bands ? bands[4] : []), ...(record || []), ...lines.flatMap((line) => line.values)];
    const most = given.top || values.reduce((a, b) => (b > a ? b : a), 0);
    const scale = ticks(most), top = scale[scale.length - 1];
    let width = 0, seen = 0, marked = given.mark === undefined ? -1 : given.mark, upright = null;

    const x = (t) => LEFT + ((days[t] - days[0]) / span) * (width - LEFT - RIGHT);
    const y = (value) => ABOVE + (1 - value / top) * (height - ABOVE - BELOW);
    const path = (points) => points.map(([px, py], i) => `${i ? "L" : "M"}${px.toFixed(1)} ${py.toFixed(1)}`).join("");

    function band(low, high) {
      const up = [], down = [];
      high.forEach((value, m) => {
        if (value === null || low[m] === null) return;
        up.push([x(first + m), y(value)]);
        down.unshift([x(first + m), y(low[m])]);
      });
      return up.length ? path([...up, ...down]) + "Z" : "";
    }

    // Pieces of a line without its gaps; a record moves in steps.
    function line(list, start, stepped) {
      let d = "", before = null;
      list.forEach((value, i) => {
        if (value === null || value === undefined) { before = null; return; }
        const px = x(start + i).toFixed(1), py = y(value).toFixed(1);
        d += before === null ? `M${px} ${py}` : stepped ? `H${px}V${py}` : `L${px} ${py}`;
        before = value;
      });
      return d;
    }

    function draw() {
      seen = element.clientWidth;
      // The layout of paper is not known before it is printed: drawn for a narrow column, the curve stays legible there.
      width = isPrinting() ? Math.min(seen, height > 130 ? 340 : 230) : seen;
      if (width < 80) return;
      const svg = make("svg:svg", { viewBox: `0 0 ${width} ${height}`, width: "100%", role: "img", "aria-label": given.label });
      const add = (name, attributes, ...children) => svg.append(make(`svg:${name}`, attributes, ...children));
      for (const tick of scale) {
        add("line", { class: tick ? "pm-grid" : "pm-zero", x1: LEFT, x2: width - RIGHT, y1: y(tick), y2: y(tick) });
        add("text", { class: "pm-tick", x: LEFT - 6, y: y(tick) + 4, "text-anchor": "end" }, brief(tick));
      }
      for (const [t, year] of years(dates, Math.max(2, Math.floor(width / 62)))) {
        add("line", { class: "pm-zero", x1: x(t), x2: x(t), y1: y(0), y2: y(0) + 4 });
        add("text", { class: "pm-tick", x: Math.min(x(t), width - RIGHT - 12), y: height - 4, "text-anchor": "middle" }, year);
      }
      if (bands) {
        add("path", { class: "pm-wide", d: band(bands[0], bands[4]) });
        add("path", { class: "pm-half", d: band(bands[1], bands[3]) });
        add("path", { class: "pm-median", d: line(bands[2], first, false) });
      }
      for (const [k, one] of lines.entries()) {
        add("path", { class: "pm-line pm-colour", style: `--l:${one.light};--d:${one.dark}`, "stroke-dasharray": ["", "7 4", "2 3"][k % 3] || null, d: line(one.values, first, false) });
      }
      add("line", { class: "pm-origin", x1: x(first), x2: x(first), y1: ABOVE - 6, y2: y(0) });
      if (record && dots) {
        record.forEach((value, t) => { if (value !== null) add("circle", { class: "pm-dot", cx: x(t), cy: y(value), r: 3 }); });
      } else if (record) {
        add("path", { class: "pm-record", d: line(record, 0, true) });
      }
      upright = make("svg:line", { class: "pm-week", y1: ABOVE - 6, y2: y(0) });
      svg.append(upright);
      svg.addEventListener("pointermove", (event) => say(at(event)));
      svg.addEventListener("pointerdown", (event) => say(at(event)));
      svg.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") say(marked); });
      if (pick) svg.addEventListener("click", (event) => pick(at(event)));
      element.replaceChildren(readout, svg);
      mark(marked);
    }

    function at(event) {
      const box = element.getBoundingClientRect();
      const day = days[0] + ((event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)) * span;
      let best = 0;
      days.forEach((d, t) => { if (Math.abs(d - day) < Math.abs(days[best] - day)) best = t; });
      return best;
    }

    // As at the ticks, so that it fits one line.
    const short = (value) => amount(value).replace(" million", "m");

    function say(t) {
      if (t < 0) { readout.textContent = " "; return; }
      const m = t - first, parts = [`${date(dates[t], true)}:`];
      if (record && record[t] !== null && record[t] !== undefined) parts.push(`happened ${short(record[t])}`);
      if (bands && m >= 0 && bands[2][m] !== null) {
        const [low, middle, high] = [0, 2, 4].map((q) => short(bands[q][m]));
        parts.push(low === high ? `model ${middle}` : `model ${middle}, ${low} to ${high}`);
      }
      for (const one of lines) if (m >= 0) parts.push(`${one.name} ${short(one.values[m])}`);
      readout.textContent = `${parts.shift()} ${parts.join("; ") || "not known"}`;
    }

    function mark(t) {
      marked = t;
      if (!upright) return;
      upright.setAttribute("visibility", t < 0 ? "hidden" : "visible");
      if (t >= 0) for (const end of ["x1", "x2"]) upright.setAttribute(end, x(t).toFixed(1));
      say(t);
    }

    new ResizeObserver(() => { if (element.clientWidth !== seen && !isPrinting()) draw(); }).observe(element);
    onScheme(draw);
    draw();
    return { element, mark };
  };
})();
