// polemos.map(element, { ground, places, holders, label, tell, pick }) draws a map into an element.
//   ground   what `polemos.report.html.basemap_svg.ground` makes: ratio, SVG paths of land and water, labels for three widths
//   places   { x, y } in shares of the map's width and height, { r } radii in pixels at a width of 640, { name }
//   holders  [{ name, light, dark, fill, mark }]: ring on a light and on a dark ground, fill, and one of `marks`
//   tell(p)  what the tip of place p says: { title, rows: [[name, value], ...], lines: [text, ...] }
//   pick(p)  called when place p is pointed at or reached with the keys; -1 when none is
// Returns { draw({ holder, strength, steps, other }), point(p), element }: the holder of each place (255: not known), how
// sure that is (bytes out of `steps`, or null), and whom to compare with: a place where `other` differs gets a bold ring.
"use strict";
(() => {
  const { make, onScheme, isDark, isPrinting } = polemos;
  const TURN = 2 * Math.PI;

  // Every mark as corners on the unit circle, scaled to about equal areas; the first is the circle itself.
  const polygon = (corners, turn, size) => Array.from({ length: corners }, (_, i) => [
    size * Math.sin(turn + (TURN * i) / corners), -size * Math.cos(turn + (TURN * i) / corners)]);
  const star = (points, inner, size) => Array.from({ length: 2 * points }, (_, i) => {
    const far = size * (i % 2 ? inner : 1);
    return [far * Math.sin((Math.PI * i) / points), -far * Math.cos((Math.PI * i) / points)];
  });
  const arm = 0.42;
  const plus = [[-arm, -1], [arm, -1], [arm, -arm], [1, -arm], [1, arm], [arm, arm], [arm, 1], [-arm, 1], [-arm, arm],
    [-1, arm], [-1, -arm], [-arm, -arm]].map(([x, y]) => [1.12 * x, 1.12 * y]);
  const marks = {
    circle: null,
    square: polygon(4, Math.PI / 4, 1.25),
    triangle: polygon(3, 0, 1.45),
    diamond: polygon(4, 0, 1.3),
    down: polygon(3, Math.PI, 1.45),
    star: star(5, 0.48, 1.55),
    plus,
    hexagon: polygon(6, Math.PI / 6, 1.1),
    cross: plus.map(([x, y]) => [(x - y) * Math.SQRT1_2, (x + y) * Math.SQRT1_2]),
    bar: [[-1.5, -0.6], [1.5, -0.6], [1.5, 0.6], [-1.5, 0.6]],
  };

  function trace(context, mark, x, y, r) {
    context.beginPath();
    const corners = marks[mark];
    if (!corners) return context.arc(x, y, r, 0, TURN);
    corners.forEach(([dx, dy], i) => (i ? context.lineTo(x + r * dx, y + r * dy) : context.moveTo(x + r * dx, y + r * dy)));
    context.closePath();
  }

  // A mark as a small SVG, for legends.
  polemos.mark = (holder, r = 5) => {
    const corners = marks[holder.mark], size = 2 * Math.ceil(1.6 * r);
    const style = `--l:${holder.light};--d:${holder.dark}`;
    const shape = corners
      ? make("svg:path", { d: "M" + corners.map(([x, y]) => `${(r * x).toFixed(2)} ${(r * y).toFixed(2)}`).join("L") + "Z" })
      : make("svg:circle", { r });
    shape.setAttribute("fill", holder.fill);
    return make("svg:svg", { class: "pm-mark pm-colour", style, "data-shape": holder.mark, width: size, height: size, "aria-hidden": "true",
      viewBox: `${-size / 2} ${-size / 2} ${size} ${size}` }, shape);
  };

  function groundOf(ground) {
    const height = 1000 / ground.ratio;
    const paths = ground.paths.map(([kind, d]) => make("svg:path", { class: `pm-${kind}`, d }));
    return make("svg:svg", { class: "pm-ground", viewBox: `0 0 1000 ${height.toFixed(2)}`, "aria-hidden": "true" }, ...paths);
  }

  function namesOf(ground) {
    const names = make("div", { class: "pm-names", "aria-hidden": "true" });
    for (const [level, x, y, side, text] of ground.labels) {
      const style = `left:${(100 * x).toFixed(2)}%;top:${(100 * y).toFixed(2)}%`;
      names.append(make("span", { class: `pm-w${level} pm-${side}`, style }, text));
    }
    return names;
  }

  polemos.map = (element, { ground, places, holders, label, tell, pick = () => {} }) => {
    const count = places.x.length;
    const canvas = make("canvas", { class: "pm-points", "aria-hidden": "true" });
    const tip = make("div", { class: "pm-tip", hidden: true });
    const live = make("div", { class: "pm-live", "aria-live": "polite" });
    element.classList.add("pm-map");
    element.style.setProperty("--ratio", ground.ratio);
    element.dataset.shapes = holders.map((holder) => holder.mark).join(" ");
    for (const [key, value] of Object.entries({ tabindex: "0", role: "application", "aria-roledescription": "map", "aria-label": label })) {
      element.setAttribute(key, value);
    }
    element.replaceChildren(groundOf(ground), canvas, namesOf(ground), tip, live);
    const context = canvas.getContext("2d");
    const order = Array.from({ length: count }, (_, p) => p).sort((a, b) => places.r[b] - places.r[a]);
    let width = 0, height = 0, shown = null, pointed = -1;

    const radius = (p) => places.r[p] * Math.pow(Math.max(width, 300) / 640, 0.55);

    function paint() {
      if (!shown || !width) return;
      const night = isDark(), ratio = isPrinting() ? 3 : Math.min(devicePixelRatio || 1, 3);
      const fresh = isPrinting() || canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio);
      if (fresh) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      // Paper would get a cleared rectangle as a white one, over the land; a canvas of new size is clear anyway.
      if (!fresh) context.clearRect(0, 0, width, height);
      const { holder, strength, steps, other } = shown;
      const ring = night ? "#f4f1ea" : "#1d1b18", unknown = night ? "#6b6f73" : "#b9b5ac";
      for (const p of order) {
        const h = holder[p], x = places.x[p] * width, y = places.y[p] * height, r = radius(p);
        const who = h === 255 ? null : holders[h], sure = strength ? strength[p] / steps : 1;
        trace(context, who ? who.mark : "circle", x, y, r);
        if (who) {
          context.globalAlpha = 0.06 + 0.94 * sure;
          context.fillStyle = who.fill;
          context.fill();
          context.globalAlpha = 0.35 + 0.65 * sure;
        }
        const apart = other && other[p] !== 255 && other[p] !== h;
        // Around a mark as dark as the ring, only a gap shows that there is one.
        if (apart) trace(context, who ? who.mark : "circle", x, y, r + 2);
        context.strokeStyle = apart ? ring : who ? (night ? who.dark : who.light) : unknown;
        context.lineWidth = apart ? 2.2 : 0.9;
        if (apart) context.globalAlpha = 1;
        context.stroke();
        context.globalAlpha = 1;
      }
      if (pointed >= 0) {
        context.beginPath();
        context.arc(places.x[pointed] * width, places.y[pointed] * height, radius(pointed) + 5, 0, TURN);
        context.lineWidth = 2;
        context.strokeStyle = ring;
        context.stroke();
      }
    }

    function fit() {
      width = element.clientWidth;
      height = width / ground.ratio;
      paint();
    }

    function fill() {
      if (pointed < 0 || !tell) { tip.hidden = true; return; }
      const said = tell(pointed);
      const rows = make("dl");
      for (const [name, value] of said.rows) rows.append(make("dt", {}, name), make("dd", {}, value));
      const list = said.lines && said.lines.length ? [make("ul", {}, ...said.lines.map((line) => make("li", {}, line)))] : [];
      tip.replaceChildren(make("b", {}, said.title), rows, ...list);
      tip.hidden = false;
      const x = places.x[pointed] * width, y = places.y[pointed] * height, r = radius(pointed) + 10;
      if (width < 480) {
        Object.assign(tip.style, { left: "0", top: `${height + 4}px`, width: "100%", maxWidth: "none" });
        return;
      }
      Object.assign(tip.style, { width: "", maxWidth: "" });
      const left = x + r + tip.offsetWidth <= width ? x + r : Math.max(0, x - r - tip.offsetWidth);
      tip.style.left = `${Math.min(left, Math.max(0, width - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, Math.min(y - 20, height - tip.offsetHeight))}px`;
    }

    function point(p, aloud = false) {
      if (p === pointed) return;
      pointed = p;
      fill();
      paint();
      if (aloud && p >= 0) {
        const said = tell ? tell(p) : { title: places.name[p], rows: [] };
        live.textContent = [said.title, ...said.rows.map((row) => row.join(": "))].join(". ");
      }
      pick(p);
    }

    function nearest(x, y, reach) {
      let best = -1, least = Infinity;
      for (let p = 0; p < count; p++) {
        const away = Math.hypot(places.x[p] * width - x, places.y[p] * height - y);
        if (away <= Math.max(radius(p), reach) && away < least) [best, least] = [p, away];
      }
      return best;
    }

    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    function step([dx, dy]) {
      if (pointed < 0) return order[0];
      let best = pointed, least = Infinity;
      for (let p = 0; p < count; p++) {
        const x = (places.x[p] - places.x[pointed]) * width, y = (places.y[p] - places.y[pointed]) * height;
        const ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
        if (ahead > 0.5 && aside <= 1.2 * ahead && ahead + 1.6 * aside < least) [best, least] = [p, ahead + 1.6 * aside];
      }
      return best;
    }

    // A finger leaves as soon as it is lifted: what it tapped stays until the next tap, here or elsewhere.
    canvas.addEventListener("pointermove", (event) => point(nearest(event.offsetX, event.offsetY, 10)));
    canvas.addEventListener("pointerdown", (event) => point(nearest(event.offsetX, event.offsetY, event.pointerType === "touch" ? 24 : 16)));
    element.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") point(-1); });
    document.addEventListener("pointerdown", (event) => { if (!element.contains(event.target)) point(-1); });
    element.addEventListener("blur", () => point(-1));
    element.addEventListener("keydown", (event) => {
      if (event.key in ways) { event.preventDefault(); point(step(ways[event.key]), true); }
      if (event.key === "Escape") point(-1);
    });
    new ResizeObserver(fit).observe(element);
    onScheme(paint);
    fit();
    return {
      element,
      point,
      draw(state) {
        shown = state;
        paint();
        if (pointed >= 0) fill();
      },
    };
  };
})();
