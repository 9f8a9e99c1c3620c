"use strict";
for (const table of document.querySelectorAll("table.sortable")) {
  const heads = [...table.tHead.rows[0].cells];
  const body = table.tBodies[0];
  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      // Numbers are best seen from the largest on, names from A on.
      const isNumber = !head.classList.contains("name");
      const was = head.getAttribute("aria-sort");
      const isFalling = was ? was === "ascending" : isNumber;
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", isFalling ? "descending" : "ascending");
      const key = (row) => row.cells[at].dataset.number ?? "";
      const order = (one, other) => {
        if (!isNumber) return one.cells[at].textContent.localeCompare(other.cells[at].textContent);
        return key(one) - key(other);
      };
      const sign = isFalling ? -1 : 1;
      // What was not measured stays at the end.
      const isEmpty = (row) => isNumber && key(row) === "";
      const rows = [...body.rows];
      const full = rows.filter((row) => !isEmpty(row)).sort((one, other) => sign * order(one, other));
      body.append(...full, ...rows.filter(isEmpty));
    });
  });
}
// What does not fit is scrolled; by keyboard, that takes the focus.
const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) {
    if (target.scrollWidth > target.clientWidth) target.tabIndex = 0;
    else target.removeAttribute("tabindex");
  }
});
for (const box of document.querySelectorAll("figure, .row > div")) sizes.observe(box);
