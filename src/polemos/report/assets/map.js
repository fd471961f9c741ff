// polemos.map(element, { ground, places, holders, label, tell, pick }) draws a map into an element.
//   ground   what the report's `ground` makes: ratio, SVG paths of land and water, labels for several widths, names of
//            countries, `cells` (an SVG path a place), `frame` [x0, y0, x1, y1] that is shown first, `km` across the map
//   places   { x, y } in shares of the map's width and height, { r } radii in pixels at a width of 640, { name }
//   holders  [{ name, light, dark, fill, mark }]: ring on a light and on a dark ground, fill, and one of `marks`
//   tell(p)  what the tip of place p says: { title, rows: [[name, value], ...], lines: [text, ...] }
//   pick(p)  called when place p is pointed at or reached with the keys; -1 when none is
//   look(v)  called when the view changes: { k, x, y }, how many times the map is enlarged, and the corner that is shown
//   fixed    a width in pixels for a map that has no place on the screen, such as one on paper
// Returns { draw(state), point(p), look(v), view(), frame(), picture(wide), svg(), element }. A state is { holder,
// strength, steps, other, areas }: the holder of each place (255: not known), how sure that is (bytes out of `steps`, or
// null), whom to compare with (a place where `other` differs gets a bold ring), and whether cells are washed in colour.
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

  const SVG = "http://www.w3.org/2000/svg";
  const LEVELS = [[3200, 5], [1600, 4], [800, 3], [480, 2], [0, 1]];
  const levelOf = (wide) => LEVELS.find(([least]) => wide >= least)[1];
  const MOST = 24;

  function groundOf(ground) {
    const height = 1000 / ground.ratio;
    const paths = ground.paths.map(([kind, d]) => make("svg:path", { class: `pm-${kind}`, d }));
    return make("svg:svg", { class: "pm-ground", viewBox: `0 0 1000 ${height.toFixed(2)}`, "aria-hidden": "true" }, ...paths);
  }

  function namesOf(ground) {
    const names = make("div", { class: "pm-names", "aria-hidden": "true" });
    for (const [level, x, y, side, text, off] of ground.labels) {
      const span = make("span", { class: `pm-w${level} pm-${side}` }, text);
      span.style.setProperty("--off", `${off}px`);
      Object.assign(span, { at: [level, x, y], side, off });
      names.append(span);
    }
    return names;
  }

  // A round length for the scale, and its share of the width of the map.
  function scaleOf(km) {
    const wanted = km / 5, size = Math.pow(10, Math.floor(Math.log10(wanted)));
    const round = [5, 2, 1].map((f) => f * size).find((f) => f <= wanted) || size;
    return [round, round / km];
  }

  polemos.map = (element, { ground, places, holders, label, tell, pick = () => {}, look = () => {}, fixed = 0 }) => {
    const count = places.x.length;
    const canvas = make("canvas", { class: "pm-points", "aria-hidden": "true" });
    const under = groundOf(ground), names = namesOf(ground), spans = [...names.children];
    const tip = make("div", { class: "pm-tip", hidden: true });
    const live = make("div", { class: "pm-live", "aria-live": "polite" });
    const bar = make("i"), length = make("span"), scale = make("div", { class: "pm-scale", "aria-hidden": "true" }, bar, length);
    const button = (text, name) => make("button", { type: "button", "aria-label": name, title: name }, text);
    const nearer = button("+", "Enlarge the map"), farther = button("−", "Make the map smaller"), whole = button("⤢", "Show the whole map");
    const zoom = make("div", { class: "pm-zoom" }, nearer, farther, whole);
    element.classList.add("pm-map");
    element.style.setProperty("--ratio", ground.ratio);
    element.dataset.shapes = holders.map((holder) => holder.mark).join(" ");
    for (const [key, value] of Object.entries({ tabindex: "0", role: "application", "aria-roledescription": "map", "aria-label": label })) {
      element.setAttribute(key, value);
    }
    element.replaceChildren(under, canvas, names, scale, ...(fixed ? [] : [zoom]), tip, live);
    const context = canvas.getContext("2d");
    const order = Array.from({ length: count }, (_, p) => p).sort((a, b) => places.r[b] - places.r[a]);
    let width = 0, height = 0, shown = null, pointed = -1, view = { k: 1, x: 0, y: 0 }, cells = null;

    const radius = (p) => places.r[p] * Math.pow(Math.max(width * view.k, 300) / 640, 0.55);
    const left = (p) => (places.x[p] - view.x) * view.k * width;
    const top = (p) => (places.y[p] - view.y) * view.k * height;
    const strengthOf = (p) => (shown.strength ? shown.strength[p] / shown.steps : 1);
    const apartAt = (p) => shown.other && shown.other[p] !== 255 && shown.other[p] !== shown.holder[p];

    function wash() {
      cells = cells || (ground.cells || []).map((d) => d && new Path2D(d));
      const scaleBy = (canvas.width / 1000) * view.k;
      context.setTransform(scaleBy, 0, 0, scaleBy, -view.x * view.k * canvas.width, -view.y * view.k * canvas.height);
      for (let p = 0; p < cells.length; p++) {
        const who = cells[p] && shown.holder[p] !== 255 ? holders[shown.holder[p]] : null;
        if (!who || who.fill === "transparent") continue;
        context.globalAlpha = 0.34 * strengthOf(p);
        context.fillStyle = who.fill;
        context.fill(cells[p]);
      }
      context.globalAlpha = 1;
    }

    function paint() {
      if (!shown || !width) return;
      const night = isDark(), ratio = isPrinting() || fixed ? 3 : Math.min(devicePixelRatio || 1, 3);
      const fresh = isPrinting() || canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio);
      if (fresh) {
        canvas.width = Math.round(width * ratio);
        canvas.height = Math.round(height * ratio);
      }
      context.setTransform(1, 0, 0, 1, 0, 0);
      // Paper would get a cleared rectangle as a white one, over the land; a canvas of new size is clear anyway.
      if (!fresh) context.clearRect(0, 0, canvas.width, canvas.height);
      if (shown.areas) wash();
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const { holder } = shown;
      const ring = night ? "#f4f1ea" : "#1d1b18", unknown = night ? "#6b6f73" : "#b9b5ac";
      for (const p of order) {
        const h = holder[p], x = left(p), y = top(p), r = radius(p);
        if (x < -r - 4 || y < -r - 4 || x > width + r + 4 || y > height + r + 4) continue;
        const who = h === 255 ? null : holders[h], sure = strengthOf(p);
        trace(context, who ? who.mark : "circle", x, y, r);
        if (who) {
          context.globalAlpha = 0.06 + 0.94 * sure;
          context.fillStyle = who.fill;
          context.fill();
          context.globalAlpha = 0.35 + 0.65 * sure;
        }
        const apart = apartAt(p);
        // Around a mark as dark as the ring, only a gap shows that there is one.
        if (apart) trace(context, who ? who.mark : "circle", x, y, r + 2);
        context.strokeStyle = apart ? ring : who ? (night ? who.dark : who.light) : unknown;
        context.lineWidth = apart ? 2.2 : night ? 1.3 : 0.9;
        if (apart) context.globalAlpha = 1;
        context.stroke();
        context.globalAlpha = 1;
      }
      if (pointed >= 0) {
        context.beginPath();
        context.arc(left(pointed), top(pointed), radius(pointed) + 5, 0, TURN);
        context.lineWidth = 2;
        context.strokeStyle = ring;
        context.stroke();
      }
    }

    // Whether a name at a point in pixels is whole: not cut by the edge of the map, nor under its buttons.
    const BUTTONS = [46, 122];
    function isWhole(span, x, y) {
      if (!span.long) {
        context.font = "11px system-ui, sans-serif";
        span.long = context.measureText(span.textContent).width * (span.side === "country" ? 1.4 : 1);
      }
      const beside = { right: [span.off, 0], left: [-span.off - span.long, 0] }[span.side];
      const [dx, dy] = beside || [-span.long / 2, { above: -span.off - 5, below: span.off + 5 }[span.side] || 0];
      const from = x + dx, to = from + span.long;
      if (from < 0 || to > width || y + dy < 5 || y + dy > height - 5) return false;
      return Boolean(fixed) || to < width - BUTTONS[0] || y + dy > BUTTONS[1];
    }

    // How many places lie where the scale would be, whose left edge is at a point in pixels.
    function inCorner(from) {
      const wide = parseFloat(bar.style.width) + 20;
      let there = 0;
      for (let p = 0; p < count; p++) if (left(p) > from && left(p) < from + wide && top(p) + radius(p) > height - 36 && top(p) < height) there += 1;
      return there;
    }

    // The ground, the names and the scale, which follow the view and not the week.
    function place() {
      if (!width) return;
      const tall = 1000 / ground.ratio, level = levelOf(width * view.k);
      under.setAttribute("viewBox", `${(1000 * view.x).toFixed(2)} ${(tall * view.y).toFixed(2)} ${(1000 / view.k).toFixed(2)} ${(tall / view.k).toFixed(2)}`);
      for (const span of spans) {
        const [rank, x, y] = span.at;
        const across = (x - view.x) * view.k, down = (y - view.y) * view.k;
        const there = rank === level && across > 0 && across < 1 && down > 0 && down < 1
          && isWhole(span, across * width, down * height);
        span.hidden = !there;
        if (there) { span.style.left = `${(100 * across).toFixed(2)}%`; span.style.top = `${(100 * down).toFixed(2)}%`; }
      }
      if (ground.km) {
        const [km, share] = scaleOf(ground.km / view.k);
        bar.style.width = `${(share * width).toFixed(1)}px`;
        length.textContent = `${km.toLocaleString("en-GB")} km`;
        scale.classList.toggle("pm-aside", inCorner(0) > inCorner(width - share * width - 20));
      }
      farther.disabled = whole.disabled = view.k <= 1.001;
      nearer.disabled = view.k >= MOST - 0.001;
      element.dataset.zoom = view.k.toFixed(2);
    }

    function fit() {
      width = fixed || element.clientWidth;
      height = width / ground.ratio;
      place();
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
      const x = left(pointed), y = top(pointed), r = radius(pointed) + 10;
      if (width < 480) {
        Object.assign(tip.style, { left: "0", top: `${height + 4}px`, width: "100%", maxWidth: "none" });
        return;
      }
      Object.assign(tip.style, { width: "", maxWidth: "" });
      const beside = x + r + tip.offsetWidth <= width ? x + r : Math.max(0, x - r - tip.offsetWidth);
      tip.style.left = `${Math.min(beside, Math.max(0, width - tip.offsetWidth))}px`;
      tip.style.top = `${Math.max(0, Math.min(y - 20, height - tip.offsetHeight))}px`;
    }

    const bound = (value, low, high) => Math.min(Math.max(value, low), high);
    function see(next, aloud = true) {
      const k = bound(next.k, 1, MOST), x = bound(next.x, 0, 1 - 1 / k), y = bound(next.y, 0, 1 - 1 / k);
      if (k === view.k && x === view.x && y === view.y) return;
      view = { k, x, y };
      place();
      paint();
      if (pointed >= 0) fill();
      if (aloud) look(view);
    }

    // Enlarge by a factor around a point of the element in pixels.
    function enlarge(by, px = width / 2, py = height / 2) {
      const k = bound(view.k * by, 1, MOST), x = view.x + px / width / view.k, y = view.y + py / height / view.k;
      see({ k, x: x - px / width / k, y: y - py / height / k });
    }
    const move = (dx, dy) => see({ k: view.k, x: view.x - dx / width / view.k, y: view.y - dy / height / view.k });

    // The view that `ground.frame` asks for; the whole map where that is hardly larger.
    function frame() {
      const [x0, y0, x1, y1] = ground.frame || [0, 0, 1, 1], k = Math.min(1 / (x1 - x0), 1 / (y1 - y0), 8);
      return k < 1.15 ? { k: 1, x: 0, y: 0 } : { k, x: (x0 + x1) / 2 - 0.5 / k, y: (y0 + y1) / 2 - 0.5 / k };
    }

    function point(p, aloud = false) {
      if (p === pointed) return;
      pointed = p;
      if (aloud && p >= 0 && (left(p) < 0 || left(p) > width || top(p) < 0 || top(p) > height)) {
        see({ k: view.k, x: places.x[p] - 0.5 / view.k, y: places.y[p] - 0.5 / view.k });
      }
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
        const away = Math.hypot(left(p) - x, top(p) - y);
        if (away <= Math.max(radius(p), reach) && away < least) [best, least] = [p, away];
      }
      return best;
    }

    const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    function step([dx, dy]) {
      if (pointed < 0) return order.find((p) => left(p) >= 0 && left(p) <= width && top(p) >= 0 && top(p) <= height) ?? order[0];
      let best = pointed, least = Infinity;
      for (let p = 0; p < count; p++) {
        const x = (places.x[p] - places.x[pointed]) * width, y = (places.y[p] - places.y[pointed]) * height;
        const ahead = x * dx + y * dy, aside = Math.abs(x * dy) + Math.abs(y * dx);
        if (ahead > 0.5 / view.k && aside <= 1.2 * ahead && ahead + 1.6 * aside < least) [best, least] = [p, ahead + 1.6 * aside];
      }
      return best;
    }

    // One finger scrolls the page and taps; two fingers, or the mouse held down, move an enlarged map.
    const fingers = new Map();
    let dragged = false;
    const spread = () => { const [a, b] = [...fingers.values()]; return { far: Math.hypot(a.x - b.x, a.y - b.y), x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }; };
    canvas.addEventListener("pointerdown", (event) => {
      fingers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
      dragged = false;
      if (event.pointerType === "mouse" && view.k > 1) canvas.setPointerCapture(event.pointerId);
      point(nearest(event.offsetX, event.offsetY, event.pointerType === "touch" ? 24 : 16));
    });
    canvas.addEventListener("pointermove", (event) => {
      const before = fingers.get(event.pointerId), here = { x: event.offsetX, y: event.offsetY };
      if (before && fingers.size === 2) {
        const was = spread();
        fingers.set(event.pointerId, here);
        const now = spread();
        if (was.far > 0) enlarge(now.far / was.far, now.x, now.y);
        move(now.x - was.x, now.y - was.y);
        return;
      }
      if (before && event.pointerType !== "touch" && view.k > 1 && (dragged || Math.hypot(here.x - before.x, here.y - before.y) > 3)) {
        dragged = true;
        move(here.x - before.x, here.y - before.y);
        fingers.set(event.pointerId, here);
        return;
      }
      if (event.pointerType !== "touch" || fingers.size < 2) point(nearest(here.x, here.y, 10));
    });
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => fingers.delete(event.pointerId));
    // A finger leaves as soon as it is lifted: what it tapped stays until the next tap, here or elsewhere.
    element.addEventListener("pointerleave", (event) => { if (event.pointerType !== "touch") point(-1); });
    document.addEventListener("pointerdown", (event) => { if (!element.contains(event.target)) point(-1); });
    element.addEventListener("blur", () => point(-1));
    // The wheel alone scrolls the page.
    element.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const box = element.getBoundingClientRect();
      enlarge(Math.exp(-event.deltaY / 300), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    element.addEventListener("keydown", (event) => {
      if (event.target !== element) return;
      if (event.key in ways) { event.preventDefault(); point(step(ways[event.key]), true); }
      if (event.key === "Escape") point(-1);
      const about = pointed >= 0 ? [left(pointed), top(pointed)] : [];
      if (event.key === "+" || event.key === "=") enlarge(1.5, ...about);
      if (event.key === "-") enlarge(1 / 1.5, ...about);
      if (event.key === "0") see({ k: 1, x: 0, y: 0 });
    });
    nearer.addEventListener("click", () => enlarge(1.6));
    farther.addEventListener("click", () => enlarge(1 / 1.6));
    whole.addEventListener("click", () => see({ k: 1, x: 0, y: 0 }));
    if (!fixed) new ResizeObserver(fit).observe(element);
    onScheme(paint);
    fit();

    // The map as one SVG that stands alone: the ground, cells, marks and names of the view.
    function svg() {
      const style = getComputedStyle(element), colour = (name) => style.getPropertyValue(`--${name}`).trim();
      const tall = 1000 / ground.ratio, wide = 1000 / view.k, unit = wide / (width || 640), night = isDark();
      const root = make("svg:svg", { xmlns: SVG, viewBox: under.getAttribute("viewBox"), width: 1000, height: Math.round(tall) });
      const add = (name, attributes, ...children) => root.append(make(`svg:${name}`, attributes, ...children));
      add("rect", { x: 1000 * view.x, y: tall * view.y, width: wide, height: tall / view.k, fill: colour("sea") });
      const fills = { land: "land", away: "away", lakes: "water" }, lines = { land: "border", away: "border", rivers: "water" };
      for (const [kind, d] of ground.paths) {
        add("path", { d, fill: fills[kind] ? colour(fills[kind]) : "none", stroke: lines[kind] ? colour(lines[kind]) : "none",
          "stroke-width": unit * 0.9, "fill-rule": "evenodd" });
      }
      const { holder } = shown;
      if (shown.areas) {
        (ground.cells || []).forEach((d, p) => {
          const who = d && holder[p] !== 255 ? holders[holder[p]] : null;
          if (who && who.fill !== "transparent") add("path", { d, fill: who.fill, "fill-opacity": (0.34 * strengthOf(p)).toFixed(2) });
        });
      }
      for (const p of order) {
        const who = holder[p] === 255 ? null : holders[holder[p]], sure = strengthOf(p), r = unit * radius(p);
        const x = 1000 * places.x[p], y = tall * places.y[p], corners = who && marks[who.mark];
        const stroke = apartAt(p) ? (night ? "#f4f1ea" : "#1d1b18") : who ? (night ? who.dark : who.light) : "#b9b5ac";
        const look = { fill: who ? who.fill : "none", "fill-opacity": (0.06 + 0.94 * sure).toFixed(2), stroke,
          "stroke-width": unit * (apartAt(p) ? 2.2 : 0.9) };
        if (corners) add("path", { d: "M" + corners.map(([dx, dy]) => `${(x + r * dx).toFixed(2)} ${(y + r * dy).toFixed(2)}`).join("L") + "Z", ...look });
        else add("circle", { cx: x.toFixed(2), cy: y.toFixed(2), r: r.toFixed(2), ...look });
      }
      for (const [level, x, y, side, text, off] of ground.labels) {
        if (level !== levelOf(width * view.k)) continue;
        const anchors = { right: ["start", off, 4], left: ["end", -off, 4], above: ["middle", 0, -off - 1], below: ["middle", 0, off + 9], country: ["middle", 0, 4] };
        const [anchor, dx, dy] = anchors[side];
        add("text", { x: 1000 * x + unit * dx, y: tall * y + unit * dy, "text-anchor": anchor, "font-size": unit * 11, fill: colour("ink"),
          "font-family": "system-ui, sans-serif", stroke: colour("land"), "stroke-width": unit * 2.5, "paint-order": "stroke" }, text);
      }
      return new XMLSerializer().serializeToString(root);
    }

    // The map as a canvas of a width: the ground, the marks that are drawn, and the names.
    function picture(wide) {
      const style = getComputedStyle(element), colour = (name) => style.getPropertyValue(`--${name}`).trim();
      const tall = Math.round(wide / ground.ratio), by = wide / (width || 640);
      const sheet = make("canvas", { width: wide, height: tall }), pen = sheet.getContext("2d");
      pen.fillStyle = colour("sea");
      pen.fillRect(0, 0, wide, tall);
      pen.save();
      pen.setTransform((wide / 1000) * view.k, 0, 0, (wide / 1000) * view.k, -view.x * view.k * wide, -view.y * view.k * tall);
      const fills = { land: "land", away: "away", lakes: "water" }, lines = { land: "border", away: "border", rivers: "water" };
      for (const [kind, d] of ground.paths) {
        const path = new Path2D(d);
        if (fills[kind]) { pen.fillStyle = colour(fills[kind]); pen.fill(path, "evenodd"); }
        if (lines[kind]) { pen.strokeStyle = colour(lines[kind]); pen.lineWidth = 1 / view.k; pen.stroke(path); }
      }
      pen.restore();
      pen.drawImage(canvas, 0, 0, wide, tall);
      Object.assign(pen, { font: `${11 * by}px system-ui, sans-serif`, lineWidth: 3 * by, lineJoin: "round", textBaseline: "middle" });
      for (const span of spans.filter((one) => !one.hidden)) {
        const [, x, y] = span.at, { side, off } = span;
        pen.textAlign = side === "right" ? "left" : side === "left" ? "right" : "center";
        const at = [(x - view.x) * view.k * wide + (side === "right" ? off : side === "left" ? -off : 0) * by,
          (y - view.y) * view.k * tall + (side === "above" ? -off - 5 : side === "below" ? off + 5 : 0) * by];
        pen.strokeStyle = colour("land");
        pen.strokeText(span.textContent, ...at);
        pen.fillStyle = colour("ink");
        pen.fillText(span.textContent, ...at);
      }
      return sheet;
    }

    return {
      element,
      point,
      svg,
      picture,
      frame,
      view: () => view,
      look: (next) => see(next, false),
      draw(state) {
        shown = state;
        paint();
        if (pointed >= 0) fill();
      },
    };
  };
})();
