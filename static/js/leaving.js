/* Warns before a page is left whose text is kept nowhere. Nothing is stored, not even in this window. */
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-warn-before-leaving]")) {
    let typed = false;
    form.addEventListener("input", () => { typed = true; });
    form.addEventListener("reset", () => { typed = false; });
    // The answer is a file and this page stays, so what was typed is still here and safe for now.
    form.addEventListener("submit", () => { typed = false; });
    addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  }
})();
