// polemos.forecasts(table, controls, spreads): filter, sort and open the rows of the forecasts.
"use strict";
(() => {
  const FIRST = 10;

  polemos.forecasts = (table, controls, spreads) => {
    const body = table.tBodies[0], count = controls.querySelector("output"), all = document.getElementById("all-rows");
    const rows = [...body.querySelectorAll("tr.row")].map((row, place) => ({
      row, place, group: row.dataset.group, more: document.getElementById(row.querySelector("button").getAttribute("aria-controls")),
    }));
    const heads = new Map([...body.querySelectorAll("tr.group")].map((row) => [row.dataset.group, row]));
    const fields = [...controls.querySelectorAll("select, input")];
    let sorted = null, whole = rows.length <= FIRST;

    const fits = ({ row }) => fields.every((field) => {
      const wanted = field.value.trim().toLowerCase();
      if (!wanted) return true;
      if (field.name === "text") return wanted.split(/\s+/).every((word) => row.dataset.words.includes(word));
      return row.dataset[field.name].toLowerCase().split("|").includes(wanted);
    });

    function value(item, column) {
      const cell = item.row.cells[column];
      return cell.dataset.value === undefined ? cell.textContent : cell.dataset.value === "" ? null : Number(cell.dataset.value);
    }

    function arrange() {
      const chosen = rows.filter(fits), asked = fields.some((field) => field.value.trim());
      if (sorted) {
        const { column, way } = sorted;
        chosen.sort((a, b) => {
          const [one, other] = [value(a, column), value(b, column)];
          if (one === null || other === null) return (one === null) - (other === null) || a.place - b.place;
          return way * (typeof one === "number" ? one - other : String(one).localeCompare(String(other))) || a.place - b.place;
        });
      }
      const shown = [];
      let group = null, number = 0;
      for (const item of chosen) {
        const late = !whole && !asked && number >= FIRST;
        if (!sorted && item.group !== group) {
          group = item.group;
          const head = heads.get(group);
          head.classList.toggle("late", late);
          shown.push(head);
        }
        item.row.classList.toggle("late", late);
        item.more.classList.toggle("late", late);
        shown.push(item.row, item.more);
        number += 1;
      }
      body.replaceChildren(...shown);
      count.textContent = `${chosen.length} of ${rows.length} statements`;
      all.hidden = whole || asked || chosen.length <= FIRST;
    }

    table.addEventListener("click", (event) => {
      const sort = event.target.closest("thead button"), open = event.target.closest("tbody button");
      if (sort) {
        const column = sort.closest("th").cellIndex;
        sorted = sorted && sorted.column === column ? (sorted.way > 0 ? { column, way: -1 } : null) : { column, way: 1 };
        for (const head of table.tHead.rows[0].cells) head.removeAttribute("aria-sort");
        if (sorted) sort.closest("th").setAttribute("aria-sort", sorted.way > 0 ? "ascending" : "descending");
        arrange();
      }
      if (open) {
        const more = document.getElementById(open.getAttribute("aria-controls")), now = more.hidden;
        more.hidden = !now;
        open.setAttribute("aria-expanded", String(now));
        const place = more.querySelector(".spread");
        if (now && place && !place.firstChild) polemos.histogram(place, spreads[place.dataset.spread]);
      }
    });
    for (const field of fields) field.addEventListener("input", arrange);
    all.addEventListener("click", () => { whole = true; arrange(); });
    arrange();
  };
})();
