/* Lets the clock of a case discussion tick between two looks at the server, says aloud what changes, and keeps what
   was opened. Without it the page says the minutes. */
(() => {
  "use strict";
  for (const one of document.querySelectorAll("[data-follows]")) one.hidden = false;
  const says = document.querySelector("[data-round-says]");
  const began = document.getElementById("round")?.dataset.part;
  let face = null;
  let drawn = 0;
  let said = document.getElementById("round")?.dataset.say;
  let open = [];
  // A page whose form no longer fits is loaded anew, unless somebody has typed there something that would be lost.
  const typing = () => [...document.querySelectorAll("main textarea, main input:not([type=hidden])")]
    .some((field) => !field.closest("#round") && (field.type === "checkbox"
      ? field.checked !== field.defaultChecked : field.value !== field.defaultValue));
  function tick() {
    const round = document.getElementById("round");
    if (!round) return;
    if (round.dataset.part !== began && !typing()) { location.reload(); return; }
    if (says && round.dataset.say !== said) { said = round.dataset.say; says.textContent = said; }
    const shown = round.querySelector("[data-clock]");
    if (!shown) return;
    if (shown !== face) { face = shown; drawn = performance.now(); }
    const passed = face.dataset.running ? Math.floor((performance.now() - drawn) / 1000) : 0;
    const left = Number(face.dataset.left) - passed;
    const whole = Math.abs(left);
    face.textContent = `${left < 0 ? "+" : ""}${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
    face.parentElement.classList.toggle("rclock--over", left <= 0);
  }
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "round") {
      open = [...event.detail.target.querySelectorAll("details[id]")].map((one) => [one.id, one.open]);
    }
  });
  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, was] of open) { const one = document.getElementById(id); if (one) one.open = was; }
    open = [];
    tick();
  });
  setInterval(tick, 1000);
  tick();
})();
