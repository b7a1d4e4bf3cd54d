/* Minutes written by several people at once, on top of the saving in app.js. The page works without it. */
(() => {
  "use strict";

  /* After each saving: the revision that the next one builds on; or, when somebody else was quicker, the other text
     with the ways to go on. What was typed stays. */
  document.addEventListener("mtd:answer", async ({ target: form, detail: answer }) => {
    const revision = answer.headers.get("X-Revision");
    if (revision) for (const field of form.querySelectorAll("[data-revision]")) field.value = revision;
    if (answer.status !== 409) return;
    const box = form.querySelector("[data-conflict]");
    const html = await answer.text();
    if (box && box.dataset.shown !== html) { box.innerHTML = html; box.dataset.shown = html; }
  });

  /* What is sent out must hold the last words typed, so they are saved first; where they cannot be, nothing goes. */
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[data-flush]") || form.dataset.flush === "done") return;
    event.preventDefault();
    event.stopPropagation();
    const waiting = [];
    for (const other of document.querySelectorAll("form[data-autosave]")) {
      other.dispatchEvent(new CustomEvent("mtd:flush", { detail: waiting }));
    }
    Promise.all(waiting).then((results) => {
      const unsaved = results.find(Boolean);
      if (unsaved) { unsaved.scrollIntoView(); return; }
      setTimeout(() => { // not from within this very event: it would be ignored
        form.dataset.flush = "done";
        form.requestSubmit(submitter);
        form.dataset.flush = "";
      });
    });
  }, true);
})();
