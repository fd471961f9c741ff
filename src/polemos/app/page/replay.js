"use strict";
// One member, simulated again alone, without and with the change.
P.askReplay = async (member) => {
  const host = P.id("log");
  host.replaceChildren(P.el("p", { className: "small" }, "Simulating war " + member + " twice."));
  P.id("replay").scrollIntoView({ block: "start" });
  const asked = P.query(P.state);
  const answer = await fetch("/replay?" + new URLSearchParams({ member, state: asked }));
  const found = await answer.json();
  if (found.error) return host.replaceChildren(P.el("p", { className: "bad" }, found.error));
  if (asked !== P.query(P.state)) return null;
  for (const side of ["before", "after"]) {
    found[side].control = await polemos.unpack(found[side].control, P.fixed.places.length);
  }
  P.replay = found;
  P.id("member").value = member;
  P.mapMode = "member";
  P.drawModes();
  P.setWeek(Math.min(found.parted, P.fixed.dates.length - 1));
  P.drawLog();
  P.id("log").querySelector("h3")?.focus();
  document.body.dataset.replay = String(member);
};

P.words = (row) => {
  const place = P.fixed.places[row.place].name, who = P.fixed.holders[row.who]?.name, whom = P.fixed.holders[row.whom]?.name;
  if (row.kind === "battle") {
    const end = row.won === null ? "goes on" : row.won ? "won by " + who : "held by " + whom;
    return "Battle for " + place + ", " + who + " against " + whom + ", since " + row.since + ": " + end + "; " +
      polemos.amount(row.deaths) + " dead";
  }
  return { uprising: place + ": after a rising, " + who + " instead of " + whom,
    switch: place + ": went over from " + whom + " to " + who }[row.kind] || place + ": " + row.kind;
};

P.drawLog = () => {
  const host = P.id("log"), replay = P.replay;
  if (!replay || !host) return host?.replaceChildren();
  const never = replay.parted >= P.fixed.dates.length;
  const head = P.el("h3", { tabIndex: -1 }, "War " + replay.member + (never ? ": the same places in the same hands, to the end"
    : " parts on " + polemos.date(P.fixed.dates[replay.parted])));
  const list = (side, name) => {
    const rows = replay[side].events;
    const own = rows.filter((row) => !row.shared).length;
    return P.el("div", {}, P.el("h4", {}, name + ": " + rows.length + " events, " + own + " of its own"),
      P.el("ol", { tabIndex: 0, ariaLabel: name }, ...rows.map((row) => P.el("li", { className: row.shared ? "" : "own" },
        P.el("button", { type: "button", className: "plain", onclick: () => P.setWeek(P.weekOf(row.date)) }, row.date),
        " " + P.words(row)))));
  };
  host.replaceChildren(head, P.el("p", { className: "small" }, replay.came
    ? "Bold events happen in one of the two wars only. A day moves the maps to its week."
    : "In this war the change does not come about."),
  P.el("div", { className: "pair" }, list("before", "Without the change"), list("after", "With the change")));
};

P.weekOf = (date) => {
  const t = P.fixed.dates.findIndex((day) => day >= date);
  return t < 0 ? P.fixed.dates.length - 1 : t;
};
