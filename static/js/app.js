/* Small helps on top of pages that work without any script: text that is not lost, no double submits,
   menus that close, copy and print buttons, arrow keys in a meeting. Nothing else belongs here. */
(() => {
  "use strict";

  /* Unsaved text is kept in sessionStorage and never in localStorage: people work at shared computers, and what
     is in sessionStorage ends with the window. It is also dropped on sign-out and when somebody else signs in. */
  const PREFIX = "mtd-draft:";
  const owner = document.body.dataset.signedIn || "";
  const drafts = () => Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
  const read = (key) => {
    try { return JSON.parse(sessionStorage.getItem(key)); } catch { return null; }
  };
  const write = (key, draft) => {
    try { sessionStorage.setItem(key, JSON.stringify(draft)); } catch { /* full or switched off: the server copy remains */ }
  };
  const forget = (key) => { try { sessionStorage.removeItem(key); } catch { /* switched off */ } };

  try {
    for (const key of drafts()) {
      const draft = read(key);
      // A sent draft has arrived once a page for the signed-in person follows. Error and sign-in pages have no
      // owner: what was sent has not arrived then, and comes back after signing in.
      if (!draft || (owner && (draft.owner !== owner || draft.sent))) forget(key);
      else if (!owner && draft.sent) write(key, { ...draft, sent: false });
    }
  } catch { /* storage is switched off */ }

  /* ---------------------------------------------------------- autosave */
  const skipped = (field) => !field.name || field.type === "file" || field.type === "password" ||
    field.type === "submit" || field.type === "button" || field.name === "csrfmiddlewaretoken";

  function values(form) {
    const found = [];
    for (const field of form.elements) {
      if (skipped(field) || field.type === "hidden") continue;
      if (field.type === "radio" || field.type === "checkbox") found.push([field.name, field.value, field.checked]);
      else if (field.multiple && field.options) found.push([field.name, [...field.selectedOptions].map((o) => o.value)]);
      else found.push([field.name, field.value]);
    }
    return found;
  }

  function restore(form, saved) {
    let changed = false;
    const single = new Map();
    for (const [name, value, checked] of saved) {
      const fields = [...form.elements].filter((field) => field.name === name && !skipped(field));
      if (checked !== undefined) {
        const field = fields.find((candidate) => candidate.value === value);
        if (field && field.checked !== checked) { field.checked = checked; changed = true; }
        continue;
      }
      const at = single.get(name) || 0;
      single.set(name, at + 1);
      const field = fields[at];
      if (!field) continue;
      if (Array.isArray(value)) {
        for (const option of field.options) {
          if (option.selected !== value.includes(option.value)) { option.selected = value.includes(option.value); changed = true; }
        }
      } else if (field.value !== value) { field.value = value; changed = true; }
    }
    return changed;
  }

  function tell(form, text, failed) {
    const note = form.querySelector("[data-saved]");
    if (!note) return;
    note.classList.toggle("saved--failed", Boolean(failed));
    const words = document.createElement("span");
    words.textContent = text;
    note.replaceChildren(words);
  }

  function keep(form) {
    const key = PREFIX + location.pathname + "#" + (form.id || form.dataset.autosave || form.getAttribute("action") || "");
    const words = (form.querySelector("[data-saved]") || { dataset: {} }).dataset;
    let timer = 0;
    let running = false;
    let again = false;
    let before = JSON.stringify(values(form));

    const found = read(key);
    if (found && found.owner === owner && restore(form, found.values)) {
      tell(form, words.restoredText || "", true);
      form.dispatchEvent(new CustomEvent("mtd:restored", { bubbles: true }));
    }

    async function save() {
      if (running) { again = true; return; }
      const now = JSON.stringify(values(form));
      if (now === before || !form.dataset.autosave) return;
      running = true;
      const body = new FormData(form);
      for (const field of form.elements) if (field.type === "file") body.delete(field.name);
      body.set("autosave", "1");
      try {
        const answer = await fetch(form.dataset.autosave, { method: "POST", body, redirect: "manual", headers: { "X-Autosave": "1" } });
        form.dispatchEvent(new CustomEvent("mtd:answer", { bubbles: true, detail: answer }));
        if (!answer.ok) throw answer.status;
        before = now;
        const clock = new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
        tell(form, (words.savedText || "{time}").replace("{time}", clock.format(new Date())));
        if (JSON.stringify(values(form)) === now) forget(key);
        form.dispatchEvent(new CustomEvent("mtd:saved", { bubbles: true }));
      } catch (failure) { // after 422 something typed has to change first, so asking again would not help
        tell(form, words.failedText || "", true);
        if (!form.dataset.sending && failure !== 422) timer = setTimeout(save, 15000);
      }
      running = false;
      if (again) { again = false; save(); }
    }

    /* Saves at once what waits for its turn; promises whether the server then has everything. */
    form.addEventListener("mtd:flush", ({ detail }) => detail.push((async () => {
      clearTimeout(timer);
      while (running) await new Promise((done) => setTimeout(done, 50));
      await save();
      return JSON.stringify(values(form)) === before ? null : form;
    })()));

    const changed = () => {
      write(key, { owner, values: values(form), sent: false });
      clearTimeout(timer);
      timer = setTimeout(save, 800);
    };
    form.addEventListener("input", changed);
    form.addEventListener("change", changed);
    form.addEventListener("submit", () => {
      clearTimeout(timer);
      form.dataset.sending = "1";
      write(key, { owner, values: values(form), sent: true });
    });
  }

  const start = (root) => {
    for (const form of root.querySelectorAll("form[data-autosave]")) {
      if (form.dataset.kept) continue;
      form.dataset.kept = "1";
      keep(form);
    }
    for (const button of root.querySelectorAll("[data-copy], [data-print]")) button.hidden = false;
  };
  start(document);
  document.addEventListener("htmx:load", (event) => start(event.target));

  /* ---------------------------------------------------------- no double submits, nothing left after sign-out */
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.matches("[data-clear-drafts]")) drafts().forEach(forget);
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-many]")) return;
    if (form.dataset.busy) { event.preventDefault(); return; }
    form.dataset.busy = "1";
    if (event.submitter) event.submitter.setAttribute("aria-busy", "true");
    setTimeout(free, 8000); // an answer that is a download leaves this page standing
  });
  const free = () => document.querySelectorAll("form[data-busy]").forEach((form) => {
    delete form.dataset.busy;
    form.querySelectorAll("[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
  });
  addEventListener("pageshow", free);
  document.addEventListener("htmx:afterRequest", free);

  /* The session ended while a part of the page was asked for: show the sign-in page whole, not inside this one. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (new URL(event.detail.xhr.responseURL || location.href).pathname.startsWith("/accounts/")) {
      event.detail.shouldSwap = false;
      location.reload();
    }
  });

  /* ---------------------------------------------------------- buttons, menus, keys */
  document.addEventListener("click", (event) => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      const source = document.querySelector(copy.dataset.copy);
      navigator.clipboard?.writeText(source.textContent.trim()).then(() => {
        const label = copy.querySelector(".kern-label") || copy;
        if (copy.dataset.copied) label.textContent = copy.dataset.copied;
      });
    }
    if (event.target.closest("[data-print]")) print();
    for (const menu of document.querySelectorAll("details.me[open], details.actions[open], details.top__menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const menu = event.target.closest?.("details.me[open], details.actions[open], details.top__menu[open]");
      if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
    }
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable], [role=region]")) return;
    const way = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    const link = way && document.querySelector(`[data-meeting-${way}]`);
    if (link) { event.preventDefault(); link.click(); }
  });
})();
