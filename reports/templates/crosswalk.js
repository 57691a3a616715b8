"use strict";
(() => {
  const tool = document.getElementById("search");
  const field = (name) => document.getElementById(`by-${name}`);
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const chosen = ["phase", "role", "viewpoint", "source"].map((name) => [name, field(name)]).filter(([, select]) => select);
  // Texts that stand beside each other are words of their own.
  function said(part) {
    const texts = [];
    const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) texts.push(walker.currentNode.data);
    return texts.join(" ");
  }
  // What a row is found by: its own words, those of the heads above it, and the name of its source.
  const rows = [...document.querySelectorAll("[data-row]")].map((row) => {
    const section = row.closest("section");
    const group = row.closest("tbody");
    const { phase, roles, viewpoint } = row.dataset;
    const source = group?.dataset.source ?? "";
    const above = [section.querySelector("h3, h2"), group?.querySelector(".of")].filter(Boolean);
    return {
      row,
      section: section.id,
      item: group && `${source}/${row.querySelector("code").textContent}`,
      text: plain([row, ...above].map(said).join(" ") + ` ${source.split("/").at(-1)}`),
      phase: phase === "all" ? null : [phase],
      role: (roles ?? "").split(" "),
      viewpoint: [viewpoint && `${source}/${viewpoint}`],
      source: [source],
    };
  });
  const all = rows.filter((one) => one.item).length;
  const status = document.getElementById("shown");
  const narrowed = document.getElementById("narrowed");
  const none = document.getElementById("none-shown");
  const seen = (part) => [...part.querySelectorAll("[data-row]")].some((row) => !row.hidden);
  const label = (part) => document.querySelector(`label[for="${part.id}"]`).textContent;

  function show() {
    const words = field("words");
    const wanted = plain(words.value).split(/\s+/).filter(Boolean);
    const narrow = chosen.filter(([, select]) => select.value !== "");
    const items = new Map();
    let shown = 0;
    let found = 0;
    for (const one of rows) {
      const fits = wanted.every((word) => one.text.includes(word)) &&
        narrow.every(([name, select]) => one[name] === null || one[name].includes(select.value));
      one.row.hidden = !fits;
      if (!fits) continue;
      found += 1;
      if (!items.has(one.section)) items.set(one.section, new Set());
      if (!one.item) continue;
      shown += 1;
      items.get(one.section).add(one.item);
    }
    for (const part of document.querySelectorAll(".walk tbody, [data-part]")) part.hidden = !seen(part);
    for (const entry of document.querySelectorAll("[data-of]")) {
      const own = items.get(entry.dataset.of);
      entry.hidden = own === undefined;
      entry.querySelector(".number").textContent = own?.size ?? 0;
    }
    none.hidden = found > 0;
    status.textContent = tool.dataset.shown.replace("{shown}", shown).replace("{all}", all);
    // Paper has no fields: it says what was chosen in them.
    const told = narrow.map(([, select]) => `${label(select)}: ${select.selectedOptions[0].textContent}`);
    if (wanted.length > 0) told.unshift(`${label(words)}: ${words.value.trim()}`);
    narrowed.hidden = told.length === 0;
    narrowed.textContent = `${narrowed.dataset.told} ${[...told, status.textContent].join(" · ")}`;
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
