"use strict";

const root = document.documentElement;

function isDark() {
  const chosen = root.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

function setUpTheme(button) {
  const name = () => { button.textContent = isDark() ? "Light colours" : "Dark colours"; };
  button.addEventListener("click", () => {
    root.dataset.theme = isDark() ? "light" : "dark";
    // A page opened from disk may have no storage: then the choice holds until it is closed.
    try { localStorage.setItem("theme", root.dataset.theme); } catch {}
    name();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", name);
  name();
}

function compare(a, b) {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? a.localeCompare(b, "en") : x - y;
}

function sortBy(header) {
  const table = header.closest("table");
  const body = table.tBodies[0];
  const down = header.getAttribute("aria-sort") === "ascending";
  const key = (row) => row.cells[header.cellIndex].dataset.key;
  const rows = [...body.rows];
  // Rows without a value stay below, whichever way the others go.
  rows.sort((one, other) => {
    const [a, b] = [key(one), key(other)];
    if (a === "" || b === "") return (a === "") - (b === "");
    return down ? compare(b, a) : compare(a, b);
  });
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  body.append(...rows);
}

function filterRows(container) {
  const wanted = container.querySelector("input").value.trim().toLowerCase();
  const rows = [...container.querySelector("tbody").rows];
  for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
  const shown = rows.filter((row) => !row.hidden).length;
  container.querySelector("output").textContent = `${shown} of ${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
}

function followReading(contents) {
  const links = new Map();
  for (const link of contents.querySelectorAll("a")) links.set(link.hash.slice(1), link);
  const mark = (id) => {
    for (const link of links.values()) link.removeAttribute("aria-current");
    links.get(id).setAttribute("aria-current", "true");
    const link = links.get(id);
    const [top, bottom] = [link.offsetTop, link.offsetTop + link.offsetHeight];
    if (top < contents.scrollTop || bottom > contents.scrollTop + contents.clientHeight) {
      contents.scrollTop = top - contents.clientHeight / 3;
    }
  };
  const observer = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) if (entry.isIntersecting) mark(entry.target.id);
    },
    { rootMargin: "-10% 0px -80% 0px" },
  );
  for (const id of links.keys()) observer.observe(document.getElementById(id));
}

// Shows the part that a link leads to, wherever it is folded away or not chosen.
function reveal(id) {
  const target = id && document.getElementById(id);
  if (!target) return;
  for (let part = target; part; part = part.parentElement) {
    if (part.tagName === "DETAILS") part.open = true;
    if (part.parentElement?.matches("section.picked")) choose(part.parentElement, part.id);
  }
  const inside = target.querySelector(":scope > details.part");
  if (inside) inside.open = true;
}

function partsOf(picked) {
  return [...picked.querySelectorAll(":scope > section, :scope > details > section")];
}

function choose(picked, id) {
  const parts = partsOf(picked);
  if (!parts.some((part) => part.id === id)) return;
  // Found by the browser's own search all the same, where it knows how.
  for (const part of parts) part.hidden = part.id === id ? false : "until-found";
  for (const radio of picked.querySelectorAll(":scope > .picker input")) {
    radio.checked = radio.value === id;
  }
}

function setUpPicker(picked) {
  const picker = picked.querySelector(":scope > .picker");
  picker.addEventListener("change", (event) => choose(picked, event.target.value));
  for (const part of partsOf(picked)) {
    part.addEventListener("beforematch", () => choose(picked, part.id));
  }
  choose(picked, picker.querySelector("input:checked").value);
}

function setUpSeries(figure) {
  figure.querySelector(".series").addEventListener("change", (event) => {
    const line = document.getElementById(event.target.dataset.shows);
    line.style.display = event.target.checked ? "" : "none";
  });
}

// A drawn matrix says the number that is pointed at, or chosen by name.
function setUpCells(figure) {
  const [rows, columns] = [figure.dataset.rows.split("|"), figure.dataset.columns.split("|")];
  const values = figure.dataset.values.split(";").map((row) => row.split(","));
  const [row, column] = figure.querySelectorAll(".cells select");
  const output = figure.querySelector(".cells output");
  rows.forEach((name, number) => row.add(new Option(name, number)));
  columns.forEach((name, number) => column.add(new Option(name, number)));
  const say = () => {
    const value = values[row.value][column.value];
    output.textContent = value === "nan" ? "no number" : value + figure.dataset.unit;
  };
  row.addEventListener("change", say);
  column.addEventListener("change", say);
  const image = figure.querySelector(".drawing svg image");
  figure.querySelector(".drawing").addEventListener("pointermove", (event) => {
    const box = image.getBoundingClientRect();
    const across = Math.floor(((event.clientX - box.left) / box.width) * columns.length);
    const down = Math.floor(((event.clientY - box.top) / box.height) * rows.length);
    if (across < 0 || down < 0 || across >= columns.length || down >= rows.length) return;
    [row.value, column.value] = [down, across];
    say();
  });
  say();
}

function setUpPrinting() {
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const details of opened) details.open = true;
  });
  addEventListener("afterprint", () => {
    for (const details of opened) details.open = false;
  });
}

setUpTheme(document.querySelector(".theme"));
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => sortBy(button.parentElement));
}
for (const container of document.querySelectorAll(".table")) {
  const input = container.querySelector("input");
  if (input) input.addEventListener("input", () => filterRows(container));
}
followReading(document.querySelector(".contents-wide"));
for (const picked of document.querySelectorAll("section.picked")) setUpPicker(picked);
for (const series of document.querySelectorAll(".series")) setUpSeries(series.closest("figure"));
for (const figure of document.querySelectorAll("figure[data-values]")) setUpCells(figure);
setUpPrinting();
addEventListener("hashchange", () => {
  reveal(location.hash.slice(1));
  document.getElementById(location.hash.slice(1))?.scrollIntoView();
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('a[href^="#"]');
  if (link) reveal(link.hash.slice(1));
});
reveal(location.hash.slice(1));
