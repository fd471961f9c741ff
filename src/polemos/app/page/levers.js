"use strict";
// The levers. Each is a view on the list of changes, written as the command line writes them.
P.find = (key) => P.state.changes.find((change) => P.key(change) === key);

// Put a change instead of the one with its key; null takes it away. Then a new run begins.
P.change = (key, value, date = "") => {
  P.released = performance.now();
  const rest = P.state.changes.filter((change) => P.key(change) !== key);
  P.set({ changes: value === null ? rest : [...rest, key + "=" + value + (date ? "@" + date : "")] });
};
P.set = (given) => {
  P.released = P.released || performance.now();
  P.state = { ...P.state, ...given, claim: given.claim || "" };
  P.run();
};

P.labelled = (text, control, hint) => P.el("label", {}, P.el("span", { className: "name" }, text), control,
  hint ? P.el("span", { className: "hint" }, hint) : null);
P.choice = (options, value, act, given = {}) => {
  const made = P.el("select", { ...given, onchange: () => { P.released = performance.now(); act(made.value); } },
    ...options.map(([key, text]) => P.el("option", { value: key }, text)));
  made.value = value;
  return made;
};
P.group = (title, open, ...children) => P.el("details", { open, className: "group" }, P.el("summary", {}, title), ...children);

P.dateOf = (change) => (change ? P.parts(change).date : "");
P.dateField = (key, least) => P.el("input", { type: "date", min: least, max: P.state.to, value: P.dateOf(P.find(key)),
  ariaLabel: "First day of the change of " + key, title: "First day of the change; empty: from the origin",
  onchange: (event) => { const now = P.find(key); if (now) P.change(key, P.parts(now).value, event.target.value); } });

// A factor of what a patron gives: 0 is off, 1 is as it was.
P.supportLever = (key, text, active, className) => {
  const now = P.find(key), value = now ? Number(P.parts(now).value) : 1;
  const out = P.el("output", {}, Math.round(100 * value) + " %");
  const date = P.dateField(key, P.state.origin);
  const act = (factor) => P.change(key, factor === 1 ? null : factor, date.value);
  const on = P.el("input", { type: "checkbox", checked: value > 0, ariaLabel: text + " gives support",
    onchange: (event) => act(event.target.checked ? 1 : 0) });
  const range = P.el("input", { type: "range", min: 0, max: 200, step: 10, value: Math.round(100 * value),
    ariaLabel: "What " + text + " gives, per cent of what it was",
    oninput: (event) => { out.textContent = event.target.value + " %"; },
    onchange: (event) => act(Number(event.target.value) / 100) });
  range.dataset.lever = key;
  on.dataset.lever = key + " on";
  return P.el("div", { className: "lever " + className + (now ? " moved" : "") + (active ? "" : " idle") },
    P.el("label", {}, on, P.el("span", { className: "name" }, text)), out, range, date,
    active ? null : P.el("span", { className: "hint" }, "gives nothing within these days"));
};

P.slider = (given) => {
  const now = P.find(given.name), written = now ? P.parts(now).value : "";
  const fixed = now && Number.isFinite(Number(written)) ? Number(written) : null;
  const to = given.log ? Math.log : (v) => v, back = given.log ? Math.exp : (v) => v;
  const a = to(given.low), b = to(given.high);
  const place = (v) => Math.round((100 * (to(Math.max(v, given.low * (given.log ? 1 : -1e300))) - a)) / (b - a));
  const value = (n) => Number(back(a + ((b - a) * n) / 100).toPrecision(3));
  const number = P.el("input", { type: "text", inputMode: "decimal", value: written, placeholder: "drawn", size: 9,
    ariaLabel: given.what + ": number or prior; empty: drawn from the prior",
    onchange: (event) => P.change(given.name, event.target.value.trim() || null, P.dateOf(P.find(given.name))) });
  const range = P.el("input", { type: "range", min: 0, max: 100, step: given.two ? 100 : 1,
    value: Math.max(0, Math.min(100, place(fixed === null ? given.middle : fixed))), ariaLabel: given.what,
    oninput: (event) => { number.value = value(Number(event.target.value)); },
    onchange: (event) => P.change(given.name, value(Number(event.target.value)), P.dateOf(P.find(given.name))) });
  range.dataset.lever = given.name;
  const hill = P.hill(given, place(given.middle));
  const clear = P.el("button", { type: "button", className: "plain", hidden: !now, onclick: () => P.change(given.name, null) }, "as drawn");
  return P.el("div", { className: "lever slide" + (now ? " moved" : "") }, P.el("span", { className: "name", title: given.source }, given.what),
    number, P.el("div", { className: "track" }, range, hill),
    P.el("span", { className: "hint" }, given.name + " ~ " + given.prior + (given.unit && given.unit !== "-" ? ", " + given.unit : "") + " "), clear);
};

