"use strict";
(() => {
  const tool = document.getElementById("search");
  const field = (name) => document.getElementById(`by-${name}`);
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const chosen = ["phase", "role", "viewpoint", "source"].map((name) => [name, field(name)]).filter(([, select]) => select);
  // What a row is found by: its own words, and those of the heads above it.
  const above = (row) => [row.closest("section").querySelector("h3, h2"), row.closest("tbody")?.querySelector(".of")];
  const rows = [...document.querySelectorAll("[data-row]")].map((row) => ({
    row,
    counts: row.dataset.row === "item",
    text: plain([row, ...above(row)].map((part) => part?.textContent ?? "").join(" ")),
    phase: row.dataset.phase === "all" ? null : [row.dataset.phase],
    role: (row.dataset.roles ?? "").split(" "),
    viewpoint: [row.dataset.viewpoint],
    source: [row.dataset.source],
  }));
  const all = rows.filter((one) => one.counts).length;
  const status = document.getElementById("shown");
  const none = document.getElementById("none-shown");
  const seen = (part) => [...part.querySelectorAll("[data-row]")].some((row) => !row.hidden);

  function show() {
    const wanted = plain(field("words").value).split(/\s+/).filter(Boolean);
    const narrow = chosen.filter(([, select]) => select.value !== "");
    let shown = 0;
    let found = 0;
    for (const one of rows) {
      const fits = wanted.every((word) => one.text.includes(word)) &&
        narrow.every(([name, select]) => one[name] === null || one[name].includes(select.value));
      one.row.hidden = !fits;
      found += fits ? 1 : 0;
      shown += fits && one.counts ? 1 : 0;
    }
    for (const part of document.querySelectorAll(".walk tbody, [data-part]")) part.hidden = !seen(part);
    for (const entry of document.querySelectorAll("[data-of]")) {
      const part = document.getElementById(entry.dataset.of);
      entry.hidden = part.hidden;
      const items = new Set([...part.querySelectorAll("[data-item]")].filter((row) => !row.hidden).map((row) => row.dataset.item));
      entry.querySelector(".number").textContent = items.size;
    }
    none.hidden = found > 0;
    status.textContent = tool.dataset.shown.replace("{shown}", shown).replace("{all}", all);
  }

  field("words").addEventListener("input", show);
  for (const [, select] of chosen) select.addEventListener("change", show);
  document.getElementById("clear").addEventListener("click", () => {
    field("words").value = "";
    for (const [, select] of chosen) select.value = "";
    show();
    field("words").focus();
  });
  tool.hidden = false;
  // A browser may bring back what was written before the page was loaded again.
  show();
})();
