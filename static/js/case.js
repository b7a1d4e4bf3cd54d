/* A case while it is entered, on top of a form that works without this: fields that say nothing about a role step
   back, the revision follows each saving, and what is being saved is waited for before the page goes on. */
(() => {
  "use strict";
  const source = document.getElementById("silent");
  const silent = source ? JSON.parse(source.textContent) : null;

  const shape = (row) => {
    const value = (name) => row.querySelector(`select[name$="-${name}"]`)?.value || "";
    const quiet = new Set(silent.kin[value("kin")] || []);
    if (silent.old.includes(value("age")) && silent.children.includes(value("kin"))) {
      quiet.delete("substance");
      quiet.delete("treatment");
    }
    for (const box of row.querySelectorAll("[data-field]")) box.hidden = quiet.has(box.dataset.field);
  };
  if (silent) {
    document.addEventListener("change", ({ target }) => {
      const row = target.matches('select[name$="-kin"], select[name$="-age"]') && target.closest("[data-person]");
      if (row) shape(row);
    });
    document.addEventListener("mtd:restored", () => document.querySelectorAll("[data-person]").forEach(shape));
  }

  document.addEventListener("mtd:answer", ({ target: form, detail: answer }) => {
    const revision = answer.headers.get("X-Revision");
    if (revision) for (const field of form.querySelectorAll("[data-revision]")) field.value = revision;
  });

  /* A saving on its way would make the page's own revision look old: let it arrive first. */
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[data-case]") || form.dataset.flush === "done") return;
    event.preventDefault();
    event.stopPropagation();
    const waiting = [];
    form.dispatchEvent(new CustomEvent("mtd:flush", { detail: waiting }));
    Promise.all(waiting).finally(() => setTimeout(() => { // not from within this very event: it would be ignored
      form.dataset.flush = "done";
      form.requestSubmit(submitter);
      form.dataset.flush = "";
    }));
  }, true);
})();