// The prior under a slider: its density between the 1 and 99 % points, and its median.
P.hill = (given, middle) => {
  const svg = polemos.make("svg:svg", { viewBox: "0 0 100 20", preserveAspectRatio: "none", class: "hill", "aria-hidden": "true" });
  const n = given.density.length;
  const points = given.density.map((h, i) => ((i + 0.5) * 100) / n + "," + (20 - 19 * h)).join(" ");
  svg.append(polemos.make("svg:polygon", { points: "0,20 " + points + " 100,20" }), polemos.make("svg:line", { x1: middle, x2: middle, y1: 0, y2: 20 }));
  return svg;
};

P.theoryRow = (row) => {
  const values = Object.entries(row.values), now = P.find(row.switch ? "processes." + row.name : row.name);
  const own = now && !values.some(([, change]) => change === now);
  const options = [["", "as drawn"], ...values.map(([who, change]) => [change, P.levers.theories.names[who] + ": " + P.parts(change).value]),
    ...(own ? [[now, "yours: " + P.parts(now).value]] : [])];
  const act = (change) => (change ? P.adopt([change], row) : P.change(row.switch ? "processes." + row.name : row.name, null));
  return P.el("div", { className: "lever" + (now ? " moved" : "") },
    P.labelled(row.what, P.choice(options, now || "", act, { "data-lever": "theory " + row.name }),
      row.runs || row.switch ? row.name : row.name + "; needs the process " + row.process + ", which is switched on with it"));
};
// Changes of a theory; a parameter of a process that does not run takes its process with it.
P.adopt = (changes, row) => {
  const needed = row && !row.runs && !P.find("processes." + row.process) ? ["processes." + row.process + "=on"] : [];
  const keys = new Set([...changes, ...needed].map(P.key));
  P.set({ changes: [...needed, ...P.state.changes.filter((c) => !keys.has(P.key(c))), ...changes] });
};

P.processGroup = (process) => {
  const key = "processes." + process.name, now = P.find(key);
  const on = now ? P.parts(now).value === "on" : process.on;
  const box = process.name === "initial" ? null : P.el("label", {}, P.el("input", { type: "checkbox", checked: on, "data-lever": key,
    onchange: (event) => P.change(key, event.target.checked === process.on ? null : event.target.checked ? "on" : "off") }),
  P.el("span", { className: "name" }, "runs"));
  const title = process.title + " (" + process.name + ")" + (now ? ", " + (on ? "on" : "off") : on ? "" : ", off");
  const group = P.group(title, P.opened.has(process.name), box);
  // Sliders are made when somebody looks.
  const fill = () => { if (on && group.open && group.children.length < 3) group.append(...process.parameters.map(P.slider)); };
  group.addEventListener("toggle", () => { P.opened[group.open ? "add" : "delete"](process.name); fill(); });
  fill();
  return group;
};
P.opened = new Set();
// Supporters that everybody sees; the rest is under Expert.
P.FEW = 5;

// What can be chosen at a touch: the counterfactuals of the argument and the theories; in a file, those that it carries.
P.drawChoices = () => {
  // The number of wars is the reader's own, whatever is chosen.
  const other = (query) => query.replace(/members=\d+/, "members=" + P.state.members);
  const here = P.alone ? null : P.query(P.state);
  const live = () => [{ text: "Nothing changed", query: P.query({ ...P.usual }) }, ...P.levers.presets.argument,
    ...P.levers.presets.theories.map((one) => ({ ...one, id: "", text: "Theory: " + one.text }))];
  const rows = P.alone ? P.choices || [] : live();
  const chosen = (row, i) => (P.alone ? i === P.chosen : i ? other(row.query) === here : !P.state.changes.length);
  P.id("choices").hidden = rows.length < 2;
  P.id("choices").firstElementChild.replaceChildren(...rows.map((row, i) => P.el("button", { type: "button", className: "choice",
    "aria-pressed": String(chosen(row, i)),
    onclick: () => { P.released = performance.now(); if (P.alone) P.show(i); else P.open(other(row.query)); } },
  P.el("span", {}, row.text.charAt(0).toUpperCase() + row.text.slice(1)),
  row.owner ? P.el("span", { className: "hint" }, row.owner + ", " + row.id) : "")));
};

