"use strict";
(() => {
  const CHUNK = 40;
  const lang = document.documentElement.lang;
  const collator = new Intl.Collator(lang, { numeric: true, sensitivity: "base" });
  const count = new Intl.NumberFormat(lang);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  const arrange = (table, rows) => {
    const bodies = [];
    for (let start = 0; start < rows.length; start += CHUNK) {
      const body = document.createElement("tbody");
      body.setAttribute("role", "rowgroup");
      body.append(...rows.slice(start, start + CHUNK));
      bodies.push(body);
    }
    for (const body of [...table.tBodies]) body.remove();
    table.append(...bodies);
  };

  const number = (text) => {
    const decimal = new Intl.NumberFormat(lang).format(1.5).charAt(1);
    return Number(text.replace(/[^\d.,\u2212-]/g, "").replace(decimal, ".").replace("\u2212", "-"));
  };

  const sortable = (table, show, all) => {
    const headers = [...table.tHead.rows[0].cells];
    headers.forEach((header, column) => {
      if ("fixed" in header.dataset) return;
      const button = document.createElement("button");
      button.type = "button";
      header.dataset.title = header.textContent; // what print shows, where a button is not repeated
      button.append(...header.childNodes);
      header.append(button);
      const numeric = "number" in header.dataset;
      button.addEventListener("click", () => {
        const now = header.getAttribute("aria-sort");
        const up = now ? now === "descending" : !numeric;
        for (const other of headers) other.removeAttribute("aria-sort");
        header.setAttribute("aria-sort", up ? "ascending" : "descending");
        const keyed = all.map((row) => {
          const text = row.cells[column].textContent;
          return [numeric ? number(text) : text, row];
        });
        const compare = numeric ? (a, b) => a - b : collator.compare;
        keyed.sort(([a], [b]) => (up ? compare(a, b) : compare(b, a)));
        all.splice(0, all.length, ...keyed.map(([, row]) => row));
        show();
      });
    });
  };

  const searchable = (tools, table, show, state) => {
    const input = tools.querySelector("input");
    const output = tools.querySelector("output");
    let waiting;
    const search = () => {
      state.words = fold(input.value).split(/\s+/).filter(Boolean);
      const shown = show();
      output.textContent = state.words.length
        ? `${count.format(shown)} ${table.dataset.of} ${table.dataset.n}`
        : table.dataset.n;
    };
    input.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 150);
    });
    output.textContent = table.dataset.n;
    tools.hidden = false;
  };

  for (const tools of document.querySelectorAll(".tools")) {
    const table = document.getElementById(tools.dataset.for);
    const all = [...table.tBodies].flatMap((body) => [...body.rows]);
    const texts = new Map();
    const state = { words: [] };
    const matches = (row) => {
      if (!texts.has(row)) texts.set(row, fold(row.textContent));
      return state.words.every((word) => texts.get(row).includes(word));
    };
    const show = () => {
      const rows = state.words.length ? all.filter(matches) : all;
      arrange(table, rows);
      return rows.length;
    };
    sortable(table, show, all);
    searchable(tools, table, show, state);
  }

  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("table:not(.many) details:not([open])")];
    for (const one of opened) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
