"use strict";
(() => {
  // Both sides of a change lead to one note; each shows where the other is.
  let shown = [];

  function pair(event) {
    for (const mark of shown) mark.classList.remove("partner");
    const mark = event.target.closest?.("a.mark");
    const note = mark?.getAttribute("href");
    shown = mark
      ? [...mark.closest("article").querySelectorAll(`a.mark[href="${note}"]`)]
      : [];
    for (const one of shown) one.classList.add("partner");
  }

  for (const kind of ["mouseover", "focusin"]) document.addEventListener(kind, pair);
})();