P.drawLevers = () => {
  const form = P.id("levers"), L = P.levers, S = P.state;
  if (!L || P.alone) return;
  const focused = document.activeElement?.dataset?.lever;
  const own = Object.entries(L.presets.own), here = P.query(S);
  const options = [["", "none of these"], [P.query({ ...P.usual }), "Nothing changed"]];
  const preset = P.el("select", { id: "preset", onchange: () => { P.released = performance.now(); if (preset.value) P.open(preset.value); } },
    ...options.map(([value, text]) => P.el("option", { value }, text)),
    P.el("optgroup", { label: "The argument" }, ...L.presets.argument.map((p) => P.el("option", { value: p.query, title: p.note }, p.id + " " + p.text))),
    P.el("optgroup", { label: "Theories" }, ...L.presets.theories.map((p) => P.el("option", { value: p.query }, p.text))),
    P.el("optgroup", { label: "Yours" }, ...own.map(([name, query]) => P.el("option", { value: query }, name))));
  preset.value = here;
  if (preset.selectedIndex < 0) preset.value = "";
  const chosen = L.presets.argument.find((p) => p.query === here);
  const note = chosen ? P.el("p", { className: "hint" }, chosen.owner + ", " + chosen.id + ". " + chosen.note + (chosen.players.length
    ? " Shares of each player (Shapley values): polemos what-if --claim " + chosen.id + "." : "")) : null;
  const name = P.el("input", { type: "text", id: "save-name", maxLength: 80, placeholder: "a name", ariaLabel: "Name of your preset" });
  const mine = own.find(([, query]) => query === here);
  const save = P.el("div", { className: "row" }, name, P.el("button", { type: "button", onclick: () => P.save(name.value, here) }, "Save"),
    mine ? P.el("button", { type: "button", onclick: () => P.save(mine[0], null) }, "Forget “" + mine[0] + "”") : null);
  const labels = Object.entries(L.days.origins).map(([label, day]) => [day, label === "default" ? "the argument's, " + day : label + ", " + day]);
  const origin = P.el("input", { type: "date", id: "origin", min: L.days.start, max: L.days.end, value: S.origin,
    onchange: (event) => { if (event.target.value) { P.released = performance.now(); P.set({ origin: event.target.value }); } } });
  const to = P.el("input", { type: "date", id: "to", min: S.origin, value: S.to,
    onchange: (event) => { if (event.target.value) { P.released = performance.now(); P.set({ to: event.target.value }); } } });
  const members = [...new Set([50, 100, 200, 500, 1000, 2000, S.members])].sort((a, b) => a - b).map((n) => [String(n), n + " wars"]);
  const leading = (P.fixed?.leading || []).map((row) => L.processes.flatMap((p) => p.parameters).find((one) => one.name === row.name))
    .filter(Boolean);
  const free = P.el("input", { type: "text", id: "free", placeholder: "pins.PLACE=1", ariaLabel: "Another change",
    onkeydown: (event) => { if (event.key === "Enter") { event.preventDefault(); add(); } } });
  const add = () => { const text = free.value.trim(); if (text) P.change(P.key(text).trim(), ...Object.values(P.parts(text))); };
  const some = L.supporters.slice(0, P.FEW), others = L.supporters.slice(P.FEW);
  const expert = P.group("Expert", P.opened.has("Expert"),
    P.group("Presets", true, P.labelled("Preset", preset), save, L.presets.trouble ? P.el("p", { className: "bad" }, L.presets.trouble) : null),
    P.group("Days and wars", true,
      P.labelled("Origin", P.choice([...labels, ["", "another day"]], labels.some(([day]) => day === S.origin) ? S.origin : "", (day) => { if (day) P.set({ origin: day }); })),
      P.labelled("Origin, day", origin), P.labelled("Horizon", to),
      P.labelled("Members", P.choice(members, String(S.members), (n) => P.set({ members: Number(n) }), { id: "members" })),
      P.labelled("Theory of both", P.choice(Object.entries(L.theories.names), S.theory, (who) => P.set({ theory: who }), { id: "theory" })),
      P.labelled("Supports after the origin", P.choice([["actual", "as they really were"], ["known", "as known at the origin"]], S.inputs, (v) => P.set({ inputs: v })))),
    ...(others.length ? [P.group("Other supporters", true, ...others.map(P.patron))] : []),
    ...(L.claims.length ? [P.group("Claims to statehood", true, ...L.claims.map((one) => {
      const key = "claims." + one.id;
      return P.el("div", { className: "lever" }, P.el("label", {}, P.el("input", { type: "checkbox", checked: !P.find(key), "data-lever": key,
        onchange: (event) => P.change(key, event.target.checked ? null : 0) }), P.el("span", { className: "name" }, one.name)));
    }))] : []),
    ...(L.theories.rows.length ? [P.group("What the theories dispute", true, ...L.theories.rows.map(P.theoryRow))] : []),
    ...(leading.length ? [P.group("Leading parameters", true, P.el("p", { className: "hint" },
      "Those whose draws go most with the people that " + P.fixed.holders[P.fixed.focus[0]].name + " holds in these wars (rank correlation)."),
    ...leading.map(P.slider))] : []),
    P.group("All parameters, by process", false, ...L.processes.map(P.processGroup)),
    P.group("Another change", false, P.el("p", { className: "hint" }, "As the command line writes it: relations.A.B=truce, losses.A=0.1, pins.PLACE=1, gives.P.A.weapons=1, each with @DAY."),
      P.el("div", { className: "row" }, free, P.el("button", { type: "button", onclick: add }, "Add"))));
  expert.addEventListener("toggle", () => P.opened[expert.open ? "add" : "delete"]("Expert"));
  form.replaceChildren(note ?? "", some.length ? P.group("What supporters give", true, ...some.map(P.patron)) : "", expert);
  P.drawChoices();
  if (focused) form.querySelector('[data-lever="' + CSS.escape(focused) + '"]')?.focus({ preventScroll: true });
};

