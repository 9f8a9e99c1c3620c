"use strict";
(() => {
  const levels = ["none", "weak", "moderate", "strong"];
  const filter = document.getElementById("filter");
  const articles = [...document.querySelectorAll("article")];

  const wordsOf = (list) => (list ?? "").split(" ").filter(Boolean);

  function wanted(article, { kind, label, evidence, code }) {
    const codes = wordsOf(article.dataset.codes);
    return (!kind || wordsOf(article.dataset.kinds).includes(kind))
      && (!label || article.dataset.label === label)
      && (!evidence
        || levels.indexOf(article.dataset.evidence) >= levels.indexOf(evidence))
      && (!code || (code === "any" ? codes.length > 0 : codes.includes(code)));
  }

  function sift() {
    const choice = Object.fromEntries(new FormData(filter));
    let shown = 0;
    for (const article of articles) {
      article.hidden = !wanted(article, choice);
      shown += article.hidden ? 0 : 1;
    }
    const isAll = Object.values(choice).every((value) => !value);
    for (const section of document.querySelectorAll("section.document")) {
      section.hidden = !isAll && !section.querySelector("article:not([hidden])");
    }
    document.getElementById("shown").value = `${shown} of ${articles.length} shown`;
  }

  if (filter) {
    filter.hidden = false;
    filter.addEventListener("change", sift);
    filter.addEventListener("submit", (event) => event.preventDefault());
    // Behind the reset itself.
    filter.addEventListener("reset", () => setTimeout(sift));
    // Some browsers keep the choices when a page is loaded again.
    sift();
  }

  const tip = document.getElementById("tip");
  let leaving = 0;
  let told = null;

  function show(mark, at) {
    clearTimeout(leaving);
    told = mark;
    tip.replaceChildren(...mark.getAttribute("aria-describedby").split(" ").map((id) => {
      const line = document.createElement("p");
      line.textContent = document.getElementById(id).textContent;
      return line;
    }));
    tip.hidden = false;
    // A mark may run over several lines: beside the one that is pointed at.
    const boxes = [...mark.getClientRects()];
    const box = boxes.find((one) => at && one.top <= at.y && at.y <= one.bottom)
      ?? boxes[0];
    const left = Math.min(box.left, document.documentElement.clientWidth
      - tip.offsetWidth - 8);
    const isRoom = box.bottom + tip.offsetHeight + 8 < window.innerHeight;
    tip.style.left = `${Math.max(8, left)}px`;
    tip.style.top = `${isRoom ? box.bottom + 4 : Math.max(8, box.top
      - tip.offsetHeight - 4)}px`;
  }

  function hide() {
    clearTimeout(leaving);
    tip.hidden = true;
  }

  const markOf = (event) => event.target.closest?.("a.mark");

  document.addEventListener("mouseover", (event) => {
    if (markOf(event)) show(markOf(event), { y: event.clientY });
    else if (tip.contains(event.target)) clearTimeout(leaving);
  });
  document.addEventListener("mouseout", (event) => {
    // There is time to move to the tip, which can be pointed at and selected.
    if (markOf(event) || tip.contains(event.target)) {
      clearTimeout(leaving);
      leaving = setTimeout(hide, 200);
    }
  });
  document.addEventListener("focusin", (event) => {
    if (markOf(event)) show(markOf(event));
    else hide();
  });
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
  document.addEventListener("scroll", () => {
    // Going to a mark with the Tab key scrolls, too.
    if (!tip.hidden && told.matches(":focus, :hover")) show(told);
    else hide();
  }, { passive: true });
})();
