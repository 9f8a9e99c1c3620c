"use strict";
(() => {
  const form = document.getElementById("paste");
  const text = document.getElementById("text");
  const file = document.getElementById("file");

  async function take(chosen) {
    if (!chosen) return;
    text.value = await chosen.text();
    text.focus();
    text.setSelectionRange(0, 0);
  }

  file.hidden = false;
  file.addEventListener("change", () => take(file.files[0]));
  // Anywhere on the page: a file that misses the form would replace the page.
  document.addEventListener("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) event.preventDefault();
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.files.length) return;
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
})();
