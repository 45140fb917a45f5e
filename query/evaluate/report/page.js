"use strict";
const table = document.querySelector(".queries");
const heads = [...table.tHead.rows[0].cells];
const compare = new Intl.Collator(undefined, { numeric: true }).compare;
heads.forEach((head, column) => head.firstElementChild.addEventListener("click", () => {
  const up = column === 0 ? head.ariaSort !== "ascending" : head.ariaSort === "descending";
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", up ? "ascending" : "descending");
  const value = (body) => body.rows[0].cells[column].dataset.value;
  const order = column === 0 ? (a, b) => compare(value(a), value(b)) : (a, b) => value(a) - value(b);
  const bodies = [...table.tBodies].sort((a, b) => (up ? order(a, b) : order(b, a)));
  table.append(...bodies);
}));
table.addEventListener("click", (event) => {
  const button = event.target.closest("button[aria-expanded]");
  if (!button) return;
  const row = document.getElementById(button.getAttribute("aria-controls"));
  row.hidden = !row.hidden;
  button.setAttribute("aria-expanded", String(!row.hidden));
});