// An id as a name: words apart, the first with a capital; of two letters it is an abbreviation.
P.named = (id) => id.split("_").map((word, i) => (word.length === 2 ? word.toUpperCase() : i ? word : word.charAt(0).toUpperCase() + word.slice(1))).join(" ");
// A change in words, names for ids; empty for a kind that has no words, which is shown as the command line writes it.
P.changeWords = (change) => {
  const [kind, ...ids] = P.key(change).trim().split("."), { value, date } = P.parts(change), names = Object.fromEntries(P.orgs || []);
  const called = (id) => names[id] || P.named(id), from = date ? " from " + date : "";
  if (kind === "supports" && ids.length && Number.isFinite(Number(value))) {
    const giver = ids[0] === "*" ? "All supporters" : P.named(ids[0]), receiver = ids[1] ? " to " + called(ids[1]) : "";
    return giver + receiver + ": " + (Number(value) === 0 ? "nothing" : Math.round(100 * Number(value)) + " %") + from;
  }
  if (kind === "relations" && ids.length === 2) return called(ids[0]) + " and " + called(ids[1]) + ": " + value.replaceAll("_", " ") + from;
  if (kind === "claims" && Number(value) === 0) return called(ids[0]) + ": no claim to statehood" + from;
  return "";
};
P.patron = (row) => {
  const clients = Object.entries(row.clients), key = "supports." + row.patron;
  const names = Object.fromEntries(P.orgs || []);
  const inner = clients.length > 1 ? clients.map(([client, given]) => P.supportLever(key + "." + client,
    "to " + (names[client] || client) + ": " + given.kinds.join(", "), given.active, "inner")) : [];
  const opened = "patron " + row.patron;
  const fold = inner.length ? P.group("by receiver", P.opened.has(opened) || inner.some((one) => one.classList.contains("moved")), ...inner) : null;
  fold?.addEventListener("toggle", () => P.opened[fold.open ? "add" : "delete"](opened));
  return P.el("div", {}, P.supportLever(key, P.named(row.patron), row.active, ""), fold);
};
