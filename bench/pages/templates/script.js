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
  container.querySelector("output").textContent = `${shown} of ${rows.length} rows`;
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

setUpTheme(document.querySelector(".theme"));
for (const button of document.querySelectorAll("thead button")) {
  button.addEventListener("click", () => sortBy(button.parentElement));
}
for (const container of document.querySelectorAll(".table")) {
  const input = container.querySelector("input");
  if (input) input.addEventListener("input", () => filterRows(container));
}
followReading(document.querySelector(".contents-wide"));
