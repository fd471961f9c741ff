// polemos.histogram(element, spread) draws how a quantity spreads over simulated wars, with its table behind it.
//   spread  { title, unit, edges [n + 1], counts [n], never, members, dates, line, came }: see `contents.Spread`
"use strict";
(() => {
  const { make, amount, date } = polemos;
  const WIDTH = 420, HEIGHT = 132, LEFT = 8, LOW = 104;

  polemos.histogram = (element, spread) => {
    const { edges, counts, never, members, dates, line, came, unit } = spread;
    const say = (value) => (dates ? date(new Date(864e5 * value).toISOString().slice(0, 10), true) : amount(value));
    const whole = !dates && Math.abs(edges[0] % 1) === 0.5;
    const bin = (i) => {
      const [low, high] = whole ? [edges[i] + 0.5, edges[i + 1] - 0.5] : [edges[i], edges[i + 1]];
      return low === high ? say(low) : `${say(low)} to ${say(high)}`;
    };
    const right = WIDTH - (never ? 74 : 12), most = Math.max(...counts, never, 1);
    const x = (value) => LEFT + ((value - edges[0]) / (edges[edges.length - 1] - edges[0])) * (right - LEFT);
    const tall = (count) => (count / most) * (LOW - 26);
    const share = (count) => polemos.percent(count / members);
    const svg = make("svg:svg", { class: "histogram", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, width: WIDTH, role: "img",
      "aria-label": `${spread.title}: ${counts.map((c, i) => c && `${bin(i)} ${share(c)}`).filter(Boolean).join("; ")}${never ? `; never ${share(never)}` : ""}` });
    const add = (name, attributes, ...children) => svg.append(make(`svg:${name}`, attributes, ...children));
    counts.forEach((count, i) => add("rect", { class: "bar", x: x(edges[i]) + 0.5, width: Math.max(x(edges[i + 1]) - x(edges[i]) - 1, 1),
      y: LOW - tall(count), height: tall(count) }));
    add("line", { class: "pm-zero", x1: LEFT, x2: right, y1: LOW, y2: LOW });
    const middle = (edges[0] + edges[edges.length - 1]) / 2;
    for (const [value, anchor] of [[edges[0], "start"], [middle, "middle"], [edges[edges.length - 1], "end"]]) {
      const shift = whole ? { start: 0.5, middle: 0, end: -0.5 }[anchor] : 0;
      add("text", { class: "pm-tick", x: x(value), y: LOW + 16, "text-anchor": anchor }, say(whole && anchor === "middle" ? Math.round(value) : value + shift));
    }
    if (never) {
      add("rect", { class: "bar never", x: right + 26, width: 26, y: LOW - tall(never), height: tall(never) });
      add("text", { class: "pm-tick", x: right + 39, y: LOW + 16, "text-anchor": "middle" }, dates ? "never" : "no limit");
      add("text", { class: "pm-tick", x: right + 39, y: LOW - tall(never) - 4, "text-anchor": "middle" }, share(never));
    }
    const inside = (value) => value !== null && value >= edges[0] && value <= edges[edges.length - 1];
    const upright = (value, name, kind, level, after) => {
      if (!inside(value)) return;
      const ahead = x(value) < 60 || (x(value) < right - 60 && after);
      add("line", { class: kind, x1: x(value), x2: x(value), y1: level, y2: LOW });
      add("text", { class: "pm-tick", x: x(value) + (ahead ? 4 : -4), y: level + 8, "text-anchor": ahead ? "start" : "end" }, name);
    };
    upright(line, "asked", "asked", 2, came === null || line >= came);
    upright(came, "record", "recorded", 13, line === null || came > line);
    const rows = counts.map((count, i) => [bin(i), count]).filter((row) => row[1]);
    if (never) rows.push([dates ? "never within the run" : "no limit", never]);
    const body = make("tbody", {}, ...rows.map(([name, count]) => make("tr", {}, make("th", { scope: "row" }, name), make("td", {}, share(count)))));
    const head = make("thead", {}, make("tr", {}, make("th", { scope: "col" }, dates ? "when" : unit || "amount"), make("th", { scope: "col" }, "simulated wars")));
    const note = [inside(line) ? `Asked: ${say(line)}.` : "", came === null ? "" : `Record: ${say(came)}.`].filter(Boolean).join(" ");
    element.replaceChildren(
      make("p", { class: "small" }, `${spread.title}${unit ? `, ${unit}` : ""}. ${members.toLocaleString("en-GB")} simulated wars. ${note}`), svg,
      make("details", {}, make("summary", {}, "As a table"), make("table", {}, head, body)));
  };
})();
