"use strict";

// Adds sorting and filtering to a page that is complete without. All rows stay in the document: a
// search in the page, a printer and a screen reader find them, and CSS decides what is laid out.
(() => {
  const STATUSES = ["not judged", "drifted", "missing", "undeclared", "waived", "in sync"];
  const IMPACTS = ["weaker", "mixed", "stricter", "neutral", ""];

  const table = document.getElementById("buckets");
  if (!table) return;
  const chunks = [...table.tBodies];
  const size = chunks[0].rows.length;
  const rows = chunks.flatMap((chunk) => [...chunk.rows]);
  const statuses = rows.map((row) => row.cells[2].textContent);
  const headings = [...table.tHead.rows[0].cells];
  const keys = headings.map(() => null);
  let texts = null;

  const make = (name, text = "", properties = {}) =>
    Object.assign(document.createElement(name), { textContent: text }, properties);

  // What a column is sorted by: a status or an impact by its gravity, numbers in a text as numbers.
  const keyOf = (column, text) => {
    if (column === 2) return STATUSES.indexOf(text);
    if (column === 3) return IMPACTS.indexOf(text);
    return text.toLowerCase().replace(/\d+/g, (digits) => digits.padStart(12, "0"));
  };

  const sort = (column) => {
    const heading = headings[column];
    const down = heading.ariaSort === "ascending";
    keys[column] ??= rows.map((row) => keyOf(column, row.cells[column].textContent));
    const key = keys[column];
    const sign = down ? -1 : 1;
    const order = rows.map((_, index) => index);
    order.sort((a, b) => (key[a] < key[b] ? -sign : key[a] > key[b] ? sign : a - b));
    chunks.forEach((chunk, at) => {
      chunk.replaceChildren(...order.slice(at * size, (at + 1) * size).map((index) => rows[index]));
    });
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.ariaSort = down ? "descending" : "ascending";
    measure();
  };

  // A chunk that is off the screen is as high as the rows that it shows.
  const measure = () => {
    for (const chunk of chunks) {
      const shown = [...chunk.rows].filter((row) => !row.hidden).length;
      chunk.style.containIntrinsicBlockSize = `auto ${shown * 2.6}rem`;
    }
  };

  const text = make("input", "", { type: "search", id: "text", autocomplete: "off" });
  const told = make("output");
  const boxes = STATUSES.filter((status) => statuses.includes(status)).map((status) =>
    make("input", "", { type: "checkbox", checked: true, value: status }),
  );

  const filter = () => {
    const wanted = text.value.trim().toLowerCase();
    const section = /^§\d+$/.test(wanted);
    const allowed = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    texts ??= rows.map((row) => row.textContent.toLowerCase());
    let shown = 0;
    rows.forEach((row, index) => {
      const found = section
        ? row.querySelector("a")?.textContent === wanted
        : texts[index].includes(wanted);
      const fits = found && allowed.has(statuses[index]);
      if (row.hidden === fits) row.hidden = !fits;
      shown += fits;
    });
    measure();
    told.textContent = `${shown} of ${rows.length} ${rows.length === 1 ? "bucket" : "buckets"} shown`;
  };

  const clear = () => {
    text.value = "";
    for (const box of boxes) box.checked = true;
    filter();
  };

  const controls = make("div", "", { className: "controls" });
  controls.setAttribute("role", "search");
  const words = make("p");
  words.append(make("label", "Filter by text", { htmlFor: "text" }), text);
  const choice = make("fieldset");
  choice.append(make("legend", "Filter by status"));
  for (const box of boxes) {
    const count = statuses.filter((status) => status === box.value).length;
    const label = make("label");
    label.append(box, ` ${box.value} `, make("small", count));
    choice.append(label);
  }
  const button = make("button", "Show all", { type: "button" });
  button.addEventListener("click", clear);
  const state = make("p", "", { className: "told" });
  state.append(told, button);
  controls.append(words, choice, state);
  table.before(controls);
  text.addEventListener("input", filter);
  choice.addEventListener("change", filter);

  headings.forEach((heading, column) => {
    const button = make("button", heading.textContent, { type: "button" });
    button.addEventListener("click", () => sort(column));
    heading.replaceChildren(button);
  });

  // From a section to its buckets, where they are too many to be named.
  for (const regions of document.querySelectorAll(".regions")) {
    const section = regions.closest("section");
    const button = make("button", "Show them in the table", { type: "button", className: "show" });
    button.addEventListener("click", () => {
      clear();
      text.value = section.querySelector(".number").textContent;
      filter();
      text.focus();
    });
    regions.nextElementSibling.after(button);
  }

  document.documentElement.classList.add("scripted");
  filter();
})();
