// What every chart shares: dates, numbers, packed bytes, the reader's scheme. Everything is a property of `polemos`.
"use strict";
globalThis.polemos = (() => {
  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December"];
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const listeners = [];
  let printing = false;
  const tell = () => listeners.forEach((listener) => listener());
  dark.addEventListener("change", tell);
  addEventListener("beforeprint", () => { printing = true; tell(); });
  addEventListener("afterprint", () => { printing = false; tell(); });

  // An element with attributes and children; text is always text, never markup.
  function make(name, attributes = {}, ...children) {
    const svg = name.startsWith("svg:");
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? "" : value);
    }
    made.append(...children);
    return made;
  }

  // Bytes [T, ...] packed as differences from date to date (modulo 256), deflated, in base 64; `width` bytes a date.
  async function unpack(text, width) {
    const raw = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
    const stream = new Blob([raw]).stream().pipeThrough(new DecompressionStream("deflate"));
    const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
    for (let i = width; i < bytes.length; i++) bytes[i] = (bytes[i] + bytes[i - width]) & 255;
    return bytes;
  }

  // `2017-10-27` as `27 October 2017`, or `27 Oct 2017`.
  function date(iso, short = false) {
    const [year, month, day] = iso.split("-").map(Number);
    return `${day} ${short ? months[month - 1].slice(0, 3) : months[month - 1]} ${year}`;
  }

  // 1234567 as `1.2 million`, 84321 as `84,000`, 0.3 as `0.3`.
  function amount(value) {
    if (value === null || value === undefined || Number.isNaN(value)) return "not known";
    if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(1)} million`;
    if (Math.abs(value) >= 1000) return Number(value.toPrecision(2)).toLocaleString("en-GB");
    return Number.isInteger(value) || Math.abs(value) >= 10 ? String(Math.round(value)) : String(Number(value.toPrecision(2)));
  }

  // An amount at a tick: 1250000 as `1.25m`, 2500 as `2.5k`.
  const brief = (value) => (value >= 1e6 ? `${+(value / 1e6).toFixed(2)}m` : value >= 1e3 ? `${+(value / 1e3).toFixed(2)}k` : String(+value.toPrecision(3)));

  // Three or four round ticks from 0 to at least `most`.
  function ticks(most) {
    if (!(most > 0)) return [0, 1];
    const raw = most / 3, size = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = [1, 2, 2.5, 5, 10].map((f) => f * size).find((s) => s >= raw - 1e-12);
    const found = [];
    for (let i = 0; (i - 1) * step < most - 1e-12 * most || i < 2; i++) found.push(i * step);
    return found;
  }

  // A share of one as a per cent; certainty only where there is certainty.
  function percent(share) {
    const value = 100 * share;
    return value > 0 && value < 1 ? "<1 %" : value > 99 && value < 100 ? ">99 %" : `${Math.round(value)} %`;
  }

  return {
    make, unpack, date, amount, brief, ticks, percent,
    isDark: () => dark.matches && !printing,
    isPrinting: () => printing,
    onScheme: (listener) => listeners.push(listener),
  };
})();
