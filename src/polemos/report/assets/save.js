// polemos.saving(element, name, { svg, png, table }) adds buttons under a figure that save it: `svg()` its text, `png()` a
// canvas or a promise of one (without it, the SVG is drawn), `table()` the table element behind it, as CSV.
"use strict";
(() => {
  const { make } = polemos;
  const COPIED = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "opacity", "font-family",
    "font-size", "font-weight", "text-anchor", "letter-spacing"];

  const slug = (text) => text.toLowerCase().normalize("NFKD").replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "figure";

  function save(name, blob) {
    const link = make("a", { href: URL.createObjectURL(blob), download: name });
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  }

  // An SVG of the page as text that stands alone: what style sheets gave it is written into it.
  polemos.standalone = (drawn) => {
    const copy = drawn.cloneNode(true), from = [drawn, ...drawn.querySelectorAll("*")], to = [copy, ...copy.querySelectorAll("*")];
    const box = drawn.getBoundingClientRect(), view = drawn.viewBox.baseVal;
    from.forEach((one, i) => {
      const style = getComputedStyle(one);
      to[i].setAttribute("style", COPIED.map((name) => `${name}:${style.getPropertyValue(name)}`).join(";"));
    });
    copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
    const wide = view && view.width ? view.width : box.width, tall = view && view.height ? view.height : box.height;
    copy.setAttribute("width", String(Math.round(wide)));
    copy.setAttribute("height", String(Math.round(tall)));
    const paper = getComputedStyle(document.body).backgroundColor;
    copy.insertBefore(make("svg:rect", { width: "100%", height: "100%", fill: paper }), copy.firstChild);
    return new XMLSerializer().serializeToString(copy);
  };

  function drawnOf(text) {
    return new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => {
        const sheet = make("canvas", { width: 2 * image.width, height: 2 * image.height });
        sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
        done(sheet);
      };
      image.onerror = failed;
      image.src = "data:image/svg+xml;charset=utf-8," + encodeURIComponent(text);
    });
  }

  const cell = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const rowsOf = (table) => [...table.rows].map((row) => [...row.cells].map((one) => cell(one.textContent.trim().replace(/\s+/g, " "))).join(","));

  polemos.saving = (element, name, { svg, png, table }) => {
    const file = `${slug(document.title)}-${slug(name)}`, buttons = [];
    const add = (kind, act) => {
      const button = make("button", { type: "button", "aria-label": `Save ${name} as ${kind}` }, kind);
      button.addEventListener("click", act);
      buttons.push(button);
    };
    if (svg) {
      add("PNG", async () => (await (png ? png() : drawnOf(svg()))).toBlob((blob) => save(`${file}.png`, blob)));
      add("SVG", () => save(`${file}.svg`, new Blob([svg()], { type: "image/svg+xml" })));
    }
    if (table) add("CSV", () => save(`${file}.csv`, new Blob([rowsOf(table()).join("\n") + "\n"], { type: "text/csv" })));
    element.append(make("p", { class: "save" }, "Save ", ...buttons));
  };
})();
